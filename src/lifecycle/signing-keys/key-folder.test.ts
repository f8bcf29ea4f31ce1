import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { Problem } from '../../base/problem.ts';
import { publicKeyOf } from '../../signing/keys.ts';
import { localMaster } from '../../vault/master.ts';
import { Masters } from '../../vault/masters.ts';
import { tempFolder } from '../sign/testing.ts';
import { type KeyChange, KeyFolder, type MakeKey, publicKeysOf } from './key-folder.ts';
import { type KeySealer, masterSealer, passphraseSealer } from './sealer.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const PASSPHRASE = 'correct horse battery staple';
const master = localMaster('first', Buffer.alloc(32, 1));
const masters = new Masters([master], master);

/** Scrypt takes its time: most tests use the master key. */
const about = (more: Partial<MakeKey> = {}): MakeKey => ({
  curve: 'P-256',
  postQuantum: true,
  sealer: masterSealer(masters),
  now: NOW,
  ...more,
});

function scene(t: TestContext) {
  const place = join(tempFolder(t), 'keys');
  const changes: KeyChange[] = [];
  const folder = new KeyFolder(place, async (change) => void changes.push(change));
  return { place, folder, changes, file: (name: string) => join(place, `signing-${name}.json`) };
}

const refuses = (kind: Problem['kind'], pattern: RegExp, act: Promise<unknown>) =>
  assert.rejects(act, (error: unknown) => {
    assert.ok(error instanceof Problem, String(error));
    assert.match(error.message, pattern);
    assert.equal(error.kind, kind);
    return true;
  });

suite('signing keys', () => {
  test('are made, found, listed and opened; the private part is never in clear', async (t) => {
    const { place, folder, changes, file } = scene(t);
    const key = await folder.create('release', about({ curve: 'P-384' }));
    const [[classical, postQuantum] = []] = publicKeysOf(key);
    assert.deepEqual([classical?.algorithm, postQuantum?.algorithm], ['ecdsa-p384', 'ml-dsa-65']);
    const opened = await folder.open('release', { masters });
    assert.equal(publicKeyOf(opened.key).hint, classical?.hint);
    assert.equal(opened.postQuantum && publicKeyOf(opened.postQuantum).hint, postQuantum?.hint);
    assert.doesNotMatch(readFileSync(file('release'), 'utf8'), /PRIVATE/);
    assert.equal(statSync(file('release')).mode & 0o777, 0o600);
    assert.equal(statSync(place).mode & 0o777, 0o700);
    await folder.create('abc', about({ postQuantum: false }));
    assert.deepEqual(
      (await folder.list()).map(({ name }) => name),
      ['abc', 'release'],
    );
    assert.equal((await folder.open('abc', { masters })).postQuantum, undefined);
    assert.deepEqual(changes[0], {
      act: 'create',
      name: 'release',
      version: 1,
      hints: [classical?.hint, postQuantum?.hint],
    });
  });

  test('under a passphrase', async (t) => {
    const { folder } = scene(t);
    await folder.create('k', about({ sealer: passphraseSealer(PASSPHRASE), postQuantum: false }));
    assert.ok((await folder.open('k', { passphrase: PASSPHRASE })).key);
    await refuses('usage', /another passphrase/, folder.open('k', { passphrase: `${PASSPHRASE}!` }));
    await refuses('usage', /sealed under a passphrase/, folder.open('k', { masters }));
    assert.throws(() => passphraseSealer('short'), /fewer than 12/);
  });

  test('open under their master key only, under their own name, and as they were', async (t) => {
    const { folder, file } = scene(t);
    await folder.create('a', about());
    await folder.create('b', about());
    const other = localMaster('first', Buffer.alloc(32, 2));
    await refuses('usage', /does not open/, folder.open('a', { masters: new Masters([other], other) }));
    await refuses('usage', /master key of the vault/, folder.open('a', {}));
    // One key's file under another's name, with the name in it changed.
    writeFileSync(file('b'), readFileSync(file('a'), 'utf8').replace('"name": "a"', '"name": "b"'));
    await refuses('usage', /does not open/, folder.open('b', { masters }));
    writeFileSync(file('b'), readFileSync(file('a')));
    await refuses('environment', /damaged/, folder.find('b'));
    for (const text of ['', '{', '[]', '{"v":1,"name":"b","versions":[]}']) {
      writeFileSync(file('b'), text);
      await refuses('environment', /damaged/, folder.open('b', { masters }));
    }
  });

  test('rotate: the new version signs, the old ones verify, and their private keys are gone', async (t) => {
    const { folder, changes, file } = scene(t);
    const [[first] = []] = publicKeysOf(await folder.create('r', about()));
    const rotated = await folder.rotate('r', about({ now: NOW + 1000, curve: 'P-521' }));
    assert.deepEqual(
      rotated.versions.map(({ version, state, ended, sealed }) => [version, state, ended, sealed === null]),
      [
        [1, 'retired', '2026-11-21T12:00:01.000Z', true],
        [2, 'active', null, false],
      ],
    );
    const keys = publicKeysOf(await folder.find('r'));
    assert.equal(keys[0]?.[0]?.hint, first?.hint);
    assert.equal(publicKeyOf((await folder.open('r', { masters })).key).hint, keys[1]?.[0]?.hint);
    assert.equal(changes.at(-1)?.act, 'rotate');
    assert.equal(readFileSync(file('r'), 'utf8').match(/"sealed": null/g)?.length, 1);
  });

  test('revoke: nothing that it signed is taken, or that one version signed', async (t) => {
    const { folder, changes } = scene(t);
    await folder.create('r', about());
    await folder.rotate('r', about());
    await folder.revoke('r', 1, NOW);
    assert.equal(publicKeysOf(await folder.find('r')).length, 1);
    assert.ok((await folder.open('r', { masters })).key);
    await refuses('usage', /no version 7/, folder.revoke('r', 7, NOW));
    await folder.revoke('r', undefined, NOW);
    assert.equal(publicKeysOf(await folder.find('r')).length, 0);
    await refuses('usage', /was revoked/, folder.open('r', { masters }));
    // A new one begins where it ended, and the old ones stay revoked.
    const again = await folder.rotate('r', about());
    assert.deepEqual(
      again.versions.map(({ state }) => state),
      ['revoked', 'revoked', 'active'],
    );
    assert.deepEqual(
      changes.map(({ act, version }) => [act, version]),
      [
        ['create', 1],
        ['rotate', 2],
        ['revoke', 1],
        ['revoke', 2],
        ['rotate', 3],
      ],
    );
  });

  test('names, and what is there already', async (t) => {
    const { folder } = scene(t);
    for (const name of ['', '../x', 'A', 'a/b', '.a', 'x'.repeat(65)])
      await refuses('usage', /has a name of/, folder.create(name, about()));
    await folder.create('release', about({ postQuantum: false }));
    await refuses('usage', /already/, folder.create('release', about()));
    await refuses('usage', /there is no signing key “relaese”.*release/, folder.find('relaese'));
    assert.deepEqual(await new KeyFolder(join(tempFolder(t), 'none')).list(), []);
  });

  test('what cannot be recorded does not happen', async (t) => {
    const { place, folder } = scene(t);
    await folder.create('r', about({ postQuantum: false }));
    const strict = new KeyFolder(place, async () => {
      throw new Problem('findings', 'refused');
    });
    const before = await folder.find('r');
    await refuses('findings', /refused/, strict.rotate('r', about()));
    await refuses('findings', /refused/, strict.revoke('r', undefined, NOW));
    await refuses('findings', /refused/, strict.create('s', about()));
    assert.deepEqual(await folder.find('r'), before);
    assert.deepEqual(readdirSync(place), ['.lock', 'signing-r.json']);
  });

  test('changes at once follow one another: no rotation undoes a revocation', async (t) => {
    const { folder, place } = scene(t);
    await folder.create('r', about({ postQuantum: false }));
    const more = about({ postQuantum: false });
    // Each has a folder of its own, as processes do.
    const other = () => new KeyFolder(place);
    await Promise.all([
      other().rotate('r', more),
      other().revoke('r', 1, NOW),
      other().rotate('r', more),
      other().rotate('r', more),
    ]);
    const { versions } = await folder.find('r');
    assert.deepEqual(
      versions.map(({ version, state }) => `${version} ${state}`),
      ['1 revoked', '2 retired', '3 retired', '4 active'],
    );
    assert.equal(new Set(versions.map((one) => one.public)).size, 4);
  });

  test('a sealer that fails makes no key', async (t) => {
    const { folder, place } = scene(t);
    const broken: KeySealer = { by: 'master', seal: async () => Promise.reject(new Error('no answer')) };
    await assert.rejects(folder.create('r', about({ sealer: broken })), /no answer/);
    assert.deepEqual(readdirSync(place), ['.lock']);
  });
});
