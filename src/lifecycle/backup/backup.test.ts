import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../../base/clock.ts';
import { Problem } from '../../base/problem.ts';
import { archivable, archive } from '../../ledger/archive.ts';
import { nodeDisk } from '../../ledger/disk.ts';
import { ledgerPaths } from '../../ledger/init.ts';
import { publicKeys } from '../../ledger/keys.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { openStore } from '../../store/store.ts';
import { dataPaths, openDataFolder } from '../data-folder.ts';
import { createBackup } from './create.ts';
import { isInside, type Manifest, readManifest, sha256Of } from './manifest.ts';
import { restoreBackup } from './restore.ts';
import { openKeys, sealKeys } from './sealed-keys.ts';
import { verifyBackup } from './verify.ts';

/** A data folder with a ledger of small segments and a caller; entries go on being written until the test ends. */
async function scene(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-backup-'));
  const data = join(folder, 'data');
  const { ledgerKeys, pepper } = await openDataFolder(data, { clock: systemClock });
  // What changing signing keys leaves behind.
  mkdirSync(join(dirname(ledgerPaths(data).keys), '.lock'));
  const ledger = await Ledger.open({
    folder: ledgerPaths(data).folder,
    keys: ledgerKeys,
    clock: systemClock,
    segmentBytes: 2000,
    checkpointAfter: 5,
  });
  const store = openStore(dataPaths(data).store, { pepper, clock: systemClock });
  store.callers.create({ name: 'ann', owner: 'o', team: 't', roles: ['app'], tags: {} });
  for (let i = 0; i < 40; i++) await ledger.append({ kind: 'test.entry', i, filler: 'x'.repeat(100) });
  await ledger.checkpoint();
  t.after(async () => {
    store.close();
    await ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const backup = join(folder, 'backup');
  const options = {
    data,
    configuration: [{ path: join(folder, 'gatehouse.yaml'), text: 'a: 1\n', secret: false }],
    to: backup,
    keys: 'plain',
    version: '0',
    clock: systemClock,
    record: async () => {},
  } as const;
  return { folder, data, backup, ledger, ledgerKeys, store, options };
}

const noErasures = async function* () {};

const problem = (kind: string, says: RegExp) => (error: unknown) =>
  error instanceof Problem && error.kind === kind && says.test(error.message);

/** Changes a manifest as somebody would who knows its form. */
function forge(backup: string, change: (manifest: Manifest) => void): void {
  const path = join(backup, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  change(manifest);
  writeFileSync(path, JSON.stringify(manifest));
}

/** Makes the manifest right again for a file that was changed. */
const rehash = (backup: string, file: string) =>
  forge(backup, ({ files }) => {
    const bytes = readFileSync(join(backup, file));
    for (const one of files)
      if (one.path === file) Object.assign(one, { bytes: bytes.length, sha256: sha256Of(bytes) });
  });

test('while entries are being written, a backup ends with a checkpoint and is whole', async (t) => {
  const { backup, ledger, options } = await scene(t);
  let writing = true;
  const writer = (async () => {
    while (writing) await ledger.append({ kind: 'test.entry', filler: 'y'.repeat(200) });
  })();
  const { hash, manifest } = await createBackup(options);
  writing = false;
  await writer;
  assert.ok(manifest.ledger.size >= 40 && manifest.ledger.size < ledger.size);
  assert.equal((await verifyBackup(backup, hash)).hash, hash);
});

test('what monitors remember is in it, as it is when it is made, and comes back', async (t) => {
  const { folder, data, backup, options } = await scene(t);
  mkdirSync(join(data, 'defence'));
  writeFileSync(join(data, 'defence', 'fraud.ladder'), 'who stands where');
  writeFileSync(join(data, 'defence', 'fraud.ladder.tmp'), 'half writt');
  await createBackup(options);
  const to = join(folder, 'restored');
  await restoreBackup({ backup, to, erasures: noErasures });
  assert.deepEqual(readdirSync(join(to, 'gatehouse-data', 'defence')), ['fraud.ladder']);
});

test('while old segments are archived, a backup is whole', async (t) => {
  const { folder, data, backup, ledger, ledgerKeys, options } = await scene(t);
  const from = ledgerPaths(data).folder;
  const to = join(folder, 'archive');
  mkdirSync(to);
  const move = { ledger, disk: nodeDisk, folder: from, to, keys: publicKeys(ledgerKeys) };
  let moving = true;
  const archiving = (async () => {
    const old = { before: Number.POSITIVE_INFINITY, covered: ledger.signedSize };
    for (const span of await archivable(nodeDisk, from, old)) await archive(move, [span]);
    moving = false;
  })();
  for (let n = 0; moving; n++) await createBackup({ ...options, to: `${backup}-${n}` });
  await archiving;
});

test('no backup comes of a ledger that is damaged', async (t) => {
  const { folder, data, options } = await scene(t);
  const segment = join(ledgerPaths(data).folder, '0000000000000000.jsonl');
  writeFileSync(segment, readFileSync(segment, 'utf8').replace('"i":3', '"i":4'));
  await assert.rejects(createBackup(options), problem('findings', /entry/));
  assert.deepEqual(readdirSync(folder), ['data']);
});

test('every file that is cut, changed, missing, added or linked elsewhere is named', async (t) => {
  const { folder, backup, options } = await scene(t);
  await createBackup(options);
  const { manifest } = await readManifest(backup);
  for (const { path, bytes } of manifest.files) {
    const file = join(backup, path);
    const kept = readFileSync(file);
    const restore = () => writeFileSync(file, kept);
    truncateSync(file, Math.max(0, bytes - 1));
    if (bytes > 0) await assert.rejects(verifyBackup(backup), problem('findings', new RegExp(`${path} has`)));
    const changed = Buffer.from(kept);
    changed[bytes >> 1] = (changed[bytes >> 1] ?? 0) ^ 1;
    writeFileSync(file, changed);
    if (bytes > 0) await assert.rejects(verifyBackup(backup), problem('findings', /was changed/));
    unlinkSync(file);
    await assert.rejects(verifyBackup(backup), problem('findings', new RegExp(`${path} is missing`)));
    symlinkSync(join(folder, 'elsewhere'), file);
    await assert.rejects(verifyBackup(backup), problem('findings', /link/));
    unlinkSync(file);
    restore();
  }
  writeFileSync(join(backup, 'data/extra'), '');
  await assert.rejects(verifyBackup(backup), problem('findings', /data\/extra does not belong/));
  const to = join(folder, 'restored');
  await assert.rejects(restoreBackup({ backup, to, erasures: noErasures }), problem('findings', /extra/));
  assert.ok(!existsSync(to));
  unlinkSync(join(backup, 'data/extra'));
  await verifyBackup(backup);
});

test('a manifest that was made to fit does not hide a damaged database, a newer one, or a changed ledger', async (t) => {
  const { folder, backup, options } = await scene(t);
  const fresh = async (name: string) => {
    const to = join(folder, name);
    await createBackup({ ...options, to });
    return to;
  };
  const newer = await fresh('newer');
  const database = new DatabaseSync(join(newer, 'data/gatehouse.sqlite'));
  database.exec('PRAGMA user_version = 999');
  database.close();
  rehash(newer, 'data/gatehouse.sqlite');
  await assert.rejects(verifyBackup(newer), problem('environment', /newer version/));

  const damaged = await fresh('damaged');
  const file = join(damaged, 'data/gatehouse.sqlite');
  const bytes = readFileSync(file);
  bytes.fill(0xff, 4096, 4196);
  writeFileSync(file, bytes);
  rehash(damaged, 'data/gatehouse.sqlite');
  await assert.rejects(verifyBackup(damaged), Problem);

  await createBackup(options);
  const segment = 'data/ledger/0000000000000000.jsonl';
  const text = readFileSync(join(backup, segment), 'utf8');
  writeFileSync(join(backup, segment), text.replace('"i":3', '"i":4'));
  rehash(backup, segment);
  await assert.rejects(verifyBackup(backup), problem('findings', /entry/));
  writeFileSync(join(backup, segment), text);
  rehash(backup, segment);
  forge(backup, ({ ledger }) => {
    ledger.size -= 1;
  });
  await assert.rejects(verifyBackup(backup), problem('findings', /checkpoint/));
});

test('a manifest leads nowhere else', async (t) => {
  const { backup, options } = await scene(t);
  await createBackup(options);
  const kept = readFileSync(join(backup, 'manifest.json'), 'utf8');
  for (const path of [
    '../x',
    'data/../../x',
    '/etc/passwd',
    'data//x',
    'data/./x',
    'data/x\\..\\y',
    'C:/x',
    'other/x',
    'data/\0',
    'data/',
    'manifest.json',
  ]) {
    forge(backup, ({ files }) => files.push({ path, bytes: 0, sha256: sha256Of('') }));
    await assert.rejects(verifyBackup(backup), problem('findings', /not a manifest/), path);
    writeFileSync(join(backup, 'manifest.json'), kept);
  }
  forge(backup, ({ files }) => files.push({ ...(files[0] as Manifest['files'][number]) }));
  await assert.rejects(verifyBackup(backup), problem('findings', /not a manifest/), 'the same file twice');
  for (const text of [kept.slice(0, -10), '', '{}', '[]', kept.replace('"v": 1', '"v": 2')]) {
    writeFileSync(join(backup, 'manifest.json'), text);
    await assert.rejects(verifyBackup(backup), problem('findings', /not a manifest/));
  }
  unlinkSync(join(backup, 'manifest.json'));
  await assert.rejects(verifyBackup(backup), problem('undecided', /not a backup/));
});

test('no path that is taken leaves its folder', () => {
  const word = fc.oneof(fc.constantFrom('data', 'config', '..', '.', '', 'x', '\\', '~'), fc.string());
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), (words) => {
      const path = words.join('/');
      if (isInside(path)) assert.ok(join('/root', path).startsWith('/root/'), path);
    }),
  );
});

test('no backup is made that could not be restored: the file is named', async (t) => {
  const { folder, data, options } = await scene(t);
  const [settings] = options.configuration;
  for (const name of ['pol:icy.yaml', 'a\\b.yaml', 'a\nb.yaml', `${'long/'.repeat(200)}x.yaml`])
    for (const [secret, keys] of [
      [false, 'none'],
      [true, { passphrase: 'a long passphrase' }],
    ] as const) {
      const configuration = [settings, { path: join(folder, name), text: 'x', secret }];
      const told = JSON.stringify(name).slice(1, 12).replaceAll('\\', '\\\\');
      await assert.rejects(
        createBackup({ ...options, keys, configuration }),
        problem('usage', new RegExp(`${told}.* no backup can hold`)),
        name,
      );
    }
  assert.deepEqual(readdirSync(folder), ['data']);
  writeFileSync(join(data, 'keys', 'a:b'), 'x');
  await assert.rejects(createBackup(options), problem('usage', /data\/keys\/a:b/));
});

test('a backup that cannot be recorded, or is killed before it is, leaves none', async (t) => {
  const { folder, backup, options } = await scene(t);
  const failing = { ...options, record: () => Promise.reject(new Problem('environment', 'no ledger')) };
  await assert.rejects(createBackup(failing), problem('environment', /no ledger/));
  assert.deepEqual(readdirSync(folder), ['data']);
  const code = `
    const { createBackup } = await import(${JSON.stringify(new URL('./create.ts', import.meta.url).href)});
    await createBackup({ ...${JSON.stringify(options)}, clock: { now: Date.now }, record() { process.kill(process.pid, 'SIGKILL'); } });`;
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', code]);
  assert.equal(signal, 'SIGKILL');
  assert.ok(!existsSync(backup));
  await createBackup(options);
  await verifyBackup(backup);
});

test('a ledger that is not the backup’s, or is older, does not take its place', async (t) => {
  const { folder, data, backup, ledger, options } = await scene(t);
  const before = join(folder, 'before');
  await createBackup({ ...options, to: before });
  await ledger.append({ kind: 'test.entry' });
  await ledger.checkpoint();
  await createBackup(options);
  const restore = (newer: string, to: string) =>
    restoreBackup({ backup, to: join(folder, to), ledger: newer, erasures: noErasures });
  await assert.rejects(restore(join(before, 'data/ledger'), 'a'), problem('findings', /ends before|history/));
  const other = await openDataFolder(join(folder, 'other'), { clock: systemClock });
  assert.ok(other.created);
  await assert.rejects(restore(ledgerPaths(join(folder, 'other')).folder, 'b'), problem('findings', /./));
  await ledger.append({ kind: 'test.entry' });
  await ledger.checkpoint();
  const { entries } = await restore(ledgerPaths(data).folder, 'c');
  assert.equal(entries, ledger.size);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('partial') || name === 'a' || name === 'b'),
    [],
  );
});

test('sealed keys open with their passphrase only, and not when changed', () => {
  const files = new Map([['data/keys/pepper', Buffer.from('canary')]]);
  const sealed = sealKeys(files, 'a long passphrase');
  assert.ok(!sealed.includes('canary'));
  assert.deepEqual(openKeys(sealed, 'a long passphrase'), files);
  assert.throws(() => openKeys(sealed, 'another passphrase'), problem('findings', /do not open/));
  const changed = sealed.replace(/(?<="text":")./, (first) => (first === '_' ? '-' : '_'));
  assert.throws(() => openKeys(changed, 'a long passphrase'), Problem);
  assert.throws(() => openKeys(sealed.slice(0, 40), 'a long passphrase'), Problem);
  const away = sealKeys(new Map([['../../x', Buffer.from('x')]]), 'a long passphrase');
  assert.throws(() => openKeys(away, 'a long passphrase'), Problem);
});

test('what the newer ledger has settled since is not settled again', async (t) => {
  const { folder, data, backup, ledger, store, options } = await scene(t);
  const charged = { tokens: 10, dollars: 0 };
  const amounts = { request: 'req_poll', begin: 0, used: charged };
  for (const n of [1, 2]) {
    const key = store.background.key(`resp_${n}`);
    const owed = { account: { request: `req_${n}` }, charge: {}, charged };
    const answer = { key, caller: 'c', upstream: 'u', model: 'm', as: 'm' };
    await (await store.quotas.reserve([])).defer(answer, charged, owed);
  }
  await createBackup(options);
  const settles = { request: 'req_1', charge: {}, instead_of: {} };
  await ledger.append({ kind: 'request.end', id: 'req_poll', settles });
  await ledger.checkpoint();
  const to = join(folder, 'restored');
  await restoreBackup({ backup, to, ledger: ledgerPaths(data).folder, erasures: noErasures });
  const again = openStore(dataPaths(join(to, 'gatehouse-data')).store, {
    pepper: store.pepper,
    clock: systemClock,
  });
  const taken = [1, 2].map((n) => again.background.take(again.background.key(`resp_${n}`), amounts));
  again.close();
  assert.deepEqual(
    taken.map((owed) => owed?.account.request),
    [undefined, 'req_2'],
  );
});
