import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { MARK, marksIn, rulesOf, scanned } from './testing.ts';

const real = (name: string) =>
  readFileSync(new URL(`../../test/corpus/real/containers/${name}`, import.meta.url));

function array(header: string, content: Uint8Array, major = 1): Uint8Array {
  const length = Buffer.alloc(major === 1 ? 2 : 4);
  length.writeUIntLE(header.length, 0, length.length);
  return Buffer.concat([
    Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, major, 0]),
    length,
    Buffer.from(header),
    content,
  ]);
}

const of = (descr: string, shape: string, content: Uint8Array) =>
  array(`{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`, content);

describe('arrays that numpy wrote', () => {
  for (const name of [
    'grid',
    'record',
    'fortran',
    'empty',
    'text',
    'date',
    'scalar',
    'complex',
    'bool',
    'version2',
    'version3',
  ])
    it(`${name}: all of it is header and data`, async () => {
      const { verdict, findings, parts } = await scanned(real(`${name}.npy`), `${name}.npy`);
      assert.deepEqual(findings, []);
      assert.equal(verdict, 'clean');
      assert.equal(parts.length, 1);
    });

  it('numbers that begin like a pickle are looked at as one', async () => {
    const pickle = Buffer.from('\x80\x02]N.', 'latin1');
    const { parts } = await scanned(of("'|u1'", `(${pickle.length},)`, pickle), 'x.npy');
    assert.deepEqual(parts[1]?.path, ['x.npy', '(elements)']);
  });

  it('objects are handed on as a pickle', async () => {
    const { parts } = await scanned(real('object.npy'), 'object.npy');
    assert.deepEqual(parts[1]?.path, ['object.npy', '(objects)']);
    assert.deepEqual(parts[0]?.ranges, [
      { as: 'parsed', start: 0, end: real('object.npy').length, why: undefined },
    ]);
  });

  it('several, one behind the other, are all read', async () => {
    const { verdict } = await scanned(Buffer.concat([real('grid.npy'), real('text.npy')]), 'two.npy');
    assert.equal(verdict, 'clean');
  });

  it('shape and type are noted', async () => {
    const { parts } = await scanned(real('record.npy'));
    assert.deepEqual(parts[0]?.facts, { shape: [3], dtype: '[(a, <f4), (b, |S3, (2))]' });
  });
});

describe('where objects hide', () => {
  for (const descr of [
    "'|O'",
    "'O'",
    "'=O8'",
    "[('a', '<f4'), ('b', '|O')]",
    "[('a', [('b', '|O')])]",
    "[('a', '|O', (2,))]",
    "('|O', (2,))",
  ])
    it(`${descr} is a pickle`, async () => {
      const { parts } = await scanned(of(descr, '(1,)', MARK));
      assert.equal(parts[1]?.path[1], '(objects)');
    });

  for (const descr of [
    "'object'",
    "'i4,O'",
    "'f8, (2,)O'",
    "'O,f4'",
    "{'names': ['a'], 'formats': ['O']}",
    '3',
  ])
    it(`${descr} is not written by numpy: content decides`, async () => {
      const result = await scanned(of(descr, '(1,)', MARK));
      assert.deepEqual(rulesOf(result), ['npy.header']);
      assert.deepEqual(marksIn(result), ['(elements)']);
    });

  it('behind the numbers', async () => {
    const result = await scanned(of("'<f4'", '(1,)', Buffer.concat([Buffer.alloc(4), MARK])));
    assert.deepEqual(rulesOf(result), ['npy.size']);
    assert.deepEqual(marksIn(result), ['(behind the array)']);
  });
});

describe('headers that are no plain dictionary', () => {
  for (const header of [
    '',
    '{}',
    "{'descr': '|' 'O', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f4', 'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': __import__('os').system('id'), 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': 1}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} # comment",
    `{'descr': ${'['.repeat(5000)}`,
    "{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 9999999999)}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1e3,)}",
  ])
    it(header.slice(0, 60) || 'nothing', async () => {
      assert.deepEqual(rulesOf(await scanned(array(header, Buffer.alloc(8)))), ['file.malformed']);
    });

  it('versions that do not exist, and a header longer than the file', async () => {
    const bytes = Buffer.from(real('grid.npy'));
    bytes[6] = 4;
    assert.deepEqual(rulesOf(await scanned(bytes)), ['file.malformed']);
    const short = Buffer.from(real('version2.npy'));
    short.writeUInt32LE(0xffffffff, 8);
    assert.deepEqual(rulesOf(await scanned(short)), ['file.malformed']);
  });

  it('shapes with the L of Python 2 are fine', async () => {
    assert.equal((await scanned(of("'<f8'", '(1L,)', Buffer.alloc(8)))).verdict, 'clean');
  });
});
