// Protocol buffers in memory, as far as ONNX needs them. What is not understood is kept as it came.

/** The bytes are no model. Says where. */
export class MalformedModel extends Error {
  override readonly name = 'MalformedModel';
}

/** A field of a message: `value` of numbers, `bytes` of all else; `raw` is the whole field, to be written as it was. */
export interface WireField {
  readonly number: number;
  readonly wire: 0 | 1 | 2 | 5;
  readonly value: bigint;
  readonly bytes: Uint8Array;
  readonly raw: Uint8Array;
}

const EMPTY = new Uint8Array(0);

/** The fields of a message, in order. Nothing is copied. Throws {@link MalformedModel}. */
export function* fieldsOf(message: Uint8Array): Generator<WireField> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new MalformedModel('the model ends in the middle of a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new MalformedModel('a number is longer than ten bytes');
  };
  while (at < message.length) {
    const start = at;
    const key = varint();
    const number = Number(key >> 3n);
    const wire = Number(key & 7n);
    if (number === 0) throw new MalformedModel('a field has no number');
    let value = 0n;
    let bytes: Uint8Array = EMPTY;
    if (wire === 0) value = varint();
    else if (wire === 1 || wire === 2 || wire === 5) {
      const length = wire === 2 ? varint() : wire === 1 ? 8n : 4n;
      if (length > BigInt(message.length - at)) throw new MalformedModel('a field goes beyond the end');
      bytes = message.subarray(at, at + Number(length));
      at += Number(length);
    } else throw new MalformedModel('a field is of a kind that is not in use');
    yield { number, wire, value, bytes, raw: message.subarray(start, at) };
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

export function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new MalformedModel('a name is not UTF-8');
  }
}

/** A whole number with a sign. Those that a number cannot hold, as in “up to the end”, are taken as the largest that it can. */
export function signedOf(value: bigint): number {
  const signed = Number(BigInt.asIntN(64, value));
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(Number.MIN_SAFE_INTEGER, signed));
}

export const float32Of = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);

/** Numbers of a repeated field, packed or one at a time. */
export function signedList(field: WireField): number[] {
  if (field.wire === 0) return [signedOf(field.value)];
  const values: number[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of field.bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (shift > 70n) throw new MalformedModel('a number is longer than ten bytes');
    if (byte < 0x80) {
      values.push(signedOf(BigInt.asUintN(64, value)));
      value = 0n;
      shift = 0n;
    }
  }
  if (shift !== 0n) throw new MalformedModel('a list ends in the middle of a number');
  return values;
}

/** Writes a message, field by field. */
export class MessageWriter {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  /** A field as it was read. */
  raw(bytes: Uint8Array): this {
    this.#pieces.push(bytes);
    this.#length += bytes.length;
    return this;
  }

  number(field: number, value: number | bigint): this {
    return this.raw(varintOf(field * 8)).raw(varintOf(value));
  }

  bytes(field: number, bytes: Uint8Array): this {
    return this.raw(varintOf(field * 8 + 2))
      .raw(varintOf(bytes.length))
      .raw(bytes);
  }

  text(field: number, text: string): this {
    return this.bytes(field, new TextEncoder().encode(text));
  }

  float32(field: number, value: number): this {
    return this.raw(varintOf(field * 8 + 5)).raw(new Uint8Array(Float32Array.of(value).buffer));
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      out.set(piece, at);
      at += piece.length;
    }
    return out;
  }
}

function varintOf(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
