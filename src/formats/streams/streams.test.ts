import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { Bytes } from '../source.ts';
import { MARK, marksIn, rulesOf, scanned } from '../testing.ts';
import { streams } from './index.ts';

const real = (name: string) =>
  readFileSync(new URL(`../../../test/corpus/real/containers/${name}`, import.meta.url));

const FILES: readonly (readonly [file: string, format: string])[] = [
  ['plain.pkl.gz', 'gzip'],
  ['two.pkl.gz', 'gzip'],
  ['plain.pkl.zlib', 'zlib'],
  ['old.joblib', 'zlib'],
  ['plain.pkl.bz2', 'bzip2'],
  ['plain.pkl.xz', 'xz'],
  ['sha256.pkl.xz', 'xz'],
  ['plain.pkl.lzma', 'lzma'],
  ['plain.pkl.lz4', 'lz4'],
  ['linked.pkl.lz4', 'lz4'],
  ['plain.pkl.zst', 'zstd'],
  ['zlib.joblib', 'zlib'],
  ['gzip.joblib', 'gzip'],
  ['bz2.joblib', 'bzip2'],
  ['xz.joblib', 'xz'],
  ['lzma.joblib', 'lzma'],
];

describe('streams that libraries wrote', () => {
  for (const [file, format] of FILES)
    it(`${file} is ${format}, and its content is read`, async () => {
      const { findings, parts } = await scanned(real(file), file);
      assert.deepEqual(
        findings.filter(({ rule }) => rule.startsWith('stream.') || rule === 'file.polyglot'),
        [],
      );
      assert.deepEqual(parts[0]?.formats, [format]);
      assert.deepEqual(parts[0]?.ranges, [
        { as: 'parsed', start: 0, end: real(file).length, why: undefined },
      ]);
      assert.equal(parts[1]?.path[1], file.replace(/\.(?:gz|zlib|bz2|xz|lzma|lz4|zst)$/, ''));
    });
});

describe('a payload in a stream', () => {
  const packed: readonly (readonly [string, Uint8Array])[] = [
    ['gzip', gzipSync(MARK)],
    ['zlib', deflateSync(MARK)],
    ['zlib without compression', deflateSync(MARK, { level: 0 })],
    ['zlib with a small window', deflateSync(MARK, { windowBits: 9 })],
    ['Zstandard', zstdCompressSync(MARK)],
  ];
  for (const [what, bytes] of packed) {
    it(`${what}: is found`, async () => assert.equal(marksIn(await scanned(bytes)).length, 1));

    it(`${what}: is found behind the stream`, async () => {
      const result = await scanned(Buffer.concat([bytes, MARK]));
      assert.deepEqual(rulesOf(result), ['stream.trailing']);
      assert.deepEqual(marksIn(result), ['(behind the stream)', 'model.bin']);
    });

    it(`${what}: zeros behind it are padding`, async () => {
      assert.deepEqual(rulesOf(await scanned(Buffer.concat([bytes, new Uint8Array(100_000)]))), []);
    });
  }

  it('is found behind the header of old joblib, in 19 places or 20', async () => {
    for (const places of [19, 20]) {
      const head = `ZF${`0x${MARK.length.toString(16)}`.padEnd(places)}`;
      assert.equal(marksIn(await scanned(Buffer.concat([Buffer.from(head), deflateSync(MARK)]))).length, 1);
    }
  });

  it('is found where it is cut in two streams', async () => {
    const [a, b] = [MARK.subarray(0, 7), MARK.subarray(7)];
    for (const pack of [gzipSync, deflateSync, zstdCompressSync])
      assert.equal(marksIn(await scanned(Buffer.concat([pack(a), pack(b)]))).length, 1);
  });

  for (const [what, pack] of [
    ['gzip', gzipSync],
    ['zlib', deflateSync],
  ] as const)
    it(`${what}: is found before a break`, async () => {
      const whole = pack(Buffer.concat([MARK, Buffer.alloc(9000, 'abc')]));
      for (const cut of [whole.subarray(0, whole.length - 1), whole.subarray(0, whole.length - 9)]) {
        const result = await scanned(cut);
        assert.deepEqual(rulesOf(result), ['stream.corrupt']);
        assert.equal(result.verdict, 'findings');
      }
    });

  it('of another checksum is read nevertheless', async () => {
    const bytes = Buffer.from(gzipSync(MARK));
    bytes[bytes.length - 8] = (bytes[bytes.length - 8] as number) ^ 1;
    const result = await scanned(bytes);
    assert.deepEqual(rulesOf(result), ['stream.corrupt']);
    assert.equal(marksIn(result).length, 1);
  });

  it('through all of them', async () => {
    const bytes = gzipSync(deflateSync(zstdCompressSync(gzipSync(MARK))));
    assert.equal(marksIn(await scanned(bytes)).length, 1);
  });

  it('that grows out of all proportion is stopped', async () => {
    const bomb = gzipSync(Buffer.alloc(160 << 20), { level: 9 });
    assert.deepEqual(rulesOf(await scanned(bomb)), ['file.bomb', 'file.unknown']);
    const twice = gzipSync(bomb, { level: 9 });
    assert.notEqual((await scanned(twice)).verdict, 'clean');
  });

  it('an array of zeros may be kept in very few bytes', async () => {
    const zeros = Buffer.alloc(96 << 20);
    const head = Buffer.of(0x80, 4, 0x42, 0, 0, 0, 0);
    head.writeUInt32LE(zeros.length, 3);
    const packed = zstdCompressSync(Buffer.concat([head, zeros, Buffer.from('.')]));
    assert.ok(packed.length * 2_000 < zeros.length);
    assert.equal((await scanned(packed)).verdict, 'clean');
  });

  it('with a filter that is not read is not safe', async () => {
    const result = await scanned(real('filter.pkl.xz'));
    assert.deepEqual(
      rulesOf(result).filter((rule) => rule !== 'file.unknown'),
      ['stream.unsupported'],
    );
  });
});

describe('bytes that are no stream', () => {
  const looks = (bytes: Uint8Array) =>
    streams.filter((format) => format.looks(new Bytes(bytes), 'x') === 'sure').map(({ name }) => name);

  it('text that begins as zlib does', () => {
    for (const text of ['x^2 + y^2 = z^2, and so on for a while\n'.repeat(20), 'hCgI like this\n'.repeat(9)])
      assert.deepEqual(looks(Buffer.from(text)), []);
  });

  it('numbers that begin as zlib or LZMA do', () => {
    assert.deepEqual(looks(Buffer.concat([Buffer.from([0x78, 0x9c]), Buffer.alloc(4000, 0xb7)])), []);
    assert.deepEqual(
      looks(Buffer.concat([Buffer.from([0x5d, 0, 0, 0x80, 0]), Buffer.alloc(4000, 0xff)])),
      [],
    );
  });
});
