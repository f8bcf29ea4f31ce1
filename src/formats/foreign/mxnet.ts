import type { Format, Part } from '../format.ts';
import { Cursor, Malformed } from '../source.ts';
import { FOREIGN_RULES as RULES } from './rules.ts';

const LIST = 0x112;
/** Arrays as of versions 1, 2 and 3 (src/ndarray/ndarray.cc). */
const V1 = 0xf993fac8;
const V2 = 0xf993fac9;
const V3 = 0xf993faca;
/** Bytes of one number, by the flag of its type. */
const WIDTHS = [4, 8, 2, 1, 4, 1, 8, 1, 2, 2, 4, 8, 2];
const MOST_DIMENSIONS = 32;
const LONGEST_NAME = 65_536;
const MOST = 1_000_000;
const PAUSE = 1024;

function readArray(cursor: Cursor): void {
  const magic = cursor.u32();
  if (magic !== V1 && magic !== V2 && magic !== V3)
    throw new Malformed('an array has no mark', cursor.at - 4);
  if (magic !== V1 && cursor.i32() !== 0) throw new Malformed('an array is sparse', cursor.at - 4);
  const dimensions = cursor.u32();
  if (dimensions > MOST_DIMENSIONS) throw new Malformed('an array has too many dimensions', cursor.at);
  let count = 1;
  for (let i = 0; i < dimensions; i++) count *= cursor.u64();
  if (dimensions === 0 && magic !== V3) return;
  cursor.skip(8);
  const width = WIDTHS[cursor.u32()];
  if (width === undefined) throw new Malformed('an array is of no known type', cursor.at);
  cursor.skip(count * width);
}

async function read(part: Part): Promise<void> {
  const cursor = new Cursor(part.source, 'MXNet file', 16);
  const arrays = cursor.u64();
  if (arrays > MOST) throw new Malformed('it has more arrays than any', 16);
  for (let i = 0; i < arrays; i++) {
    const rest = i % PAUSE === 0 ? part.pause() : undefined;
    if (rest) await rest;
    readArray(cursor);
  }
  part.coverage.claim('data', 0, cursor.at);
  const start = cursor.at;
  const names = cursor.u64();
  if (names > MOST) throw new Malformed('it has more names than any', start);
  for (let i = 0; i < names; i++) cursor.text(cursor.u64(), LONGEST_NAME);
  part.coverage.claim('parsed', start, cursor.at);
  part.note({ arrays });
  if (cursor.left > 0) throw new Malformed('something is behind its end', cursor.at);
}

/** Weights of MXNet: arrays, and their names. */
export const mxnet: Format = {
  name: 'mxnet',
  title: 'MXNet parameters',
  rules: Object.values(RULES),
  firstBytes: '\x12',
  looks: (source) => source.size >= 24 && new Cursor(source, 'header').u64() === LIST && 'sure',
  read,
  proof: {
    catches: [{ name: 'an array beyond the file', bytes: () => file(2 ** 20), rules: ['file.malformed'] }],
    passes: [{ name: 'an array', bytes: () => file(2) }],
  },
};

function file(count: number): Uint8Array {
  const bytes = Buffer.alloc(24 + 12 + 8 + 12 + 8 + 8 + 9);
  bytes.writeUInt32LE(LIST, 0);
  bytes.writeUInt32LE(1, 16);
  bytes.writeUInt32LE(V2, 24);
  bytes.writeUInt32LE(1, 32);
  bytes.writeUInt32LE(count, 36);
  bytes.writeUInt32LE(1, 64);
  bytes.writeUInt32LE(1, 72);
  bytes.write('w', 80);
  return bytes;
}
