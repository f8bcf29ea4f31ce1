import type { Format, Part } from '../format.ts';
import { Cursor, Malformed } from '../source.ts';

const PAUSE = 512;
const SENTINEL = 0xdeadbeef;
const BLOCK = 64;

/** Weights of a package: a count, and for each its kind, its length and its place. */
async function readWeights({ source, coverage, pause }: Part): Promise<void> {
  const head = new Cursor(source, 'weights', 0, Math.min(BLOCK, source.size));
  const count = head.u32();
  coverage.claim('parsed', 0, BLOCK);
  let at = BLOCK;
  for (let i = 0; i < count; i++) {
    const rest = i % PAUSE === 0 ? pause() : undefined;
    if (rest) await rest;
    const cursor = new Cursor(source, 'weights', at, Math.min(at + BLOCK, source.size));
    if (cursor.u32() !== SENTINEL) throw new Malformed('there is no weight where one is counted', at);
    cursor.skip(4);
    const size = cursor.u64();
    const start = cursor.u64();
    if (!(start >= at + BLOCK && start + size <= source.size))
      throw new Malformed('a weight lies outside of the file', at);
    coverage.claim('parsed', at, start);
    const next = Math.ceil((start + size) / BLOCK) * BLOCK;
    coverage.claim('data', start, Math.min(next, source.size));
    at = next;
  }
  if (at < source.size) throw new Malformed('something follows the last weight', at);
}

/** `weight.bin` of a package. */
export const weights: Format = {
  name: 'coreml-weights',
  title: 'weights of a Core ML package',
  rules: [],
  looks: (source) => {
    const head = Buffer.from(source.read(0, BLOCK + 4));
    return (
      head.length === BLOCK + 4 &&
      head.readUInt32LE(4) <= 4 &&
      head.readUInt32LE(BLOCK) === SENTINEL &&
      'sure'
    );
  },
  read: readWeights,
  proof: {
    catches: [{ name: 'a weight outside', bytes: () => weightFile(1 << 20), rules: ['file.malformed'] }],
    passes: [{ name: 'a weight', bytes: () => weightFile(8) }],
  },
};

function weightFile(size: number): Uint8Array {
  const out = Buffer.alloc(3 * BLOCK);
  out.writeUInt32LE(1, 0);
  out.writeUInt32LE(2, 4);
  out.writeUInt32LE(SENTINEL, BLOCK);
  out.writeUInt32LE(size, BLOCK + 8);
  out.writeUInt32LE(2 * BLOCK, BLOCK + 16);
  return out;
}
