import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { rulesOf, scanned } from '../testing.ts';

/** Made by h5py: `test/corpus/real/hdf5/make.py`. */
const real = (name: string): Uint8Array =>
  readFileSync(new URL(`../../../test/corpus/real/hdf5/${name}.h5`, import.meta.url));

const FILES: Readonly<Record<string, readonly string[]>> = {
  'keras-earliest': [],
  'keras-latest': [],
  'keras-many': [],
  'keras-userblock': [],
  'keras-lambda': ['keras.lambda'],
  'keras-lambda-latest': ['keras.lambda'],
  layouts: [],
  'layouts-latest': [],
  'external-link': ['hdf5.external-link'],
  'external-link-latest': ['hdf5.external-link'],
  'external-storage': ['hdf5.external-storage'],
  virtual: ['hdf5.external-link'],
  'virtual-second': ['hdf5.external-link'],
  'keras-lambda-packed': ['keras.lambda'],
  'keras-lambda-bytes': ['keras.lambda'],
};

for (const [name, rules] of Object.entries(FILES))
  test(`${name}.h5 of h5py`, async () => {
    const found = await scanned(real(name));
    assert.deepEqual(rulesOf(found), rules);
    assert.equal(found.verdict, rules.length === 0 ? 'clean' : 'findings', JSON.stringify(found.parts));
  });

test('a file that is cut off anywhere is not clean', async () => {
  const whole = real('keras-latest');
  for (let at = 9; at < whole.length; at += 401)
    assert.notEqual((await scanned(whole.subarray(0, at))).verdict, 'clean', `cut at ${at}`);
});

test('bytes that were changed crash nothing', async () => {
  for (const name of ['keras-earliest', 'keras-latest', 'virtual', 'external-link-latest']) {
    const whole = real(name);
    for (let at = 0; at < Math.min(whole.length, 6000); at += 37) {
      const changed = Uint8Array.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      const found = rulesOf(await scanned(changed));
      assert.ok(!found.includes('file.reader-failed'), `${name} at ${at}`);
    }
  }
});

test('what is put before or behind a file is looked at', async () => {
  const whole = real('keras-userblock');
  const pickle = Buffer.from('cos\nsystem\n(S"id"\ntR.');
  const before = Uint8Array.from(whole);
  before.set(pickle, 0);
  const isPickle = (rule: string): boolean => rule.startsWith('pickle.');
  assert.ok(rulesOf(await scanned(before)).some(isPickle));
  const behind = rulesOf(await scanned(Buffer.concat([whole, pickle])));
  assert.ok(behind.includes('hdf5.appended-data') && behind.some(isPickle), behind.join());
});
