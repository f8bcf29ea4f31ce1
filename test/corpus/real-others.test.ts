import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { FORMATS } from '../../src/formats/index.ts';
import { Bytes } from '../../src/formats/source.ts';
import { Book } from '../../src/lifecycle/scan/calls/book.ts';
import { scanFile } from '../../src/lifecycle/scan/scanner.ts';

const READERS = { formats: FORMATS, calls: new Book() };

/** Scripts that make the files lie beside them. */
const MADE_BY = /^make\.(?:py|R)$/;

for (const folder of ['r', 'boosters', 'media', 'numbers'])
  for (const name of readdirSync(new URL(`real/${folder}/`, import.meta.url)).filter(
    (one) => !MADE_BY.test(one),
  ))
    test(`${folder}/${name}, as a real program has written it, is read whole and shows nothing`, async () => {
      const bytes = readFileSync(new URL(`real/${folder}/${name}`, import.meta.url));
      const { findings, parts, verdict } = await scanFile(name, new Bytes(bytes), READERS);
      assert.deepEqual(findings, []);
      assert.equal(verdict, 'clean', JSON.stringify(parts));
    });

for (const name of readdirSync(new URL('real/hdf5/', import.meta.url)).filter((one) =>
  one.includes('pickle-'),
))
  test(`hdf5/${name}: a pickle is found wherever h5py puts its bytes`, async () => {
    const bytes = readFileSync(new URL(`real/hdf5/${name}`, import.meta.url));
    const { findings } = await scanFile(name, new Bytes(bytes), READERS);
    assert.deepEqual(
      findings.map(({ rule }) => rule),
      ['pickle.dangerous-call'],
    );
  });
