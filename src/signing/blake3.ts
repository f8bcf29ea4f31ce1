/**
 * BLAKE3 with 32 bytes (https://github.com/BLAKE3-team/BLAKE3-specs), which node:crypto does not have: some models are
 * signed with it, and are verified here. Nothing is signed with it, so it is short and not fast.
 */
export class Blake3 {
  readonly #block = Buffer.alloc(BLOCK);
  readonly #message = new Uint32Array(16);
  /** Bytes in the block that is being filled. */
  #held = 0;
  #chunk: Uint32Array = IV.slice();
  /** Blocks of this chunk that are done. */
  #blocks = 0;
  #chunks = 0;
  /** What complete subtrees come to, the largest first. */
  readonly #stack: Uint32Array[] = [];

  update(bytes: Uint8Array): this {
    for (let at = 0; at < bytes.length; ) {
      // The last block of all is done with another flag, so none is done before there is more.
      if (this.#held === BLOCK) this.#endBlock();
      const part = bytes.subarray(at, at + BLOCK - this.#held);
      this.#block.set(part, this.#held);
      this.#held += part.length;
      at += part.length;
    }
    return this;
  }

  digest(_encoding: 'hex'): string {
    let node: Node = {
      cv: this.#chunk,
      words: this.#words(),
      counter: this.#chunks,
      length: this.#held,
      flags: this.#startFlag() | CHUNK_END,
    };
    for (const left of this.#stack.toReversed()) node = parentOf(left, compress(node));
    const root = compress({ ...node, counter: 0, flags: node.flags | ROOT });
    const out = Buffer.alloc(32);
    for (const [i, word] of root.entries()) out.writeUInt32LE(word, 4 * i);
    return out.toString('hex');
  }

  #endBlock(): void {
    const last = this.#blocks === BLOCKS - 1;
    this.#chunk = compress({
      cv: this.#chunk,
      words: this.#words(),
      counter: this.#chunks,
      length: BLOCK,
      flags: this.#startFlag() | (last ? CHUNK_END : 0),
    });
    this.#held = 0;
    this.#blocks++;
    if (last) this.#endChunk();
  }

  /** As many subtrees join as there are zeros at the end of the number of chunks. */
  #endChunk(): void {
    let cv = this.#chunk;
    this.#chunks++;
    for (let count = this.#chunks; count % 2 === 0; count /= 2)
      cv = compress(parentOf(this.#stack.pop() as Uint32Array, cv));
    this.#stack.push(cv);
    this.#chunk = IV.slice();
    this.#blocks = 0;
  }

  #startFlag(): number {
    return this.#blocks === 0 ? CHUNK_START : 0;
  }

  #words(): Uint32Array {
    this.#block.fill(0, this.#held);
    for (let i = 0; i < 16; i++) this.#message[i] = this.#block.readUInt32LE(4 * i);
    return this.#message;
  }
}

const BLOCK = 64;
/** Blocks of a chunk. */
const BLOCKS = 16;
const CHUNK_START = 1;
const CHUNK_END = 2;
const PARENT = 4;
const ROOT = 8;

const IV = Uint32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
);

const IV_HALF = IV.subarray(0, 4);

/** What one compression is given. */
interface Node {
  readonly cv: Uint32Array;
  readonly words: Uint32Array;
  readonly counter: number;
  readonly length: number;
  readonly flags: number;
}

function parentOf(left: Uint32Array, right: Uint32Array): Node {
  return { cv: IV, words: Uint32Array.of(...left, ...right), counter: 0, length: BLOCK, flags: PARENT };
}

/** Which word of the block each step takes, for seven rounds. */
const SCHEDULE: readonly (readonly number[])[] = (() => {
  const next = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
  const rounds = [Array.from({ length: 16 }, (_, i) => i)];
  while (rounds.length < 7) rounds.push(next.map((i) => (rounds.at(-1) as number[])[i] as number));
  return rounds;
})();

/** One step of the mixing, on four words of the state. */
function mix(v: Uint32Array, a: number, b: number, c: number, d: number, x: number, y: number): void {
  let [va, vb, vc, vd] = [v[a] as number, v[b] as number, v[c] as number, v[d] as number];
  va = (va + vb + x) | 0;
  vd = rotate(vd ^ va, 16);
  vc = (vc + vd) | 0;
  vb = rotate(vb ^ vc, 12);
  va = (va + vb + y) | 0;
  vd = rotate(vd ^ va, 8);
  vc = (vc + vd) | 0;
  vb = rotate(vb ^ vc, 7);
  v[a] = va;
  v[b] = vb;
  v[c] = vc;
  v[d] = vd;
}

const rotate = (value: number, by: number): number => (value >>> by) | (value << (32 - by));

const state = new Uint32Array(16);

function compress({ cv, words, counter, length, flags }: Node): Uint32Array {
  const v = state;
  v.set(cv);
  v.set(IV_HALF, 8);
  v[12] = counter % 2 ** 32;
  v[13] = Math.floor(counter / 2 ** 32);
  v[14] = length;
  v[15] = flags;
  for (const s of SCHEDULE) {
    const word = (i: number) => words[s[i] as number] as number;
    // Columns, then diagonals.
    mix(v, 0, 4, 8, 12, word(0), word(1));
    mix(v, 1, 5, 9, 13, word(2), word(3));
    mix(v, 2, 6, 10, 14, word(4), word(5));
    mix(v, 3, 7, 11, 15, word(6), word(7));
    mix(v, 0, 5, 10, 15, word(8), word(9));
    mix(v, 1, 6, 11, 12, word(10), word(11));
    mix(v, 2, 7, 8, 13, word(12), word(13));
    mix(v, 3, 4, 9, 14, word(14), word(15));
  }
  const out = new Uint32Array(8);
  for (let i = 0; i < 8; i++) out[i] = (v[i] as number) ^ (v[i + 8] as number);
  return out;
}
