import assert from 'node:assert/strict';
import type { CallBook } from '../../../src/formats/calls.ts';
import type { Format } from '../../../src/formats/format.ts';
import { npy } from '../../../src/formats/npy.ts';
import { raw } from '../../../src/formats/raw.ts';
import { Bytes, Slice, type Source } from '../../../src/formats/source.ts';
import { streams } from '../../../src/formats/streams/index.ts';
import { tar } from '../../../src/formats/tar/index.ts';
import { torchscript } from '../../../src/formats/torchscript.ts';
import { zip } from '../../../src/formats/zip/index.ts';
import { BOUNDS } from '../../../src/lifecycle/scan/bounds.ts';
import { type Readers, scanFile } from '../../../src/lifecycle/scan/scanner.ts';
import type { Random } from '../random.ts';
import { pure, type Target } from '../target.ts';
import { realFile } from './codecs.ts';

const FORMATS: readonly Format[] = [zip, tar, npy, torchscript, ...streams, raw];
const UNKNOWN: CallBook = { lookUp: () => ({ verdict: 'unknown', why: '' }) };
const BUDGET = { ...BOUNDS, time: 10_000, unpacked: 32 << 20 };

/** Longer files take longer, and show nothing else. */
export const LONGEST = 8 * 1024;
/** Every so many inputs are read a second time, in the middle of other bytes. */
const AGAIN = 1 / 16;

/** As a member that is stored in an archive is read. */
function amid(input: Buffer, random: Random): Source {
  const around = Buffer.alloc(1 + random.below(64), random.below(256));
  return new Slice(
    new Bytes(Buffer.concat([around, input, around])),
    around.length,
    around.length + input.length,
  );
}

type Read = Awaited<ReturnType<typeof scanFile>>;

/** Whatever the bytes: no reader fails, every byte is told of, and nothing unread is called clean. */
export const container = (
  name: string,
  files: readonly string[],
  words: readonly string[],
  more: () => readonly Buffer[] = () => [],
  readers: Readers = { formats: FORMATS, calls: UNKNOWN },
): Target =>
  pure({
    name: `formats.${name}`,
    quick: 100,
    longest: LONGEST,
    words,
    seeds: () => [...files.map(realFile), ...more()],
    check: async (input, random) => {
      const read = await scanFile(name, new Bytes(input), readers, BUDGET);
      holds(read);
      if (random.chance(AGAIN))
        assert.deepEqual(await scanFile(name, amid(input, random), readers, BUDGET), read);
      return signOf(read);
    },
  });

function holds({ findings, parts, verdict }: Read): void {
  for (const { rule, message } of findings) {
    assert.notEqual(rule, 'file.reader-failed', message);
    assert.notEqual(rule, 'file.budget', message);
  }
  for (const { ranges, size } of parts) {
    let at = 0;
    for (const { start, end } of ranges) {
      assert.equal(start, at);
      at = end;
    }
    assert.equal(at, size);
    if (verdict === 'clean') assert.ok(ranges.every(({ as }) => as !== 'unread'));
  }
}

/** How far readers came: what they found, by which formats, in which words they broke off, and how much of it there was. */
function signOf({ findings, parts, verdict }: Read): string {
  const found = findings.map(({ rule, message }) =>
    rule === 'file.malformed' ? `${message.replace(/\d+/g, '#').slice(0, 80)}` : rule,
  );
  const read = parts.map(({ formats, ranges, facts }) =>
    [
      ...formats,
      ranges
        .map(({ as }) => as[0])
        .join('')
        .slice(0, 8),
      ...Object.keys(facts ?? {}),
    ].join(),
  );
  const size = (count: number) => 32 - Math.clz32(count);
  return [verdict, ...new Set(found), size(findings.length), ...new Set(read), size(parts.length)]
    .join('\n')
    .slice(0, 1000);
}

const samples = ({ proof }: Format) =>
  [...proof.catches, ...proof.passes].map(({ bytes }) => Buffer.from(bytes()));

export const containerTargets: readonly Target[] = [
  container(
    'zip',
    ['state.pt', 'deflate.zip', 'streamed.zip', 'lzma.zip', 'script.pt'],
    [
      'PK\x01\x02',
      'PK\x03\x04',
      'PK\x05\x06',
      'PK\x06\x06',
      'PK\x06\x07',
      'PK\x07\x08',
      '\x01\0\x10\0',
      '\xff\xff\xff\xff',
    ],
    () => samples(zip),
  ),
  container('tar', [], ['ustar\0', 'ustar  ', '00000000017', '\x80\0\0\0', '23 path=../x\n', 'size='], () =>
    samples(tar),
  ),
  container(
    'npy',
    ['grid.npy', 'record.npy', 'object.npy'],
    ["'|O'", "'<f4'", '(', ')', 'shape', 'descr'],
    () => samples(npy),
  ),
  container(
    'streams',
    ['plain.pkl.gz', 'plain.pkl.xz', 'old.joblib', 'plain.pkl.lz4', 'plain.pkl.bz2'],
    ['ZF0x', '\x1f\x8b', 'BZh9'],
  ),
];
