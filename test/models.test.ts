import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ledgerOf, serve } from './harness/cli.ts';
import { NOTES, type Shown, modelScene as scene } from './harness/models.ts';

test('a model is added, approved by two others, activated, taken out and revoked; the ledger has every step', async (t) => {
  const { folder, run, good, person, keys } = await scene(t);
  const { address } = await serve(t, folder);
  for (const name of ['ann', 'ben', 'cat']) await person(name);
  await person('ann-2', '--role vetter --owner ann');
  await person('guest', '--role reader');
  await good('sign model --key-file signing.pem');

  // Nobody in particular, and somebody who may not.
  assert.equal((await run('models add model')).code, 3);
  assert.equal((await run('models add model --as guest.key')).code, 1);
  assert.match(
    await good('models add model --as ann.key'),
    /^model@1 is sealed, signed by release\.\n {2}digest [0-9a-f]{64}/,
  );
  const shown = JSON.parse(await good('models show model')) as Shown & { id: string };
  assert.deepEqual([shown.version, shown.state, shown.signer], [1, 'signed', 'release']);

  // Sealed: no file of the data folder has the text.
  const sealed = join(folder, 'gatehouse-data/models', shown.id);
  for (const file of readdirSync(sealed))
    assert.ok(!readFileSync(join(sealed, file)).includes('SEALED-SENTINEL'), file);

  // Never the submitter, under whatever key; never one person twice; never unknown, or for another digest.
  assert.match(
    (await run('models approve model@1 --as ann.key')).err,
    /Who submitted a model does not approve it/,
  );
  assert.equal((await run('models approve model@1 --as ann-2.key')).code, 1);
  assert.match((await run('models approve model@1')).err, /each brings a key/);
  assert.equal((await run('models approve model@1 --as guest.key')).code, 1);
  assert.equal((await run(`models approve model@1 --as ben.key --digest ${'0'.repeat(64)}`)).code, 1);
  assert.match(await good('models approve model@1 --as ben.key'), /model@1 is signed, approved by ben/);
  assert.equal((await run('models approve model@1 --as ben.key')).code, 1);
  assert.equal((await run('models activate model@1')).code, 1);
  assert.equal((await run('models export model --to out')).code, 1);
  // Over HTTP as over the socket.
  const approval = { method: 'POST', body: JSON.stringify({ root: shown.root }) };
  const approve = (key: string) =>
    fetch(`${address}/admin/v1/registry/model@1/approve`, {
      ...approval,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    });
  assert.deepEqual(
    [(await approve(keys.ann ?? '')).status, (await approve(keys.guest ?? '')).status],
    [403, 403],
  );
  const approved = (await (await approve(keys.cat ?? '')).json()) as Shown;
  assert.equal(approved.state, 'approved');
  assert.match(await good('models activate model@1 --as ben.key'), /model@1 is active/);

  await good('models export model --to out');
  assert.equal(readFileSync(join(folder, 'out/notes.txt'), 'utf8'), NOTES);
  await good('verify out --policy trust.yaml');
  const list = JSON.parse(await good('models list --json')) as { models: Shown[] };
  assert.deepEqual(
    list.models.map(({ name, state }) => [name, state]),
    [['model', 'active']],
  );

  assert.match(await good('models revoke model@1'), /model@1 is revoked/);
  assert.match((await run('models verify model')).err, /model@1 is revoked/);
  assert.equal((await run('models activate model@1')).code, 1);

  const steps = ledgerOf(folder).filter(({ kind }) => kind === 'system.model');
  assert.deepEqual(
    steps.map(({ act }) => act),
    ['add', 'scan', 'sign', 'approve', 'approve', 'activate', 'export', 'revoke'],
  );
  assert.ok(steps.every(({ model }) => model === shown.id));
});

test('without a gateway running; a scan that finds something; keys are rotated; a changed file', async (t) => {
  const { folder, write, run, good, person } = await scene(t, '{ unsigned: allow }');
  // What an "add" that was killed has left is gone at the next start.
  const left = `mdl_${'0'.repeat(32)}`;
  for (const name of [left, `incoming-${left}`])
    mkdirSync(join(folder, 'gatehouse-data/models', name), { recursive: true, mode: 0o700 });
  chmodSync(join(folder, 'gatehouse-data'), 0o700);
  for (const name of ['ann', 'ben']) await person(name);
  assert.deepEqual(readdirSync(join(folder, 'gatehouse-data/models')), []);
  // os.system('true') in protocol 0: never executed here.
  write('model/weights.pkl', "cos\nsystem\n(S'true'\ntR.");
  const refused = await run('models add model --as ann.key');
  assert.deepEqual([refused.code, /the scan found something in weights.pkl/.test(refused.err)], [1, true]);
  rmSync(join(folder, 'model/weights.pkl'));
  assert.match(
    await good('models add model --as ann.key'),
    /model@2 is scanned and sealed; nobody signed it/,
  );
  await good('models approve model@2 --as ben.key');
  await good('models activate model@2');

  const settings = readFileSync(join(folder, 'gatehouse.yaml'), 'utf8');
  write('second.key', `${'bb'.repeat(32)}\n`);
  const both =
    '{ first: { key: { file: ./master.key } }, second: { key: { file: ./second.key } } }, current: second';
  write('gatehouse.yaml', settings.replace('{ first: { key: { file: ./master.key } } }', both));
  assert.match(await good('vault rotate'), /^1 keys wrapped anew/);
  write(
    'gatehouse.yaml',
    settings.replace(
      '{ first: { key: { file: ./master.key } } }',
      '{ second: { key: { file: ./second.key } } }',
    ),
  );
  assert.match(await good('models verify model'), /model: verified, 2 files, signed by nobody/);

  const { id } = JSON.parse(await good('models show model')) as { id: string };
  const path = join(folder, 'gatehouse-data/models', id, '0');
  const bytes = readFileSync(path);
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const changed = await run('models export model --to out');
  assert.deepEqual([changed.code, /is not what was sealed/.test(changed.err)], [1, true]);
  assert.ok(!existsSync(join(folder, 'out')));

  write('gatehouse.yaml', settings.replace(/^vault: .*\n/m, ''));
  assert.equal((await run('models verify model')).code, 3);
  write('gatehouse.yaml', settings);
  assert.equal((await run('models add nowhere --as ann.key')).code, 4);
  assert.equal((await run('models add model --as nowhere.key')).code, 4);
  assert.equal((await run('models add model --name A --as ann.key')).code, 1);
  write('bad.key', 'gha_none\n');
  assert.equal((await run('models approve model@2 --as bad.key')).code, 1);
  assert.equal((await run('models revoke model')).code, 1);
  const list = JSON.parse(await good('models list --json')) as { models: Shown[] };
  assert.deepEqual(
    list.models.map(({ version, state }) => [version, state]),
    [
      [1, 'revoked'],
      [2, 'active'],
    ],
  );
});
