/** Checksums of streams that Node does not bring: run over chunks, compared at the end. CRC-32 is `node:zlib`'s. */

/** CRC-64/XZ, in halves of 32 bits: numbers are quicker than bigints by far. */
export class Crc64 {
  #low = 0xffffffff | 0;
  #high = 0xffffffff | 0;

  update(bytes: Uint8Array): void {
    let low = this.#low;
    let high = this.#high;
    for (let i = 0; i < bytes.length; i++) {
      const k = ((low ^ (bytes[i] as number)) & 0xff) << 1;
      low = ((low >>> 8) | (high << 24)) ^ (CRC64[k] as number);
      high = (high >>> 8) ^ (CRC64[k + 1] as number);
    }
    this.#low = low;
    this.#high = high;
  }

  /** Low and high half. */
  get value(): readonly [number, number] {
    return [~this.#low >>> 0, ~this.#high >>> 0];
  }
}

const CRC64 = Int32Array.from({ length: 512 }, (_, k) => {
  let value = BigInt(k >> 1);
  for (let bit = 0; bit < 8; bit++) value = (value >> 1n) ^ (value & 1n ? 0xc96c5795d7870f42n : 0n);
  return Number(BigInt.asIntN(32, k & 1 ? value >> 32n : value));
});

/** zlib's. */
export class Adler32 {
  #a = 1;
  #b = 0;

  update(bytes: Uint8Array): void {
    let a = this.#a;
    let b = this.#b;
    for (let i = 0; i < bytes.length; ) {
      // So many sums stay below 2^31, where numbers are quick.
      for (const end = Math.min(bytes.length, i + 3800); i < end; i++) {
        a += bytes[i] as number;
        b += a;
      }
      a %= 65521;
      b %= 65521;
    }
    this.#a = a;
    this.#b = b;
  }

  get value(): number {
    return ((this.#b << 16) | this.#a) >>> 0;
  }
}

const P1 = 0x9e3779b1;
const P2 = 0x85ebca77;
const P3 = 0xc2b2ae3d;
const P4 = 0x27d4eb2f;
const P5 = 0x165667b1;
const turn = (value: number, by: number) => (value << by) | (value >>> (32 - by));
const round = (sum: number, word: number) => Math.imul(turn((sum + Math.imul(word, P2)) | 0, 13), P1);

/** xxHash32 with seed 0, of LZ4 frames (github.com/Cyan4973/xxHash, doc/xxhash_spec.md). */
export class XxHash32 {
  readonly #sums = Int32Array.of(P1 + P2, P2, 0, -P1);
  readonly #rest = new Uint8Array(16);
  #kept = 0;
  #size = 0;

  update(bytes: Uint8Array): void {
    this.#size += bytes.length;
    let i = 0;
    if (this.#kept > 0) {
      i = Math.min(16 - this.#kept, bytes.length);
      this.#rest.set(bytes.subarray(0, i), this.#kept);
      this.#kept += i;
      if (this.#kept < 16) return;
      this.#stripe(this.#rest, 0);
      this.#kept = 0;
    }
    for (; i + 16 <= bytes.length; i += 16) this.#stripe(bytes, i);
    this.#rest.set(bytes.subarray(i));
    this.#kept = bytes.length - i;
  }

  get value(): number {
    const [a, b, c, d] = this.#sums as unknown as [number, number, number, number];
    let sum = this.#size < 16 ? P5 : turn(a, 1) + turn(b, 7) + turn(c, 12) + turn(d, 18);
    sum = (sum + this.#size) | 0;
    let i = 0;
    for (; i + 4 <= this.#kept; i += 4)
      sum = Math.imul(turn((sum + Math.imul(wordAt(this.#rest, i), P3)) | 0, 17), P4);
    for (; i < this.#kept; i++)
      sum = Math.imul(turn((sum + Math.imul(this.#rest[i] as number, P5)) | 0, 11), P1);
    sum = Math.imul(sum ^ (sum >>> 15), P2);
    sum = Math.imul(sum ^ (sum >>> 13), P3);
    return (sum ^ (sum >>> 16)) >>> 0;
  }

  #stripe(bytes: Uint8Array, at: number): void {
    const sums = this.#sums;
    sums[0] = round(sums[0] as number, wordAt(bytes, at));
    sums[1] = round(sums[1] as number, wordAt(bytes, at + 4));
    sums[2] = round(sums[2] as number, wordAt(bytes, at + 8));
    sums[3] = round(sums[3] as number, wordAt(bytes, at + 12));
  }
}

const wordAt = (bytes: Uint8Array, at: number) =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24);

/** bzip2's CRC-32: the usual polynomial, the other way round. */
export class BzipCrc {
  #sum = -1;

  update(bytes: Uint8Array): void {
    let sum = this.#sum;
    for (let i = 0; i < bytes.length; i++)
      sum = (sum << 8) ^ (BZIP[((sum >>> 24) ^ (bytes[i] as number)) & 0xff] as number);
    this.#sum = sum;
  }

  get value(): number {
    return ~this.#sum >>> 0;
  }
}

const BZIP = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = (value << 1) ^ (value < 0 ? 0x04c11db7 : 0);
  return value;
});
