import { DENSE, type Earlier, type Features } from './features.ts';
import type { LaneScores } from './lane-scores.ts';
import { SUMS } from './lane-sums.ts';
import type { Tokens } from './tokens.ts';

/** Room that is kept from one text to the next, segments; what a long text needed is given back. */
const KEPT = 256;

/**
 * What the segments of the readings so far came to. A repaired text, or one with a word decoded in its place, has most of
 * its sentences as they were: they need not be read again. For the readings of one text by one speaker, never longer:
 * how long a text takes must not tell what others have said.
 */
export class Sentences implements Earlier {
  /** [segments × DENSE] */
  dense = new Float32Array(KEPT * DENSE);
  /** [segments × SUMS] */
  sums = new Float64Array(KEPT * SUMS);
  /** A quotation is open after it. */
  quoted = new Uint8Array(KEPT);
  /** Begins within a quotation. */
  #inside = new Uint8Array(KEPT);
  /** Where its meanings begin, and one more at the end. */
  #from = new Int32Array(KEPT + 1);
  #meaning = new Int32Array(KEPT * 32);
  #count = 0;
  readonly #byText = new Map<string, number>();

  clear(): void {
    if (this.#count === 0) return;
    this.#byText.clear();
    this.#count = 0;
    if (this.#inside.length > KEPT) this.#make(KEPT);
    if (this.#meaning.length > KEPT * 32) this.#meaning = new Int32Array(KEPT * 32);
  }

  /** The number of a segment that is the same in all that its features are made of; -1 if none was. */
  find(text: string, tokens: Tokens, segment: number, inside: boolean): number {
    const known = this.#byText.get(textOf(text, tokens, segment));
    if (known === undefined || (this.#inside[known] === 1) !== inside) return -1;
    // What a word means can hang on words before the segment, or on letters after it.
    const from = tokens.segment[segment] as number;
    const first = this.#from[known] as number;
    const size = (this.#from[known + 1] as number) - first;
    if ((tokens.segment[segment + 1] as number) - from !== size) return -1;
    for (let i = 0; i < size; i++) if (tokens.meaning[from + i] !== this.#meaning[first + i]) return -1;
    return known;
  }

  /** Keeps the segments that were not known. */
  keep(text: string, tokens: Tokens, features: Features, lanes: LaneScores): void {
    for (let s = 0; s < features.segments; s++) {
      if ((features.known[s] as number) >= 0) continue;
      const at = this.#count;
      if (at === this.#inside.length) this.#make(at * 2);
      this.#byText.set(textOf(text, tokens, s), at);
      this.#inside[at] = features.inside[s] as number;
      this.quoted[at] = features.inside[s + 1] as number;
      for (let d = 0; d < DENSE; d++) this.dense[at * DENSE + d] = features.dense[s * DENSE + d] as number;
      for (let k = 0; k < SUMS; k++) this.sums[at * SUMS + k] = lanes.sums[s * SUMS + k] as number;
      let end = this.#from[at] as number;
      for (let t = tokens.segment[s] as number; t < (tokens.segment[s + 1] as number); t++) {
        if (end === this.#meaning.length) this.#meaning = copied(this.#meaning, new Int32Array(end * 2));
        this.#meaning[end++] = tokens.meaning[t] as number;
      }
      this.#from[at + 1] = end;
      this.#count++;
    }
  }

  #make(size: number): void {
    this.dense = copied(this.dense, new Float32Array(size * DENSE));
    this.sums = copied(this.sums, new Float64Array(size * SUMS));
    this.quoted = copied(this.quoted, new Uint8Array(size));
    this.#inside = copied(this.#inside, new Uint8Array(size));
    this.#from = copied(this.#from, new Int32Array(size + 1));
  }
}

function textOf(text: string, tokens: Tokens, segment: number): string {
  const first = tokens.segment[segment] as number;
  const last = (tokens.segment[segment + 1] as number) - 1;
  return text.slice(tokens.start[first], tokens.end[last]);
}

/** What fits of an array, in another. */
function copied<A extends Int32Array | Uint8Array | Float32Array | Float64Array>(from: A, into: A): A {
  into.set(from.subarray(0, into.length));
  return into;
}
