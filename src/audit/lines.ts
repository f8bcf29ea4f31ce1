/**
 * Cuts a stream of chunks into lines. Memory is bounded: of a line longer than `max` bytes only the first `max + 1`
 * are kept, which is enough for the reader to see that it is too long.
 */
export class LineSplitter {
  readonly #max: number;
  #carry: Uint8Array = new Uint8Array(0);

  constructor(max: number) {
    this.#max = max;
  }

  /** The lines that end in this chunk, without their newline. They may share the chunk's memory: use them at once. */
  push(chunk: Uint8Array): Uint8Array[] {
    const lines: Uint8Array[] = [];
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      lines.push(this.#joined(chunk.subarray(start, end)));
      this.#carry = new Uint8Array(0);
      start = end + 1;
    }
    // A copy made by hand: `slice` of a Buffer would share the chunk's memory.
    if (start < chunk.length) this.#carry = new Uint8Array(this.#joined(chunk.subarray(start)));
    return lines;
  }

  /** What came after the last newline: a line not (yet) finished. */
  get rest(): Uint8Array {
    return this.#carry;
  }

  #joined(piece: Uint8Array): Uint8Array {
    if (this.#carry.length === 0) return piece.subarray(0, this.#max + 1);
    const room = Math.max(0, this.#max + 1 - this.#carry.length);
    const more = piece.subarray(0, room);
    const whole = new Uint8Array(this.#carry.length + more.length);
    whole.set(this.#carry);
    whole.set(more, this.#carry.length);
    return whole;
  }
}
