import { ARRAYS, type ElementType, elementCount, type Tensor } from '../tensors/tensor.ts';
import type { Fault } from './fault.ts';

// The binary tensor data extension: elements in row-major order, little-endian, without padding; each text with its length
// in four bytes before it.

/** The bytes of a tensor. */
export function bytesOf({ type, data }: Tensor): Uint8Array {
  if (type !== 'string') return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const texts = data.map((text) => Buffer.from(text, 'utf8'));
  const out = Buffer.alloc(texts.reduce((sum, text) => sum + 4 + text.length, 0));
  let at = 0;
  for (const text of texts) {
    at = out.writeUInt32LE(text.length, at);
    at += text.copy(out, at);
  }
  return out;
}

/** A tensor from its bytes. Throws by `fail` where they are not as many as its dims say. */
export function tensorFrom(
  type: ElementType,
  dims: readonly number[],
  bytes: Uint8Array,
  fail: Fault,
): Tensor {
  const count = elementCount(dims);
  if (type === 'string') return { type, dims, data: textsFrom(bytes, count, fail) };
  const kind = ARRAYS[type];
  if (bytes.length !== count * kind.BYTES_PER_ELEMENT) return fail('has another size than its shape says');
  // Copied (a Buffer’s own slice would not): typed arrays begin at a multiple of their width.
  const data = new kind(new Uint8Array(bytes).buffer);
  if (type === 'bool' && data.some((value) => Number(value) > 1))
    return fail('holds what is neither true nor false');
  return { type, dims, data } as Tensor;
}

/** Brain floating point, the upper half of FP32: every number of it is one of FP32. */
export function fromBfloat16(dims: readonly number[], bytes: Uint8Array, fail: Fault): Tensor {
  if (bytes.length !== elementCount(dims) * 2) return fail('has another size than its shape says');
  const upper = new Uint16Array(new Uint8Array(bytes).buffer);
  const bits = Uint32Array.from(upper, (half) => half * 0x1_0000);
  return { type: 'float32', dims, data: new Float32Array(bits.buffer) };
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function textsFrom(bytes: Uint8Array, count: number, fail: Fault): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const texts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at < 4) return fail('ends within a length');
    const length = view.getUint32(at, true);
    at += 4;
    if (length > bytes.length - at || texts.length === count)
      return fail('has another size than its shape says');
    try {
      texts.push(decoder.decode(bytes.subarray(at, at + length)));
    } catch {
      return fail('holds what is not UTF-8');
    }
    at += length;
  }
  return texts.length === count ? texts : fail('has another size than its shape says');
}
