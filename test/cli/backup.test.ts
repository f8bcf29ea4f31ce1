import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gatehouse, gatehouseJson, keysIn, ledgerOf, serve, tempFolder } from '../harness/cli.ts';
import { completion, json, startUpstream } from '../harness/upstream.ts';

const SECRET = 'sk-canary-of-the-upstream';

/** A gateway at work, with a vault, and content of one person in it. */
async function scene(t: TestContext) {
  const folder = tempFolder(t);
  const upstream = await startUpstream(json(completion('canary answer')));
  t.after(() => upstream.close());
  writeFileSync(join(folder, 'master.key'), `${'aa'.repeat(32)}\n`);
  writeFileSync(join(folder, 'upstream.key'), `${SECRET}\n`);
  writeFileSync(
    join(folder, 'gatehouse.yaml'),
    `upstreams:\n  open: { dialect: openai, url: "${upstream.url}/v1", key: { file: upstream.key }, models: [m] }\n` +
      'vault: { masters: { first: { key: { file: ./master.key } } } }\n',
  );
  writeFileSync(
    join(folder, 'policy.yaml'),
    'version: 1\nroles:\n  app: { allow: [{ actions: [chat], models: ["*"] }] }\n' +
      '  admin: { allow: [{ actions: ["vault.*", "content.*"] }] }\ncontent: { seal: both }\n',
  );
  const served = await serve(t, folder);
  const { app } = keysIn(served.out());
  const ask = async (address: string): Promise<string> => {
    const answer = await fetch(`${address}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${app}`,
        'content-type': 'application/json',
        'x-gatehouse-subject': 'ann@example.com',
      },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'canary of ann' }] }),
    });
    assert.equal(answer.status, 200, await answer.text());
    return answer.headers.get('x-request-id') ?? '';
  };
  return { folder, served, ask, key: app };
}

/** Until a checkpoint covers everything that was recorded. */
async function signed(folder: string): Promise<void> {
  while ((await gatehouseJson<{ unsigned: number }>(folder, ['audit', 'verify'])).unsigned > 0);
}

test('backed up while it runs, checked, restored: callers, ledger, content and erasures are what they were', async (t) => {
  const { folder, served, ask, key } = await scene(t);
  const request = await ask(served.address);
  await signed(folder);
  writeFileSync(join(folder, 'pass'), 'a passphrase of some length\n');
  const made = await gatehouseJson<{ hash: string; keys: string; left_out: string[] }>(folder, [
    'backup',
    'create',
    '--to',
    'saved',
    '--passphrase-file',
    'pass',
  ]);
  assert.equal(made.keys, 'sealed');
  assert.deepEqual(
    ledgerOf(folder)
      .filter(({ kind }) => kind === 'system.backup')
      .map(({ manifest }) => manifest),
    [made.hash],
  );
  // No key and no secret in clear, in no file of it.
  const secrets = [
    SECRET,
    'aa'.repeat(32),
    readFileSync(join(folder, 'gatehouse-data/keys/pepper'), 'utf8').trim(),
  ];
  for (const name of readdirSync(join(folder, 'saved'), { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, 'saved', name);
    const mode = statSync(path).mode & 0o777;
    assert.equal(mode, statSync(path).isDirectory() ? 0o700 : 0o600, name);
    if (!statSync(path).isFile()) continue;
    const text = readFileSync(path, 'latin1');
    for (const secret of [...secrets, 'canary of ann']) assert.ok(!text.includes(secret), name);
  }
  assert.equal((await gatehouse(folder, ['backup', 'verify', 'saved', '--manifest', made.hash])).code, 0);

  // What is erased after the backup stays erased, where the newer ledger says so.
  await gatehouseJson(folder, ['vault', 'erase', '--subject', 'ann@example.com']);
  await served.stop();

  const old = await gatehouseJson<{ erased: number }>(folder, [
    'backup',
    'restore',
    'saved',
    '--to',
    'old',
    '--passphrase-file',
    'pass',
  ]);
  assert.equal(old.erased, 0);
  const back = await gatehouseJson<{ erased: number; entries: number }>(folder, [
    'backup',
    'restore',
    'saved',
    '--to',
    'back',
    '--passphrase-file',
    'pass',
    '--ledger',
    'gatehouse-data/ledger',
  ]);
  assert.equal(back.erased, 1);
  assert.equal(back.entries, ledgerOf(folder).length);

  for (const [place, text] of [
    ['old', /canary of ann/],
    ['back', /^null$/],
  ] as const) {
    const home = join(folder, place);
    assert.equal(statSync(join(home, 'gatehouse-data/keys/pepper')).mode & 0o777, 0o600);
    const again = await serve(t, home);
    const { content } = await gatehouseJson<{ content: { text: string | null }[] }>(home, [
      'vault',
      'unseal',
      '--request',
      request,
    ]);
    assert.match(String(content[0]?.text), text);
    const answer = await fetch(`${again.address}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
    assert.notEqual(answer.status, 401, 'the same key still works');
    assert.equal((await again.stop()).code, 0);
    assert.equal((await gatehouse(home, ['audit', 'verify'])).code, 0);
  }
});

test('without keys there are none in it, nor files with secrets, and it says so', async (t) => {
  const { folder, served } = await scene(t);
  await served.stop();
  const { code, out } = await gatehouse(folder, ['backup', 'create', '--to', 'saved']);
  assert.equal(code, 0);
  assert.match(out, /Keys are not in it/);
  assert.match(out, /upstream\.key is not in it: it holds a secret/);
  assert.ok(!existsSync(join(folder, 'saved/data/keys')));
  assert.deepEqual(readdirSync(join(folder, 'saved/config')).sort(), ['gatehouse.yaml', 'policy.yaml']);
  const restored = await gatehouse(folder, ['backup', 'restore', 'saved', '--to', 'back']);
  assert.match(restored.out, /Put your keys into/);
  cpSync(join(folder, 'gatehouse-data/keys'), join(folder, 'back/gatehouse-data/keys'), { recursive: true });
  for (const name of ['upstream.key', 'master.key']) cpSync(join(folder, name), join(folder, 'back', name));
  await (await serve(t, join(folder, 'back'))).stop();
});

test('what cannot be done is refused with the reason, and nothing is written', async (t) => {
  const folder = tempFolder(t);
  await gatehouse(folder, ['init']);
  const refused = async (args: readonly string[], code: number, says: RegExp) => {
    const ran = await gatehouse(folder, ['backup', ...args]);
    assert.equal(ran.code, code, ran.err);
    assert.match(ran.err, says);
  };
  await refused(['create', '--to', 'gatehouse-data'], 3, /is there already/);
  writeFileSync(join(folder, 'short'), 'short');
  await refused(['create', '--to', 'x', '--passphrase-file', 'short'], 3, /fewer than 12/);
  await refused(['create', '--to', 'x', '--passphrase-file', 'short', '--with-keys'], 3, /not both/);
  await refused(['verify', 'gatehouse-data'], 2, /is not a backup/);
  assert.equal((await gatehouse(folder, ['backup', 'create', '--to', 'saved', '--with-keys'])).code, 0);
  await refused(['verify', 'saved', '--manifest', '0'.repeat(64)], 1, /not the one that was named/);
  mkdirSync(join(folder, 'full/of'), { recursive: true });
  await refused(['restore', 'saved', '--to', 'full'], 3, /not empty/);
  await refused(
    ['restore', 'saved', '--to', 'back', '--ledger', 'full'],
    1,
    /is not as it was|missing|signed/,
  );
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('partial') || name === 'x' || name === 'back'),
    [],
  );
});
