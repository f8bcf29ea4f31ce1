import assert from 'node:assert/strict';
import test from 'node:test';
import { isReadWhole } from '../../findings/result.ts';
import { FORMATS } from '../../formats/index.ts';
import { Bytes } from '../../formats/source.ts';
import { assemble as tar } from '../../formats/tar/assemble.ts';
import { assemble as zip } from '../../formats/zip/assemble.ts';
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

/** Of no format, and no text. */
const STRANGE = Uint8Array.of(0x9d, 0xfe, 0xed, 0xc0, 0x01, 0xff, 0x9d, 0x07, 0xb3, 0xe1);
const many = (count: number, data: Uint8Array | string) =>
  Array.from({ length: count }, (_, i) => ({ name: `m${i}`, data }));

test('behind more members than are listed, what was not read within one that was is not forgotten', async () => {
  const inner = zip([{ name: 'strange', data: STRANGE }]);
  const bytes = tar([...many(2_000, 'a text\n'), { name: 'inner.zip', data: inner }]);
  const read = await scanFile('a.tar', new Bytes(bytes), READERS);
  assert.equal(read.verdict, 'undecided');
  assert.equal(isReadWhole(read), false);
  assert.ok(read.parts.some(({ path }) => path.at(-1) === 'strange'));
});

test('of members that were not read so many are listed, and all are counted', async () => {
  const bytes = tar(many(4_500, STRANGE));
  const read = await scanFile('a.tar', new Bytes(bytes), READERS);
  assert.equal(read.parts.length, 4_001);
  assert.equal(isReadWhole(read), false);
  assert.deepEqual(read.parts.at(-1)?.path, ['a.tar', '(501 more that were not read whole)']);
});
