import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { deflateRawSync, gunzipSync, inflateRawSync } from 'node:zlib';
import { bzip2 } from '../../../src/codecs/bzip2.ts';
import type { Codec } from '../../../src/codecs/feed.ts';
import { gzip, zlib } from '../../../src/codecs/gzip.ts';
import { inflate, inflate64 } from '../../../src/codecs/inflate.ts';
import { lz4 } from '../../../src/codecs/lz4.ts';
import { lzmaAlone, lzmaInZip } from '../../../src/codecs/lzma.ts';
import { type Result, unpackAll } from '../../../src/codecs/testing.ts';
import { xz } from '../../../src/codecs/xz.ts';
import { zstd } from '../../../src/codecs/zstd.ts';
import { pure, type Target } from '../target.ts';

const MOST = 1 << 20;

export const realFile = (name: string): Buffer =>
  readFileSync(new URL(`../../corpus/real/containers/${name}`, import.meta.url));

/** Unpacks up to a bound. Throws what is not `Corrupt`, and where the feed leaves its input. */
async function unpack(codec: Codec, input: Buffer): Promise<Result> {
  const result = await unpackAll(codec, input, MOST);
  assert.ok(result.at >= 0 && result.at <= input.length);
  return result;
}

const ours = (name: string, codec: Codec, seeds: () => readonly Buffer[]): Target =>
  pure({
    name: `codecs.${name}`,
    quick: 100,
    seeds,
    check: async (input) => {
      await unpack(codec, input);
    },
  });

/** zlib is asked as well: what it unpacks we unpack to the same, and what it refuses we do not call whole. */
const beside = (
  name: string,
  codec: Codec,
  theirs: (input: Buffer) => Buffer,
  seeds: () => readonly Buffer[],
): Target =>
  pure({
    name: `codecs.${name}`,
    quick: 200,
    seeds,
    check: async (input) => {
      const { bytes, fault, at } = await unpack(codec, input);
      if (bytes.length > MOST) return;
      let expected: Buffer | undefined;
      try {
        expected = theirs(input.subarray(0, fault === undefined ? at : input.length));
      } catch {
        expected = undefined;
      }
      if (expected !== undefined) {
        assert.ok(fault === undefined || bytes.length >= expected.length, `we refuse it: ${fault?.message}`);
        assert.ok(bytes.subarray(0, expected.length).equals(expected), 'we make something else of it');
      } else assert.ok(fault !== undefined, 'zlib refuses it');
    },
  });

const deflated = () =>
  [0, 1, 9].flatMap((level) =>
    [0, 2, 4].map((strategy) =>
      deflateRawSync(Buffer.from('weights and biases '.repeat(30) + level), { level, strategy }),
    ),
  );
const zipped = (name: string, from: number) => () => [realFile(name).subarray(from)];

export const codecTargets: readonly Target[] = [
  beside('inflate', inflate, (input) => inflateRawSync(input, { maxOutputLength: 2 * MOST }), deflated),
  ours('inflate64', inflate64, deflated),
  beside(
    'gzip',
    gzip,
    (input) => gunzipSync(input, { maxOutputLength: 2 * MOST }),
    () => [realFile('plain.pkl.gz'), realFile('two.pkl.gz')],
  ),
  ours('zlib', zlib, () => [realFile('plain.pkl.zlib')]),
  ours('bzip2', bzip2, () => [realFile('plain.pkl.bz2')]),
  ours('xz', xz, () => [realFile('plain.pkl.xz'), realFile('sha256.pkl.xz'), realFile('filter.pkl.xz')]),
  ours('lzma', lzmaAlone, () => [realFile('plain.pkl.lzma')]),
  ours('lzma-in-zip', (feed) => lzmaInZip(feed, 1200), zipped('lzma.zip', 40)),
  ours('lz4', lz4, () => [realFile('plain.pkl.lz4'), realFile('linked.pkl.lz4')]),
  ours('zstd', zstd, () => [realFile('plain.pkl.zst')]),
];
