import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { bzip2 } from './bzip2.ts';
import { type Codec, Unsupported } from './feed.ts';
import { gzip, zlib } from './gzip.ts';
import { lz4 } from './lz4.ts';
import { lzmaAlone } from './lzma.ts';
import { plain, real, survives, unpackAll } from './testing.ts';
import { xz } from './xz.ts';
import { zstd } from './zstd.ts';

const CODECS: readonly (readonly [name: string, codec: Codec, file: string])[] = [
  ['gzip', gzip, 'plain.pkl.gz'],
  ['gzip of two members', gzip, 'two.pkl.gz'],
  ['zlib', zlib, 'plain.pkl.zlib'],
  ['bzip2', bzip2, 'plain.pkl.bz2'],
  ['xz with CRC-64', xz, 'plain.pkl.xz'],
  ['xz with SHA-256', xz, 'sha256.pkl.xz'],
  ['LZMA', lzmaAlone, 'plain.pkl.lzma'],
  ['LZ4', lz4, 'plain.pkl.lz4'],
  ['Zstandard', zstd, 'plain.pkl.zst'],
];

for (const [name, codec, file] of CODECS)
  describe(name, () => {
    it('unpacks what others packed, and stands behind the end', async () => {
      const { bytes, at, fault } = await unpackAll(codec, real(file));
      assert.equal(fault, undefined);
      assert.ok(bytes.equals(plain()));
      assert.equal(at, real(file).length);
    });

    it('stops before what is not another stream', async () => {
      const { bytes, at } = await unpackAll(codec, Buffer.concat([real(file), Buffer.from('\x01behind')]));
      assert.ok(bytes.equals(plain()));
      assert.equal(at, real(file).length);
    });

    it('throws nothing but Corrupt, whatever is changed', async () => {
      const wrong = await survives(codec, real(file), plain());
      // Bits that say when it was packed, how well, or by whom; and those that checksums cannot tell in a stream that has none.
      if (name !== 'LZMA' && name !== 'Zstandard') assert.ok(wrong.length < 30, wrong.join(', '));
    });
  });

describe('streams one after the other', () => {
  const twice: readonly (readonly [string, Codec, Uint8Array])[] = [
    ['gzip', gzip, gzipSync('part ')],
    ['gzip with zeros between', gzip, Buffer.concat([gzipSync('part '), new Uint8Array(99)])],
    ['zlib', zlib, deflateSync('part ')],
    ['Zstandard', zstd, zstdCompressSync('part ')],
  ];
  for (const [name, codec, one] of twice)
    it(`${name} is read on`, async () => {
      const { bytes } = await unpackAll(codec, Buffer.concat([one, one, one]));
      assert.equal(bytes.toString(), 'part part part ');
    });

  for (const [name, codec, file] of CODECS.filter(([name]) => name !== 'LZMA'))
    it(`real ${name} is read on`, async () => {
      const { bytes, fault } = await unpackAll(codec, Buffer.concat([real(file), real(file)]));
      assert.equal(fault, undefined);
      assert.ok(bytes.equals(Buffer.concat([plain(), plain()])));
    });
});

describe('LZ4', () => {
  it('looks back over blocks', async () => {
    const { bytes, fault } = await unpackAll(lz4, real('linked.pkl.lz4'));
    assert.equal(fault, undefined);
    assert.ok(bytes.equals(Buffer.concat(Array.from({ length: 40 }, plain))));
  });

  it('passes over frames for others', async () => {
    const skipped = Buffer.from([0x51, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const { bytes, fault } = await unpackAll(lz4, Buffer.concat([real('plain.pkl.lz4'), skipped]));
    assert.equal(fault, undefined);
    assert.ok(bytes.equals(plain()));
  });
});

describe('what is not read', () => {
  it('a filter of xz beside LZMA2', async () => {
    const { fault } = await unpackAll(xz, real('filter.pkl.xz'));
    assert.ok(fault instanceof Unsupported);
  });

  it('a zlib stream that needs a dictionary', async () => {
    const { fault } = await unpackAll(zlib, deflateSync('x', { dictionary: Buffer.from('xyz') }));
    assert.match(fault?.message ?? '', /dictionary/);
  });
});

describe('wrong checksums', () => {
  for (const [name, codec, file, at] of [
    ['gzip', gzip, 'plain.pkl.gz', -6],
    ['zlib', zlib, 'plain.pkl.zlib', -1],
    ['bzip2', bzip2, 'plain.pkl.bz2', 11],
    ['LZ4', lz4, 'plain.pkl.lz4', -1],
  ] as const)
    it(`of ${name} are told, and what was unpacked is kept`, async () => {
      const bytes = Buffer.from(real(file));
      const i = at < 0 ? bytes.length + at : at;
      bytes[i] = (bytes[i] as number) ^ 1;
      const { bytes: made, fault } = await unpackAll(codec, bytes);
      assert.match(fault?.message ?? '', /wrong checksum/);
      assert.ok(made.equals(plain()));
    });
});
