import { IDENTIFIER } from './flat.ts';

/** A field of a table: a number of four bytes, or something that it points to. */
type Value = number | Uint8Array | string | readonly Made[] | readonly number[];
/** Fields by number. */
export type Made = readonly (Value | undefined)[];

/** Writes tables front to back, as simply as can be: each with a layout of its own before it. */
export class Writer {
  readonly #parts: Uint8Array[] = [];
  #at = 0;

  static file(root: Made): Uint8Array {
    const writer = new Writer();
    writer.#put(Buffer.from(`\0\0\0\0${IDENTIFIER}`));
    const at = writer.#table(root);
    const out = Buffer.concat(writer.#parts);
    out.writeUInt32LE(at, 0);
    return out;
  }

  #put(bytes: Uint8Array): number {
    const at = this.#at;
    this.#parts.push(bytes);
    this.#at += bytes.length;
    const rest = -this.#at & 3;
    if (rest > 0) {
      this.#parts.push(new Uint8Array(rest));
      this.#at += rest;
    }
    return at;
  }

  #table(fields: Made): number {
    const layout = Buffer.alloc(4 + 2 * fields.length);
    const table = Buffer.alloc(4 + 4 * fields.length);
    layout.writeUInt16LE(layout.length, 0);
    layout.writeUInt16LE(table.length, 2);
    for (const [i, field] of fields.entries())
      if (field !== undefined) layout.writeUInt16LE(4 + 4 * i, 4 + 2 * i);
    const layoutAt = this.#put(layout);
    const at = this.#put(table);
    table.writeInt32LE(at - layoutAt, 0);
    for (const [i, field] of fields.entries()) {
      const place = 4 + 4 * i;
      if (typeof field === 'number') table.writeInt32LE(field, place);
      else if (field !== undefined) table.writeUInt32LE(this.#value(field) - at - place, place);
    }
    return at;
  }

  #value(value: Exclude<Value, number>): number {
    if (typeof value === 'string' || value instanceof Uint8Array) {
      const bytes = Buffer.from(value);
      const head = Buffer.alloc(4);
      head.writeUInt32LE(bytes.length);
      return this.#put(Buffer.concat([head, bytes]));
    }
    const vector = Buffer.alloc(4 + 4 * value.length);
    vector.writeUInt32LE(value.length);
    const at = this.#put(vector);
    for (const [i, one] of value.entries()) {
      const place = 4 + 4 * i;
      if (typeof one === 'number') vector.writeInt32LE(one, place);
      else vector.writeUInt32LE(this.#table(one) - at - place, place);
    }
    return at;
  }
}

interface Model {
  /** Names of custom operators. */
  readonly custom?: string;
  readonly options?: string;
  readonly inputs?: readonly number[];
  readonly buffer?: number;
  readonly shape?: readonly number[];
}

/** A model with one operator, one tensor, and a buffer of eight bytes. */
export const model =
  ({ custom, options, inputs = [0], buffer = 1, shape = [2] }: Model = {}) =>
  (): Uint8Array => {
    const code: Made = custom === undefined ? [0, undefined, 1, 0] : [32, custom, 1, 32];
    const operator: Made = [0, inputs, [0], undefined, undefined, options];
    const tensor: Made = [shape, 0, buffer, 'x'];
    return Writer.file([
      3,
      [code],
      [[[tensor], [0], [0], [operator], 'main']],
      'a model',
      [[], [new Uint8Array(8).fill(1)]],
    ]);
  };
