import assert from 'node:assert/strict';
import test from 'node:test';
import { FORMATS } from '../../formats/index.ts';
import { Bytes } from '../../formats/source.ts';
import { BOUNDS } from './bounds.ts';
import { Book } from './calls/book.ts';
import { scanFile } from './scanner.ts';

const READERS = { formats: FORMATS, calls: new Book() };

for (const { name: format, proof, looks } of FORMATS) {
  // What has no look of its own is only ever read because another format says what it is.
  const scan = (bytes: Uint8Array) => {
    const source = new Bytes(bytes);
    return scanFile(
      'sample',
      source,
      READERS,
      BOUNDS,
      looks(source, 'sample') === false ? format : undefined,
    );
  };
  for (const { name, bytes, rules } of proof.catches)
    test(`${format} catches ${name}`, async () => {
      const { verdict, findings } = await scan(bytes());
      const found = new Set(findings.map(({ rule }) => rule));
      for (const rule of rules ?? [])
        assert.ok(found.has(rule), `${rule} is not among ${[...found].join(', ')}`);
      assert.ok(rules !== undefined && rules.length > 0 && findings.length > 0);
      assert.notEqual(verdict, undefined);
    });
  for (const { name, bytes } of proof.passes)
    test(`${format} lets pass ${name}`, async () => {
      const { verdict, findings, parts } = await scan(bytes());
      assert.deepEqual(findings, []);
      assert.equal(verdict, 'clean', JSON.stringify(parts));
    });
}

test('every rule of every format is told of in full', () => {
  for (const { rules } of FORMATS)
    for (const { id, title, about, advice } of rules) {
      assert.match(id, /^[a-z0-9]+\.[a-z0-9-]+$/);
      for (const text of [title, about, advice]) assert.ok(text.length > 10, id);
    }
});
