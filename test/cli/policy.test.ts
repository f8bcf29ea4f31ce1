import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempFolder } from '../harness/cli.ts';
import { gatehouse, gatehouseJson } from '../harness/cli-here.ts';
import { startGateway } from '../harness/gateway.ts';

interface Version {
  readonly version: number;
  readonly origin: string;
  readonly reason: string | null;
  readonly person: string | null;
}

const OTHER = 'guards: [{ use: bounds }]\n';

test('a draft is compared, applied to the gateway that runs, listed, shown and taken back', async (t) => {
  const gateway = await startGateway({ upstream: 'http://127.0.0.1:9' });
  t.after(() => gateway.close());
  const { folder } = gateway;
  const verb = (...args: string[]) => gatehouse(folder, ['policy', ...args]);
  const before = readFileSync(join(folder, 'policy.yaml'), 'utf8');
  assert.equal((await verb('diff')).code, 0);
  const next = before.slice(0, before.indexOf('guards:')) + OTHER;
  writeFileSync(join(folder, 'next.yaml'), next);
  const differs = await verb('diff', 'next.yaml');
  assert.equal(differs.code, 1);
  assert.match(differs.out, /loosens\s+guards\s+secrets/);

  await gateway.post('/v1/chat/completions', {
    model: 'm',
    messages: [{ role: 'user', content: 'forbidden fruit' }],
  });
  const tried = await verb('dry-run', 'next.yaml', '--since', '10m');
  assert.equal(tried.code, 1, tried.err);
  assert.match(tried.out, /^1 of 1 exchanges since /);
  assert.match(tried.out, /newly allowed +1$/m);
  assert.match(tried.out, /words: 1 newly allowed/);

  const applied = await verb('apply', 'next.yaml', '--reason', 'fewer guards');
  assert.equal(applied.code, 0, applied.err);
  assert.match(applied.err, /warning: guards secrets: gone \(secrets\)/);
  assert.match(applied.out, /^Version 2 is in force\.$/m);
  assert.equal(gateway.gateway.gate.house.policy.guards.length, 1);
  const { versions } = await gatehouseJson<{ versions: Version[] }>(folder, ['policy', 'history']);
  assert.deepEqual(
    versions.map(({ version, origin, reason, person }) => [version, origin, reason, person]),
    [
      [2, 'applied', 'fewer guards', 'local'],
      [1, 'file', null, null],
    ],
  );
  assert.match((await verb('history')).out, /2 \*.*applied\s+local\s+fewer guards/);
  assert.equal((await gatehouseJson<{ text: string }>(folder, ['policy', 'show', '1'])).text, before);
  assert.equal((await verb('diff', '--from', '1', '--to', 'running')).code, 1);

  const back = await gatehouseJson<Version>(folder, ['policy', 'rollback', '--reason', 'too few']);
  assert.deepEqual([back.version, back.origin], [3, 'restored']);
  assert.equal(readFileSync(join(folder, 'policy.yaml'), 'utf8'), before);
});

test('what cannot be used or asked is said, and changes nothing', async (t) => {
  const folder = tempFolder(t);
  await gatehouseJson(folder, ['init']);
  const before = readFileSync(join(folder, 'policy.yaml'), 'utf8');
  writeFileSync(join(folder, 'bad.yaml'), 'version: 1\nroles: {}\nguards: [{ use: secret }]\n');
  for (const [args, code, says] of [
    [['apply', 'bad.yaml', '--reason', 'x'], 3, /policy\.yaml:3:17 {2}guards\[0\]\.use: must be one of/],
    [['apply', 'none.yaml', '--reason', 'x'], 3, /cannot read none\.yaml/],
    [['apply', 'bad.yaml'], 3, /--reason/],
    [['rollback', 'first', '--reason', 'x'], 3, /no number of a version/],
    [['rollback', '--reason', 'x'], 1, /no version before/],
    [['rollback', '7', '--reason', 'x'], 1, /No version has this number/],
    [['diff', '--from', 'yesterday'], 3, /not running, file or the number/],
    [['diff', 'bad.yaml', '--to', 'file'], 3, /FILE or --to/],
  ] as const) {
    const said = await gatehouse(folder, ['policy', ...args]);
    assert.deepEqual([said.code, says.test(said.err)], [code, true], `${args.join(' ')}: ${said.err}`);
  }
  const flawed = await gatehouse(folder, ['policy', 'check', 'bad.yaml', '--json']);
  assert.equal(flawed.code, 3);
  assert.equal(
    (JSON.parse(flawed.out) as { flaws: { pointer: string }[] }).flaws[0]?.pointer,
    '/guards/0/use',
  );
  assert.equal(readFileSync(join(folder, 'policy.yaml'), 'utf8'), before);
});

test('where no gateway runs, the same is done on the data folder, and the next start has it', async (t) => {
  const folder = tempFolder(t);
  await gatehouseJson(folder, ['init']);
  const before = readFileSync(join(folder, 'policy.yaml'), 'utf8');
  writeFileSync(
    join(folder, 'next.yaml'),
    `${before}\nassume_output: 7\n`.replace('assume_output: 1024\n', ''),
  );
  assert.equal(
    (await gatehouseJson<Version>(folder, ['policy', 'apply', 'next.yaml', '--reason', 'less'])).version,
    2,
  );
  const { versions } = await gatehouseJson<{ versions: Version[] }>(folder, ['policy', 'history']);
  assert.deepEqual(
    versions.map(({ origin }) => origin),
    ['applied', 'file'],
  );
  assert.equal((await gatehouse(folder, ['policy', 'rollback', '--reason', 'more'])).code, 0);
  assert.equal(readFileSync(join(folder, 'policy.yaml'), 'utf8'), before);
});
