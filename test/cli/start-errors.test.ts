import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gatehouse, gatehouseJson, keysIn, ledgerOf, serve, tempFolder } from '../harness/cli.ts';

// What is wrong is said in a line, with what to do in the next; a stack trace is never seen.

const start = (cwd: string) => gatehouse(cwd, ['serve', '--port', '0']);

/** A folder in which `init` has run. */
async function ready(t: TestContext): Promise<string> {
  const cwd = tempFolder(t);
  await gatehouseJson(cwd, ['init']);
  return cwd;
}

async function refused(cwd: string, code: number, ...says: RegExp[]): Promise<void> {
  const ran = await start(cwd);
  assert.equal(ran.code, code, ran.err);
  assert.match(ran.err, /^gatehouse: /);
  assert.doesNotMatch(ran.err, /\n {4}at |node:internal/);
  for (const pattern of says) assert.match(ran.err, pattern);
}

test('a taken port: which, and what to do; keys of a first start are shown all the same', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const cwd = tempFolder(t);
  const { code, out, err } = await gatehouse(cwd, ['serve', '--port', String(port)]);
  assert.equal(code, 4);
  assert.match(err, new RegExp(`127\\.0\\.0\\.1:${port} is in use by another program`));
  assert.match(err, /listen\.port/);
  const { app } = keysIn(out);
  const { address } = await serve(t, cwd);
  const answer = await fetch(`${address}/v1/models`, { headers: { 'x-api-key': app } });
  assert.equal(answer.status, 200);
});

test('a data folder that cannot be made', async (t) => {
  const cwd = await ready(t);
  rmSync(join(cwd, 'gatehouse-data'), { recursive: true });
  writeFileSync(join(cwd, 'gatehouse-data'), 'a file');
  await refused(cwd, 4, /cannot make or use the data folder .*gatehouse-data/, /Choose another folder/);
});

test('a data folder that others can read', async (t) => {
  const cwd = await ready(t);
  chmodSync(join(cwd, 'gatehouse-data'), 0o755);
  await refused(cwd, 4, /other users can read the data folder/, /chmod 700/);
});

test('a broken gatehouse.yaml or policy.yaml: file, line and column', async (t) => {
  const cwd = await ready(t);
  const [settings, policy] = [join(cwd, 'gatehouse.yaml'), join(cwd, 'policy.yaml')];
  appendFileSync(policy, '\nguads: []\n');
  await refused(cwd, 3, /policy\.yaml:\d+:\d+ .*guards/);
  appendFileSync(settings, '\nlimts: {}\n');
  await refused(cwd, 3, /gatehouse\.yaml:\d+:\d+ .*limits/);
  writeFileSync(settings, 'upstreams: [\n');
  await refused(cwd, 3, /gatehouse\.yaml:\d+:\d+ .*/);
  writeFileSync(settings, 'listen: { port: ninety }\n');
  await refused(cwd, 3, /port/, /upstreams/);
});

test('a secret that is not there: the variable or the file is named', async (t) => {
  const cwd = await ready(t);
  const settings = (key: string) =>
    `upstreams:\n  a: { dialect: openai, url: "http://127.0.0.1:9", key: ${key}, models: ["*"] }\n`;
  writeFileSync(join(cwd, 'gatehouse.yaml'), settings('"${NOT_SET_ANYWHERE}"'));
  await refused(cwd, 3, /gatehouse\.yaml:2:\d+ .*NOT_SET_ANYWHERE/);
  writeFileSync(join(cwd, 'gatehouse.yaml'), settings('{ file: ./no-such.key }'));
  await refused(cwd, 3, /gatehouse\.yaml:2:\d+ .*/);
});

test('a database or a key that is damaged or gone', async (t) => {
  const cwd = await ready(t);
  const data = join(cwd, 'gatehouse-data');
  const pepper = join(data, 'keys', 'pepper');
  writeFileSync(pepper, 'no key');
  await refused(cwd, 4, /pepper does not hold a key/, /backup/);
  rmSync(pepper);
  await refused(cwd, 4, /pepper is missing/, /Without it no API key works/);
  const other = await ready(t);
  for (const end of ['-wal', '-shm'])
    rmSync(join(other, `gatehouse-data/gatehouse.sqlite${end}`), { force: true });
  writeFileSync(
    join(other, 'gatehouse-data/gatehouse.sqlite'),
    'this is no database, but it is long enough'.repeat(100),
  );
  await refused(other, 4, /gatehouse\.sqlite/, /backup|Restore/);
});

test('beyond loopback without TLS or behind_proxy: refused', async (t) => {
  const cwd = await ready(t);
  const write = (listen: string) =>
    writeFileSync(
      join(cwd, 'gatehouse.yaml'),
      `listen: ${listen}\nupstreams: { p: { practice: true, dialect: openai, models: [practice] } }\n`,
    );
  write('{ address: 0.0.0.0 }');
  await refused(cwd, 3, /gatehouse\.yaml:1:\d+ .*behind_proxy/);
  write('{ address: 0.0.0.0, behind_proxy: true }');
  const checked = await gatehouse(cwd, ['config', 'check']);
  assert.equal(checked.code, 0, checked.err);
});

test('a second process on the same data folder is refused, and the first goes on', async (t) => {
  const cwd = tempFolder(t);
  const first = await serve(t, cwd);
  await refused(cwd, 4, /another|in use|running/);
  assert.equal((await fetch(`${first.address}/readyz`)).status, 200);
});

test('killed: the next start finds everything, and says so in the ledger', async (t) => {
  const cwd = tempFolder(t);
  const first = await serve(t, cwd);
  await first.stop('SIGKILL');
  const second = await serve(t, cwd);
  assert.equal((await fetch(`${second.address}/readyz`)).status, 200);
  await second.stop();
  assert.equal(ledgerOf(cwd).filter(({ kind }) => kind === 'system.start').length, 2);
});
