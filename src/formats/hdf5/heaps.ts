import { Malformed } from '../source.ts';
import { expect, type H5, number } from './file.ts';

/** Names of an old group, or of files outside (III.D). */
export class LocalHeap {
  readonly #h5: H5;
  readonly #start: number;
  readonly #end: number;

  constructor(h5: H5, at: number) {
    const cursor = h5.cursor('local heap', at, 64);
    expect(cursor, 'HEAP');
    cursor.skip(4);
    const size = h5.length(cursor);
    h5.length(cursor);
    const data = h5.address(cursor);
    h5.claim('parsed', at, cursor.at);
    if (data === undefined) throw new Malformed('a heap has no data', at);
    h5.claim('parsed', data, data + size);
    this.#h5 = h5;
    this.#start = data;
    this.#end = data + size;
  }

  text(offset: number): string {
    const at = this.#start + offset;
    if (!(at >= this.#start && at < this.#end))
      throw new Malformed('a name lies outside of its heap', this.#start);
    return zeroEnded(this.#h5.part.source.read(at, Math.min(LONGEST_NAME, this.#end - at)));
  }
}

export const LONGEST_NAME = 1 << 16;

export function zeroEnded(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

export interface HeapObject {
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

/** A collection of the global heap: texts and lists of variable length (III.E). Claims it. */
export async function globalHeap(h5: H5, at: number): Promise<readonly HeapObject[]> {
  const cursor = h5.cursor('global heap', at, 32);
  expect(cursor, 'GCOL');
  cursor.skip(4);
  const size = h5.length(cursor);
  const end = at + size;
  h5.claim('parsed', at, end);
  const out: HeapObject[] = [];
  for (let next = cursor.at; next + 8 + h5.lengths <= end; ) {
    const rest = h5.step();
    if (rest) await rest;
    const one = h5.cursor('global heap', next, 8 + h5.lengths);
    const index = one.u16();
    one.skip(6);
    const length = h5.length(one);
    // What is left over is object 0.
    if (index === 0) break;
    if (!(one.at + length <= end)) throw new Malformed('an object is longer than its heap', next);
    out.push({ index, start: one.at, end: one.at + length });
    next = one.at + Math.ceil(length / 8) * 8;
  }
  return out;
}

export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** A fractal heap: links and attributes where there are many (III.G). */
export class FractalHeap {
  readonly #h5: H5;
  readonly #offsetBytes: number;
  readonly #lengthBytes: number;
  /** Direct blocks by where they begin in the heap's own space. */
  readonly #blocks: { readonly from: number; readonly to: number; readonly at: number }[] = [];
  readonly #width: number;
  readonly #first: number;
  readonly #largest: number;
  readonly #isSummed: boolean;
  readonly #isFiltered: boolean;
  readonly #hugeTree: number | undefined;
  #count = 0;

  constructor(h5: H5, at: number) {
    this.#h5 = h5;
    const cursor = h5.cursor('fractal heap', at, 256);
    expect(cursor, 'FRHP');
    cursor.skip(3);
    const filters = cursor.u16();
    this.#isSummed = (cursor.u8() & 2) !== 0;
    const longest = cursor.u32();
    h5.length(cursor);
    this.#hugeTree = h5.address(cursor);
    h5.length(cursor);
    h5.address(cursor);
    cursor.skip(8 * h5.lengths);
    this.#width = cursor.u16();
    this.#first = h5.length(cursor);
    this.#largest = h5.length(cursor);
    const bits = cursor.u16();
    cursor.skip(2);
    const root = h5.address(cursor);
    const rows = cursor.u16();
    this.#isFiltered = filters > 0;
    cursor.skip((this.#isFiltered ? h5.lengths + 4 + filters : 0) + 4);
    h5.claim('parsed', at, cursor.at);
    this.#offsetBytes = Math.ceil(bits / 8);
    this.#lengthBytes = Math.min(Math.ceil(Math.log2(this.#largest) / 8), bytesFor(longest));
    if (this.#width < 1 || this.#width > 1024 || this.#first < 1 || this.#largest < this.#first || bits > 64)
      throw new Malformed('a heap has a shape that is not in use', at);
    if (this.#isFiltered) throw new Unreadable('a heap of it is compressed');
    if (root === undefined) return;
    if (rows === 0) this.#direct(root, 0, this.#first);
    else this.#indirect(root, 0, rows, 0);
  }

  /** Objects that are too large for blocks, by their number. */
  async huge(): Promise<ReadonlyMap<number, Stretch>> {
    const out = new Map<number, Stretch>();
    if (this.#hugeTree === undefined) return out;
    const { offsets, lengths, base } = this.#h5;
    for (const record of await records(this.#h5, this.#hugeTree)) {
      const start = little(record, 0, offsets) + base;
      const end = start + little(record, offsets, lengths);
      this.#h5.claim('parsed', start, end);
      out.set(little(record, offsets + lengths, lengths), { start, end });
    }
    return out;
  }

  /** The object of an id: where it lies. */
  find(id: Uint8Array, huge: ReadonlyMap<number, Stretch>): Stretch {
    const kind = ((id[0] ?? 0) >> 4) & 3;
    const large = kind === 1 ? huge.get(little(id, 1, Math.min(id.length - 1, this.#h5.lengths))) : undefined;
    if (large !== undefined) return large;
    if (kind !== 0) throw new Unreadable('an object of it is kept apart from its heap');
    const offset = little(id, 1, this.#offsetBytes);
    const length = little(id, 1 + this.#offsetBytes, this.#lengthBytes);
    // Blocks stand in the order of the heap's own space.
    let low = 0;
    for (let high = this.#blocks.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if ((this.#blocks[middle]?.from ?? 0) <= offset) low = middle;
      else high = middle;
    }
    const block = this.#blocks[low];
    if (block === undefined || offset < block.from || offset + length > block.to)
      throw new Malformed('an object lies outside of its heap', 0);
    const start = block.at + offset - block.from;
    return { start, end: start + length };
  }

  #direct(at: number, from: number, size: number): void {
    if (++this.#count > MOST_BLOCKS) throw new Malformed('a heap has too many blocks', at);
    const cursor = this.#h5.cursor('direct block', at, 64);
    expect(cursor, 'FHDB');
    cursor.skip(1 + this.#h5.offsets + this.#offsetBytes + (this.#isSummed ? 4 : 0));
    this.#h5.claim('parsed', at, at + size);
    this.#blocks.push({ from, to: from + size, at });
  }

  #indirect(at: number, from: number, rows: number, depth: number): void {
    if (depth > DEEPEST || !(rows >= 1 && rows <= MOST_ROWS) || ++this.#count > MOST_BLOCKS)
      throw new Malformed('a heap is deeper than any in use', at);
    const h5 = this.#h5;
    const cursor = h5.cursor('indirect block', at, 64 + rows * this.#width * h5.offsets);
    expect(cursor, 'FHIB');
    cursor.skip(1 + h5.offsets + this.#offsetBytes);
    let offset = from;
    for (let row = 0; row < rows; row++) {
      const size = this.#first * 2 ** Math.max(0, row - 1);
      for (let i = 0; i < this.#width; i++, offset += size) {
        const child = h5.address(cursor);
        if (child === undefined) continue;
        if (size <= this.#largest) this.#direct(child, offset, size);
        else this.#indirect(child, offset, Math.log2(size / this.#first / this.#width) + 1, depth + 1);
      }
    }
    cursor.skip(4);
    h5.claim('parsed', at, cursor.at);
  }
}

const MOST_BLOCKS = 100_000;
const MOST_ROWS = 64;
const DEEPEST = 8;

/** It is well-formed, and of a kind that is not read here. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

const bytesFor = (most: number): number => Math.max(1, Math.ceil(Math.log2(most + 1) / 8));

function little(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

/** The records of a B-tree of version 2, whatever they are (III.A.2). */
export async function records(h5: H5, at: number): Promise<readonly Uint8Array[]> {
  const cursor = h5.cursor('B-tree', at, 64);
  expect(cursor, 'BTHD');
  cursor.skip(2);
  const node = cursor.u32();
  const size = cursor.u16();
  const depth = cursor.u16();
  cursor.skip(2);
  const root = h5.address(cursor);
  const count = cursor.u16();
  h5.length(cursor);
  cursor.skip(4);
  h5.claim('parsed', at, cursor.at);
  const out: Uint8Array[] = [];
  if (root === undefined || count === 0) return out;
  if (size === 0 || depth > DEEPEST || node < 16 || node > 1 << 24)
    throw new Malformed('a B-tree has a shape that is not in use', at);
  const most = Math.floor((node - 10) / size);
  const leafBytes = bytesFor(most);
  const within = recordsWithin(node, size, most, depth, h5.offsets + leafBytes);
  const queue = [{ at: root, count, depth }];
  for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
    const rest = h5.step();
    if (rest) await rest;
    const inner = h5.cursor('B-tree', one.at, node);
    expect(inner, one.depth === 0 ? 'BTLF' : 'BTIN');
    inner.skip(2);
    for (let i = 0; i < one.count; i++) out.push(inner.bytes(size, 1 << 16));
    if (out.length > MOST_RECORDS) throw new Malformed('a B-tree has too many records', one.at);
    const totalBytes = one.depth > 1 ? bytesFor(within[one.depth - 1] ?? 0) : 0;
    for (let i = 0; one.depth > 0 && i <= one.count; i++) {
      const child = h5.address(inner);
      const held = number(inner, leafBytes) ?? 0;
      inner.skip(totalBytes);
      if (child !== undefined) queue.push({ at: child, count: held, depth: one.depth - 1 });
    }
    h5.claim('parsed', one.at, Math.min(one.at + node, h5.part.source.size));
  }
  return out;
}

const MOST_RECORDS = 1_000_000;

/** How many records nodes of each depth can have below them: their count is written in as few bytes as that takes. */
function recordsWithin(node: number, size: number, leaf: number, depth: number, pointer: number): number[] {
  const out = [leaf];
  for (let at = 1; at <= depth; at++) {
    const below = out[at - 1] ?? 0;
    const entry = pointer + (at > 1 ? bytesFor(below) : 0);
    const own = Math.floor((node - 10 - entry) / (size + entry));
    out.push((own + 1) * below + own);
  }
  return out;
}
