import type { Source } from '../source.ts';
import type { Caller } from './caller.ts';
import type { Literals } from './literals.ts';
import { little } from './literals.ts';
import { ARGUMENT, KIND, OP, SIZE } from './opcodes.ts';
import { isSequence, type Value } from './values.ts';

/** `0x1950a86a20f9469cfc6c`, as torch/serialization.py begins files of before 1.6. */
const MAGIC = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
/** Storages of one file, at the most. */
const MOST = 200_000;

/** Bytes of an element, by the name of the storage's class. */
const BYTES: Readonly<Record<string, number>> = {
  Float: 4,
  Double: 8,
  Half: 2,
  BFloat16: 2,
  Long: 8,
  Int: 4,
  Short: 2,
  Char: 1,
  Byte: 1,
  Bool: 1,
  ComplexFloat: 8,
  ComplexDouble: 16,
  QInt8: 1,
  QUInt8: 1,
  QInt32: 4,
  QUInt4x2: 1,
  QUInt2x4: 1,
  Untyped: 1,
};

interface Storage {
  readonly bytes: number;
  readonly elements: number;
}

/** Whether a pickle holds nothing but torch's magic number. */
export function isMagic(result: Value, literals: Literals, source: Source): boolean {
  if (typeof result !== 'number' || result < 0) return false;
  const extent = literals.extent(result);
  if (extent?.op !== OP.LONG1 || extent.end - extent.start !== MAGIC.length) return false;
  const bytes = source.read(extent.start, MAGIC.length);
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/** What persistent ids say of the storages whose bytes follow the pickles: torch/serialization.py, _legacy_save. */
export class Storages {
  readonly #known = new Map<string, Storage>();

  /** `('storage', torch.FloatStorage, '94001', 'cpu', 100, None)`. */
  add(id: Value, caller: Caller, literals: Literals): void {
    if (!isSequence(id) || this.#known.size >= MOST) return;
    const [kind, type, key, , count] = id.items;
    if (caller.text(kind) !== 'storage' || typeof type !== 'object' || type.kind !== 'named') return;
    const bytes = BYTES[type.name.replace(/Storage$/, '')];
    const name = caller.text(key);
    const elements = typeof count === 'number' ? literals.int(count) : undefined;
    if (bytes !== undefined && name !== undefined && elements !== undefined)
      this.#known.set(name, { bytes, elements });
  }

  /**
   * Where the storages end whose keys a pickle lists. Undefined where what stands there is not what the ids say.
   *
   * @param list the pickle of the keys
   */
  end(source: Source, list: { readonly start: number; readonly end: number }): number | undefined {
    let at = list.end;
    for (const key of textsIn(source, list.start, list.end)) {
      const storage = this.#known.get(key);
      if (storage === undefined) return undefined;
      // Written by machines of both orders; a number beyond 2^48 is of neither.
      const elements = little(source.read(at, 8), 0, 8);
      if (elements !== storage.elements) return undefined;
      at += 8 + elements * storage.bytes;
      if (at > source.size) return undefined;
    }
    return at;
  }
}

/** The texts of a pickle that is nothing but a list of them. */
function* textsIn(source: Source, start: number, end: number): Iterable<string> {
  for (let at = start; at < end; ) {
    const head = Uint8Array.from(source.read(at, 64));
    const op = head[0] as number;
    const size = SIZE[op] as number;
    if (KIND[op] !== ARGUMENT.counted) {
      if (KIND[op] === ARGUMENT.line || KIND[op] === ARGUMENT.twoLines || KIND[op] === ARGUMENT.invalid)
        return;
      at += 1 + size;
      continue;
    }
    const length = little(head, 1, size);
    yield String.fromCharCode(...source.read(at + 1 + size, Math.min(length, 64)));
    at += 1 + size + length;
  }
}
