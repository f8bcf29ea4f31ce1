import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Problem } from '../../../base/problem.ts';
import { parseIdx, parseNpy } from './array.ts';
import { readData } from './read-data.ts';
import { classesOf, type SampleOptions, samplesOf } from './samples.ts';
import { type SpaceOptions, spaceOf } from './space-of.ts';
import { parseCsv, parseJsonLines } from './table.ts';

const MOST = 1000;
const refused = (says: RegExp) => (error: unknown) => error instanceof Problem && says.test(error.message);

suite('tables', () => {
  test('CSV: quotes, commas and lines within them, both ends of lines, a byte order mark', () => {
    const table = parseCsv('\ufeffa,"b, c"\r\n1,"x\ny"\r\n"2","say ""no"""\n', 'd.csv', MOST);
    assert.deepEqual(table.columns, ['a', 'b, c']);
    assert.deepEqual(table.rows, [
      ['1', 'x\ny'],
      ['2', 'say "no"'],
    ]);
    assert.equal(table.place(1), 'd.csv:4');
  });

  test('CSV: what is written is what is read', () => {
    const cell = fc.string().map((text) => text.replaceAll('\r', ' '));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = [['a', 'b'], ...rows].map((row) => row.map(quoted).join(',')).join('\n');
        assert.deepEqual(parseCsv(text, 'd.csv', MOST).rows, rows);
      }),
    );
  });

  test('CSV: a quotation mark that stays open, and two columns of one name', () => {
    assert.throws(() => parseCsv('a,b\n1,"2', 'd.csv', MOST), refused(/d\.csv:2: a quotation mark/));
    assert.throws(() => parseCsv('a,a\n1,2', 'd.csv', MOST), refused(/two columns “a”/));
    assert.throws(() => parseCsv('a,b\n', 'd.csv', MOST), refused(/has no rows/));
  });

  test('JSON lines: members by the first row', () => {
    const table = parseJsonLines('{"a":1,"b":"x"}\n\n{"b":"y","a":true}\n', 'd.jsonl', MOST);
    assert.deepEqual(table.rows, [
      [1, 'x'],
      [1, 'y'],
    ]);
    assert.equal(table.place(1), 'd.jsonl:3');
    assert.throws(() => parseJsonLines('{"a":1}\n{"b":1}', 'd', MOST), refused(/d:2: it has no “a”/));
    assert.throws(() => parseJsonLines('{"a":1}\n{"a":1,"b":1}', 'd', MOST), refused(/d:2: it has “b”/));
    assert.throws(() => parseJsonLines('{"a":null}', 'd', MOST), refused(/d:1: “a” is neither/));
    assert.throws(() => parseJsonLines('[1]', 'd', MOST), refused(/d:1: no JSON object/));
  });

  test('only as many rows as are wanted are read', () => {
    assert.equal(parseCsv('a\n1\n2\n3\n', 'd', 2).rows.length, 2);
    assert.equal(parseJsonLines('{"a":1}\n{"a":2}\n', 'd', 1).rows.length, 1);
  });
});

/** As numpy writes them. */
function npy(type: string, shape: string, body: Uint8Array, order = 'False'): Buffer {
  const text = `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${shape}), }`;
  const header = `${text.padEnd(118 - 1)}\n`;
  const head = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(header, 'latin1'), body]);
}

const bytesOf = (array: Float32Array | Float64Array | BigInt64Array) => new Uint8Array(array.buffer);

suite('arrays', () => {
  test('NumPy: types of numbers', () => {
    const floats = parseNpy(npy('<f4', '2, 3', bytesOf(Float32Array.of(1, 2, 3, 4, 5, 6))), 'd.npy', MOST);
    assert.deepEqual([...floats.dims], [2, 3]);
    assert.deepEqual([...floats.data], [1, 2, 3, 4, 5, 6]);
    const whole = parseNpy(npy('<i8', '2,', bytesOf(BigInt64Array.of(7n, -1n))), 'd.npy', MOST);
    assert.deepEqual([...whole.data], [7, -1]);
    assert.equal(parseNpy(npy('|u1', '3,', Uint8Array.of(1, 2, 3)), 'd.npy', 2).data.length, 2);
  });

  test('NumPy: what is not read is said', () => {
    const four = Uint8Array.of(0, 0, 0, 0);
    for (const [bytes, says] of [
      [npy('|O', '1,', four), /no numbers/],
      [npy('>f4', '1,', four), /big-endian/],
      [npy('<f4', '1,', four, 'True'), /Fortran/],
      [npy('<f4', '9,', four), /shorter/],
      [npy('<f4', '', four), /no rows/],
      [npy('<f4', '1,', four).subarray(0, 20), /within its header/],
    ] as const)
      assert.throws(() => parseNpy(bytes, 'd.npy', MOST), refused(says));
  });

  test('IDX: pictures of bytes', () => {
    const head = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2];
    const read = parseIdx(Uint8Array.from([...head, 0, 255, 7, 8]), 'd', MOST);
    assert.deepEqual([...read.dims], [2, 1, 2]);
    assert.deepEqual([...read.data], [0, 255, 7, 8]);
    assert.ok(read.bytes);
    assert.throws(() => parseIdx(Uint8Array.from([...head, 0]), 'd', MOST), refused(/shorter/));
    assert.throws(() => parseIdx(Uint8Array.of(0, 0, 3, 1), 'd', MOST), refused(/no type/));
  });
});

const OPTIONS: SampleOptions = { drop: [], scale: 1, features: undefined };
const SPACE: SpaceOptions = {
  bounds: [],
  unit: undefined,
  fixed: [],
  whole: undefined,
  oneHot: [],
  scale: 1,
};
const data = (text: string) => ({ name: 'd.csv', sha256: '', content: parseCsv(text, 'd.csv', MOST) });

suite('what the model takes', () => {
  const JOBS = 'age,job,income,y\n30,clerk,1.5,no\n40,smith,2.5,yes\n30,clerk,0.5,no\n';

  test('texts are categories only where the model wants so', () => {
    const samples = samplesOf(data(JOBS), { ...OPTIONS, features: 4 });
    assert.deepEqual(samples.columns, ['age', 'job=clerk', 'job=smith', 'income']);
    assert.deepEqual([...samples.rows.subarray(0, 8)], [30, 1, 0, 1.5, 40, 0, 1, 2.5]);
    assert.throws(
      () => samplesOf(data(JOBS), { ...OPTIONS, features: 3 }),
      refused(/d\.csv:2: column “job” is no number/),
    );
    assert.equal(samplesOf(data(JOBS), { ...OPTIONS, features: 2, drop: ['job'] }).features, 2);
  });

  test('labels are classes by name, or by number', () => {
    const samples = samplesOf(data(JOBS), { ...OPTIONS, features: 4 });
    assert.deepEqual([...classesOf(samples, ['no', 'yes'], 2)], [0, 1, 0]);
    assert.throws(() => classesOf(samples, undefined, 2), refused(/d\.csv:2: the label is none/));
    assert.throws(() => classesOf(samples, ['never', 'yes'], 2), refused(/d\.csv:2/));
  });

  test('the space: observed bounds, whole numbers, categories, what is fixed', () => {
    const samples = samplesOf(data(JOBS), { ...OPTIONS, features: 4 });
    const { space, unit } = spaceOf(samples, [4], { ...SPACE, fixed: ['job'], bounds: ['age=18,99'] });
    assert.equal(unit, 'range');
    assert.deepEqual([...space.lower], [18, 0, 0, 0.5]);
    assert.deepEqual([...space.upper], [99, 1, 1, 2.5]);
    assert.deepEqual([...space.unit], [81, 1, 1, 2]);
    assert.deepEqual([...space.fixed], [0, 1, 1, 0]);
    assert.equal(space.whole[0], 1);
    assert.equal(space.whole[3], 0);
    assert.deepEqual(space.choices, [[1, 2]]);
  });

  test('columns of which one is 1, and rows that are not so', () => {
    const good = samplesOf(data('a,b,y\n1,0,0\n0,1,1\n'), OPTIONS);
    assert.deepEqual(spaceOf(good, [2], { ...SPACE, oneHot: [['a', 'b']] }).space.choices, [[0, 1]]);
    const bad = samplesOf(data('a,b,y\n1,0,0\n1,1,1\n'), OPTIONS);
    assert.throws(
      () => spaceOf(bad, [2], { ...SPACE, oneHot: [['a', 'b']] }),
      refused(/d\.csv:3: of a, b not exactly one is 1/),
    );
  });

  test('standard deviations as units', () => {
    const samples = samplesOf(data('a,b,y\n1,5,0\n3,5,1\n'), OPTIONS);
    assert.deepEqual([...spaceOf(samples, [2], { ...SPACE, unit: 'std' }).space.unit], [1, 1]);
  });
});

suite('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-data-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('the content decides what a file is, packed or not', async () => {
    const idx = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255]);
    writeFileSync(join(folder, 'pictures.gz'), gzipSync(idx));
    writeFileSync(join(folder, 'labels.npy'), npy('|u1', '1,', Uint8Array.of(1)));
    const pictures = await readData(folder, 'pictures.gz', MOST);
    const samples = samplesOf(pictures, {
      ...OPTIONS,
      scale: 1 / 255,
      features: 2,
      labels: await readData(folder, 'labels.npy', MOST),
    });
    assert.deepEqual([...samples.rows], [0, 1]);
    assert.deepEqual([...classesOf(samples, undefined, 2)], [1]);
    const { space } = spaceOf(samples, [1, 1, 2], { ...SPACE, scale: 1 / 255 });
    assert.deepEqual([...space.upper], [1, 1]);
    assert.throws(() => samplesOf(pictures, { ...OPTIONS, features: 2 }), refused(/no labels/));
    assert.throws(() => samplesOf(pictures, { ...OPTIONS, features: 3 }), refused(/2 numbers a row/));
  });

  test('what is broken, and what is none of them', async () => {
    writeFileSync(join(folder, 'broken.gz'), gzipSync('a,b\n1,2\n').subarray(0, 12));
    writeFileSync(join(folder, 'bytes'), Uint8Array.of(0xff, 0xfe, 0xfd));
    await assert.rejects(readData(folder, 'broken.gz', MOST), refused(/no whole gzip/));
    await assert.rejects(readData(folder, 'bytes', MOST), refused(/neither text/));
    await assert.rejects(readData(folder, 'none', MOST), refused(/cannot read none/));
  });
});
