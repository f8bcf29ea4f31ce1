import type { Memory } from './monitor.ts';

/** The bytes of all arrays, one after the other. */
export function saved(memory: readonly Memory[]): Uint8Array {
  const out = new Uint8Array(sizeOf(memory));
  let from = 0;
  for (const part of memory) {
    out.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), from);
    from += part.byteLength;
  }
  return out;
}

/** Puts bytes back that {@link saved} gave. Throws RangeError where they are of another size. */
export function restore(memory: readonly Memory[], bytes: Uint8Array): void {
  if (bytes.length !== sizeOf(memory)) throw new RangeError('saved by another version, or for another model');
  let from = 0;
  for (const part of memory) {
    new Uint8Array(part.buffer, part.byteOffset, part.byteLength).set(
      bytes.subarray(from, from + part.byteLength),
    );
    from += part.byteLength;
  }
}

const sizeOf = (memory: readonly Memory[]): number =>
  memory.reduce((sum, { byteLength }) => sum + byteLength, 0);
