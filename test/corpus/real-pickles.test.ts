import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { FORMATS } from '../../src/formats/index.ts';
import { Bytes } from '../../src/formats/source.ts';
import { Book } from '../../src/lifecycle/scan/calls/book.ts';
import { scanFile } from '../../src/lifecycle/scan/scanner.ts';

const folder = join(import.meta.dirname, 'real', 'pickle');
const readers = { formats: FORMATS, calls: new Book() };

for (const name of readdirSync(folder).filter((one) => /\.(?:pkl|joblib|pt)$/.test(one))) {
  test(`a real file is clean, with every byte told of: ${name}`, async () => {
    const { verdict, findings, parts } = await scanFile(
      name,
      new Bytes(readFileSync(join(folder, name))),
      readers,
    );
    assert.deepEqual(findings, []);
    assert.equal(verdict, 'clean');
    assert.ok(parts[0]?.formats.includes('pickle'));
    assert.ok(parts.every(({ ranges }) => ranges.every(({ as }) => as !== 'unread')));
  });
}
