import { zlib } from '../../codecs/gzip.ts';
import { beginsLikeFile } from '../hidden.ts';
import { Bytes, Slice, type Source } from '../source.ts';
import { unpackWith } from '../unpacking.ts';
import type { Datatype } from './elements.ts';
import { type H5, number } from './file.ts';
import { globalHeap, type HeapObject } from './heaps.ts';

/** Where Keras keeps what a model is made of. */
const CONFIG = /(?:^|\/)@(?:model|training|layer|optimizer|compile|build)_config$/;
/** Bytes below which nothing is hidden. */
const SMALL = 16;
const MOST_VALUES = 1_000_000;
/** Characters of texts that are looked at together. */
const TOGETHER = 1 << 20;
const MOST_HEAPS = 64;
/** Elements of a composed type that are looked at, and bytes of each; its parts begin at even places. */
const MOST_COMPOSED = 10_000;
const LONGEST_COMPOSED = 256;
const ALIGNED = 2;
/** Filters, and chunks that are unpacked to be looked at. */
const DEFLATE = 1;
const SHUFFLE = 2;
const SIMPLE: ReadonlySet<number> = new Set([DEFLATE, SHUFFLE, 3]);
const MOST_PACKED = 8;
const LONGEST_PACKED = 16 << 20;
const LONGEST_SHUFFLED = 4 << 20;
const CONFIG_BEGINS = /^\s*\{\s*"/;
const STRICT = new TextDecoder('utf-8', { fatal: true });

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Looks at values of attributes and datasets: texts, and bytes that may be something else. */
export class Values {
  readonly #h5: H5;
  readonly #heaps = new Map<number, ReadonlyMap<number, HeapObject>>();

  constructor(h5: H5) {
    this.#h5 = h5;
  }

  /** @param name path of the dataset, or that and `@` and the attribute's */
  async look(name: string, { is, size }: Datatype, { start, end }: Stretch): Promise<void> {
    if (end - start < 1 || size < 1) return;
    // Whoever loads numbers of a type of their own may take them for what they like: a configuration, a pickle.
    if (is === 'bytes' && CONFIG.test(name))
      return this.#h5.part.inside(name, this.#slice({ start, end }), 'json');
    if (is === 'number' || is === 'bytes') return this.#bytes(name, { start, end });
    if (is === 'other') return this.#composed(name, size, { start, end });
    const texts = new Texts(this.#h5);
    const most = Math.min(MOST_VALUES, Math.floor((end - start) / size));
    for (let i = 0; i < most; i++) {
      const rest = this.#h5.step();
      if (rest) await rest;
      const from = start + i * size;
      const at = is === 'text' ? { start: from, end: from + size } : await this.#find(from, size);
      if (at === undefined) continue;
      if (is === 'list') await this.#bytes(name, at);
      else await this.#text(name, at, texts, most === 1);
    }
    texts.finish();
    if ((end - start) / size > MOST_VALUES) await this.#bytes(name, { start, end });
  }

  /** A value of variable length: how long, in which heap, which object of it. */
  async #find(at: number, size: number): Promise<Stretch | undefined> {
    const cursor = this.#h5.cursor('value', at, size);
    const count = cursor.u32();
    const heapAt = this.#h5.address(cursor);
    const index = number(cursor, 4) ?? 0;
    if (count === 0 || heapAt === undefined || heapAt === this.#h5.base) return undefined;
    let heap = this.#heaps.get(heapAt);
    if (heap === undefined) {
      heap = new Map((await globalHeap(this.#h5, heapAt)).map((one) => [one.index, one]));
      if (this.#heaps.size >= MOST_HEAPS) this.#heaps.clear();
      this.#heaps.set(heapAt, heap);
    }
    return heap.get(index);
  }

  async #text(name: string, at: Stretch, texts: Texts, isOne: boolean): Promise<void> {
    const { source, inside } = this.#h5.part;
    const end = at.start + withoutZeros(source, at);
    const first = source.read(at.start, 1)[0] ?? 0;
    if (end === at.start) return;
    const slice = new Slice(source, at.start, end);
    if (CONFIG.test(name)) return inside(name, slice, 'json');
    const last = source.read(end - 1, 1)[0];
    // JSON may be a configuration under another name; PyTables reads what looks like a pickle as one.
    const isJson = (first === 0x7b && last === 0x7d) || (first === 0x5b && last === 0x5d && isOne);
    const isPickle =
      last === 0x2e &&
      (first === 0x80 || source.read(at.start, Math.min(TOGETHER, end - at.start)).includes(0x0a));
    if (isJson || isPickle) return inside(name, slice);
    const isText = texts.add(source.read(at.start, Math.min(TOGETHER, end - at.start)));
    if (!isText) await this.#bytes(name, at);
  }

  /** What only packed data refers to: whoever unpacks it makes of it what they like. */
  async unreferred(objects: readonly HeapObject[]): Promise<void> {
    for (const object of objects) {
      const rest = this.#h5.step();
      if (rest) await rest;
      if (object.end > object.start) await this.#bytes('(heap)', object);
    }
  }

  /** Chunks that are packed as all of HDF5 can unpack: the first few, where a file would begin. */
  async lookPacked(
    name: string,
    type: Datatype,
    filters: readonly number[],
    stored: readonly Stretch[],
  ): Promise<void> {
    const { part } = this.#h5;
    if (type.is === 'number' || !filters.includes(DEFLATE) || !filters.every((id) => SIMPLE.has(id))) return;
    for (const { start, end } of stored.slice(0, MOST_PACKED)) {
      if (end - start > LONGEST_PACKED) continue;
      const { source } = await unpackWith(part, zlib, part.source, start, end);
      const plain = filters.includes(SHUFFLE) && type.size > 1 ? unshuffled(source, type.size) : source;
      const isConfig = CONFIG_BEGINS.test(Buffer.from(plain.read(0, 64)).toString('latin1'));
      if (isConfig)
        await part.inside(name, new Slice(plain, 0, withoutZeros(plain, { start: 0, end: plain.size })));
      else if (beginsLikeFile(plain, 0)) await part.inside(name, plain, 'raw');
    }
  }

  #slice({ start, end }: Stretch): Slice {
    return new Slice(this.#h5.part.source, start, end);
  }

  /** Elements of several parts: a file or a reference to the heap may stand in any of them. */
  async #composed(name: string, size: number, { start, end }: Stretch): Promise<void> {
    const most = Math.min(MOST_COMPOSED, Math.floor((end - start) / size));
    for (let i = 0; i < most; i++) {
      const rest = this.#h5.step();
      if (rest) await rest;
      const from = start + i * size;
      for (let at = from; at < Math.min(from + size, from + LONGEST_COMPOSED); at += ALIGNED)
        await this.#bytes(name, { start: at, end: from + size });
    }
  }

  /** Numbers, for all that anybody says, unless they begin like a file. */
  async #bytes(name: string, { start, end }: Stretch): Promise<void> {
    const { source, inside } = this.#h5.part;
    if (end - start >= SMALL && beginsLikeFile(source, start))
      await inside(name, new Slice(source, start, end), 'raw');
  }
}

/** The bytes of elements that were sorted by their place in each. */
function unshuffled(source: Source, size: number): Source {
  const bytes = source.read(0, LONGEST_SHUFFLED);
  const count = Math.floor(bytes.length / size);
  return new Bytes(
    bytes.map((byte, i) =>
      i < count * size ? (bytes[(i % size) * count + Math.floor(i / size)] ?? 0) : byte,
    ),
  );
}

/** Length without zeros at the end. */
function withoutZeros(
  source: { read(at: number, length: number): Uint8Array },
  { start, end }: Stretch,
): number {
  const PIECE = 1 << 16;
  for (let to = end; to > start; to -= PIECE) {
    const from = Math.max(start, to - PIECE);
    const bytes = source.read(from, to - from);
    const last = bytes.findLastIndex((byte) => byte !== 0);
    if (last >= 0) return from + last + 1 - start;
  }
  return 0;
}

/** Short texts are looked through together: there are thousands of names. */
class Texts {
  readonly #h5: H5;
  #kept: string[] = [];
  #length = 0;

  constructor(h5: H5) {
    this.#h5 = h5;
  }

  /** False where it is no text. */
  add(bytes: Uint8Array): boolean {
    let text: string;
    try {
      text = STRICT.decode(bytes);
    } catch {
      return false;
    }
    this.#kept.push(text);
    this.#length += text.length;
    if (this.#length > TOGETHER) this.finish();
    return true;
  }

  finish(): void {
    if (this.#length > 0) this.#h5.part.readText(this.#kept.join('\n'), 'metadata');
    this.#kept = [];
    this.#length = 0;
  }
}
