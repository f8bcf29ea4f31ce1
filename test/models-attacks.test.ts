import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { ledgerOf } from './harness/cli.ts';
import { modelScene, type Shown } from './harness/models.ts';

/** os.system('true') in protocol 0: never executed here. */
const EVIL = "cos\nsystem\n(S'true'\ntR.";
const EXCUSED = `version: 1
suppress:
  - { rule: pickle.dangerous-call, reason: the one who added it says so, until: 2099-01-01 }
`;

async function scene(t: TestContext, models = '{ unsigned: allow }') {
  const made = await modelScene(t, models);
  const { folder, write, good, person } = made;
  write('scan.yaml', EXCUSED);
  for (const name of ['ann', 'ben']) await person(name);
  const data = join(folder, 'gatehouse-data');
  /** The next version, in use. */
  const active = async () => {
    const { name, version } = JSON.parse(await good('models add model --as ann.key --json')) as Shown;
    const model = `${name}@${version}`;
    await good(`models approve ${model} --as ben.key`);
    await good(`models activate ${model}`);
    return model;
  };
  const shown = async (model: string) => JSON.parse(await good(`models show ${model}`)) as Shown;
  const states = async () => {
    const { models } = JSON.parse(await good('models list --json')) as { models: Shown[] };
    return models.map(({ version, state }) => `${version} ${state}`);
  };
  /** The database as it is now; a function that puts it back. */
  const snapshot = (name: string) => {
    const files = ['gatehouse.sqlite', 'gatehouse.sqlite-wal', 'gatehouse.sqlite-shm'];
    const copy = join(folder, name);
    mkdirSync(copy);
    for (const file of files) if (existsSync(join(data, file))) cpSync(join(data, file), join(copy, file));
    return () => {
      for (const file of files) {
        rmSync(join(data, file), { force: true });
        if (existsSync(join(copy, file))) cpSync(join(copy, file), join(data, file));
      }
    };
  };
  return { ...made, data, active, shown, states, snapshot };
}

suite('a database that is older than the ledger', () => {
  test('brings back no model that was revoked, and no version that was replaced', async (t) => {
    const { active, states, snapshot, run, good } = await scene(t);
    await active();
    const first = snapshot('first');
    await active();
    const second = snapshot('second');
    await good('models revoke model@2');
    second();
    assert.deepEqual(await states(), ['1 approved', '2 revoked']);
    assert.match((await run('models verify model@2')).err, /model@2 is revoked/);
    // It has never heard of the second version: then none is active, rather than the one before.
    first();
    assert.deepEqual(await states(), ['1 approved', '2 revoked']);
    assert.equal((await run('models export model --to out')).code, 1);
  });

  test('brings back no model that was removed, nor do files that are put back', async (t) => {
    const { active, states, snapshot, run, good, data, folder, shown } = await scene(t);
    const model = await active();
    const { id } = await shown(model);
    await good(`models revoke ${model}`);
    const before = snapshot('before');
    cpSync(join(data, 'models', id), join(folder, 'copy'), { recursive: true });
    await good(`models remove ${model}`);
    assert.deepEqual(readdirSync(join(data, 'models')), []);
    before();
    cpSync(join(folder, 'copy'), join(data, 'models', id), { recursive: true });
    assert.deepEqual(await states(), ['1 removed']);
    assert.deepEqual(readdirSync(join(data, 'models')), []);
    assert.equal((await run(`models verify ${model}`)).code, 1);
  });
});

suite('the scan of a model that is added', () => {
  test('is by the policy of the settings: one that lies with the model, or where the command runs, excuses nothing', async (t) => {
    const { write, run, folder } = await scene(t);
    write('model/weights.pkl', EVIL);
    for (const place of ['model/', '']) write(`${place}gatehouse-scan.yaml`, EXCUSED);
    for (const cwd of [folder, join(folder, 'model')]) {
      const line = `models add ${join(folder, 'model')} --as ${folder}/ann.key --config ${folder}/gatehouse.yaml`;
      const ran = await run(line, { cwd });
      assert.deepEqual(
        [ran.code, /the scan found something in weights.pkl/.test(ran.err)],
        [1, true],
        ran.err,
      );
    }
    assert.equal((await run('models add model --as ann.key --scan-policy gatehouse-scan.yaml')).code, 3);
    assert.equal((await run('models add model --as ann.key --trust trust.yaml')).code, 3);
  });

  test('counts until the rules change: then it is scanned again, and what is found then ends its use', async (t) => {
    const { write, run, good, folder, data, shown } = await scene(
      t,
      '{ unsigned: allow, scan_policy: ./scan.yaml }',
    );
    write('model/weights.pkl', EVIL);
    await good('models add model --as ann.key');
    await good('models approve model@1 --as ben.key');
    const later = { version: '0.2.0' };
    const old = await run('models activate model@1', later);
    assert.deepEqual([old.code, /scanned by another version or policy/.test(old.err)], [1, true]);
    assert.match(
      await good('models rescan model@1', later),
      /model@1 is clean by the rules of Gatehouse 0.2.0/,
    );
    await good('models activate model@1', later);
    await good('models verify model', later);
    // What excused it is over.
    write('scan.yaml', 'version: 1\n');
    const found = await run('models rescan model --json', later);
    assert.deepEqual(
      [found.code, /model@1 is not clean: see .*weights.pkl/.test(found.err)],
      [1, true],
      found.err,
    );
    assert.equal((await shown('model@1')).state, 'active');
    for (const line of ['models verify model', 'models export model --to out'])
      assert.match((await run(line, later)).err, /did not come to clean/);
    assert.ok(!existsSync(join(folder, 'out')));
    // Nothing of it is left in clear.
    assert.deepEqual(readdirSync(join(data, 'models')), [(await shown('model@1')).id]);
    write('scan.yaml', EXCUSED);
    await good('models rescan model', later);
    await good('models verify model', later);
    assert.deepEqual(
      ledgerOf(folder)
        .filter(({ kind, act }) => kind === 'system.model' && act === 'rescan')
        .map(({ verdict }) => verdict),
      ['clean', 'findings', 'clean'],
    );
  });
});

suite('what is in a folder', () => {
  test('keeps its names, however they are written; what leads out of it is refused', async (t) => {
    const { write, folder, active, good, run } = await scene(t);
    const names = [
      'caf\u00e9.txt',
      'cafe\u0301.txt',
      '-rf.txt',
      'a b\nc.txt',
      'back\\slash.txt',
      '\u202etxt.exe.txt',
      '..text.txt',
      '\u{1f600}.txt',
      '%2e%2e.txt',
    ];
    mkdirSync(join(folder, 'model/...'));
    for (const name of [...names, '.../deep.txt'])
      write(`model/${name}`, `This is ${JSON.stringify(name)}.\n`);
    await active();
    await good('models export model --to out');
    assert.deepEqual(readdirSync(join(folder, 'out')).sort(), readdirSync(join(folder, 'model')).sort());
    for (const name of names)
      assert.equal(readFileSync(join(folder, 'out', name), 'utf8'), `This is ${JSON.stringify(name)}.\n`);
    for (const target of ['../master.key', '/etc/hostname', '..', 'nowhere']) {
      symlinkSync(target, join(folder, 'model/link'));
      const ran = await run('models add model --as ann.key');
      assert.deepEqual([ran.code, /link/.test(ran.err)], [1, true], `${target}: ${ran.err}`);
      rmSync(join(folder, 'model/link'));
    }
    renameSync(join(folder, 'model'), join(folder, 'elsewhere'));
    symlinkSync('elsewhere', join(folder, 'model'));
    await good('models add model --as ann.key');
  });
});

test('a backup says that sealed models are not in it; restored with them beside it, they open', async (t) => {
  const { active, good, folder, data, run } = await scene(t);
  await active();
  const said = await good('backup create --to copy --with-keys');
  assert.match(said, /1 sealed model not in it: copy .*models/);
  await good('backup restore copy --to restored');
  const config = ['--config', join(folder, 'restored/gatehouse.yaml')];
  const verify = async () => run(`models verify model ${config.join(' ')}`);
  const without = await verify();
  assert.deepEqual(
    [without.code, /are not there\n {2}Put its folder mdl_/.test(without.err)],
    [1, true],
    without.err,
  );
  cpSync(join(data, 'models'), join(folder, 'restored/gatehouse-data/models'), { recursive: true });
  assert.equal((await verify()).code, 0);
});

test('two who add at the same time, with no gateway running, both come through', async (t) => {
  const { run, states } = await scene(t);
  const both = await Promise.all([
    run('models add model --as ann.key --json'),
    run('models add model --as ben.key --json'),
  ]);
  assert.deepEqual(
    both.map(({ code }) => code),
    [0, 0],
    both.map(({ err }) => err).join(),
  );
  assert.deepEqual(await states(), ['1 scanned', '2 scanned']);
});
