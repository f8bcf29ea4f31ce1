import { Malformed, type Source } from '../source.ts';

export const IDENTIFIER = 'TFL3';
const WINDOW = 1 << 16;

/** A FlatBuffers file: tables, vectors and texts, each of whose bounds is checked before it is read. */
export class Flat {
  readonly source: Source;
  /** What is reached: start and end of each part. */
  readonly reached = new Map<number, number>();
  #window = new DataView(new ArrayBuffer(0));
  #from = 0;

  constructor(source: Source) {
    this.source = source;
  }

  get root(): Table {
    this.reach(0, 8);
    return this.table(this.u32(0));
  }

  reach(start: number, end: number): void {
    if (!(end <= this.source.size)) throw new Malformed('a part lies outside of the file', start);
    this.reached.set(start, Math.max(end, this.reached.get(start) ?? 0));
  }

  table(at: number): Table {
    return new Table(this, at);
  }

  u8(at: number): number {
    return this.#view(at, 1).getUint8(at - this.#from);
  }

  u16(at: number): number {
    return this.#view(at, 2).getUint16(at - this.#from, true);
  }

  u32(at: number): number {
    return this.#view(at, 4).getUint32(at - this.#from, true);
  }

  i32(at: number): number {
    return this.#view(at, 4).getInt32(at - this.#from, true);
  }

  u64(at: number): number {
    return Number(this.#view(at, 8).getBigUint64(at - this.#from, true));
  }

  #view(at: number, length: number): DataView {
    const end = at + length;
    if (!(at >= 0 && end <= this.source.size)) throw new Malformed('an address lies outside of the file', at);
    if (at < this.#from || end > this.#from + this.#window.byteLength) {
      // Tables point forwards and their layouts lie before them.
      this.#from = Math.max(0, at - WINDOW / 4);
      const bytes = Uint8Array.from(this.source.read(this.#from, WINDOW));
      this.#window = new DataView(bytes.buffer);
    }
    return this.#window;
  }
}

export interface Vector {
  /** Of its first element. */
  readonly at: number;
  readonly count: number;
}

/** A table: fields by number, each where its layout says. */
export class Table {
  readonly at: number;
  readonly #flat: Flat;
  readonly #layout: number;
  readonly #fields: number;
  readonly #size: number;

  constructor(flat: Flat, at: number) {
    this.#flat = flat;
    this.at = at;
    this.#layout = at - flat.i32(at);
    const bytes = flat.u16(this.#layout);
    this.#size = flat.u16(this.#layout + 2);
    this.#fields = (bytes - 4) / 2;
    if (bytes < 4 || bytes % 2 !== 0 || this.#size < 4) throw new Malformed('a table has no layout', at);
    flat.reach(this.#layout, this.#layout + bytes);
    flat.reach(at, at + this.#size);
  }

  /** Where a field of so many bytes lies; undefined where it is left out. */
  field(number: number, bytes: number): number | undefined {
    if (number >= this.#fields) return undefined;
    const offset = this.#flat.u16(this.#layout + 4 + 2 * number);
    if (offset === 0) return undefined;
    if (offset < 4 || offset + bytes > this.#size)
      throw new Malformed('a field lies outside of its table', this.at);
    return this.at + offset;
  }

  u8(number: number): number {
    const at = this.field(number, 1);
    return at === undefined ? 0 : this.#flat.u8(at);
  }

  u32(number: number): number {
    const at = this.field(number, 4);
    return at === undefined ? 0 : this.#flat.u32(at);
  }

  u64(number: number): number {
    const at = this.field(number, 8);
    return at === undefined ? 0 : this.#flat.u64(at);
  }

  inner(number: number): Table | undefined {
    const at = this.field(number, 4);
    return at === undefined ? undefined : this.#flat.table(at + this.#flat.u32(at));
  }

  vector(number: number, bytes: number): Vector {
    const field = this.field(number, 4);
    if (field === undefined) return { at: 0, count: 0 };
    const at = field + this.#flat.u32(field);
    const count = this.#flat.u32(at);
    this.#flat.reach(at, at + 4 + count * bytes);
    return { at: at + 4, count };
  }

  *tables(number: number): Generator<Table> {
    const { at, count } = this.vector(number, 4);
    for (let i = 0; i < count; i++) yield this.#flat.table(at + 4 * i + this.#flat.u32(at + 4 * i));
  }

  text(number: number, most = 4096): string {
    const { at, count } = this.vector(number, 1);
    return new TextDecoder().decode(this.#flat.source.read(at, Math.min(count, most)));
  }
}
