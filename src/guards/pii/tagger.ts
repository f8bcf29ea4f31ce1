import { BUCKETS, LABEL_COUNT, type Lexicon, type Model, WORD } from './model.ts';
import { CAPITAL, CASELESS, LINE_END, MIXED, type Tokens, UPPER } from './tokens.ts';

/** Features of one token. */
export const FEATURES = 26;

/** Sorts of features: each hash is mixed with one, so that the same word in another place is another feature. */
const SALT = Uint32Array.from({ length: FEATURES }, (_, at) => Math.imul(at + 1, 0x9e3779b1) >>> 0);

const NOWHERE = 0x5bd1e995;

const mix = (salt: number, hash: number): number => {
  let mixed = Math.imul((SALT[salt] as number) ^ hash, 0x85ebca6b);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 13)) & (BUCKETS - 1);
};

/** What the features of a stretch are made of, for each of its tokens; marks are themselves. */
export class Traits {
  readonly bits: Uint16Array;
  /** Kind, length up to six, bits of the lexicon. */
  readonly shapes: Uint32Array;

  constructor(most: number) {
    this.bits = new Uint16Array(most);
    this.shapes = new Uint32Array(most);
  }

  read(tokens: Tokens, lexicon: Lexicon): void {
    for (let at = 0; at < tokens.count; at++) {
      const kind = tokens.kinds[at] as number;
      const bits = kind < 4 || kind === CASELESS ? lexicon.get(tokens.hashes[at] as number) : 0;
      const length = Math.min(6, (tokens.ends[at] as number) - (tokens.starts[at] as number));
      this.bits[at] = bits;
      // Marks and line ends are told apart by what they are, words by how they are written and what is known of them.
      this.shapes[at] =
        kind === 6 ? (tokens.hashes[at] as number) | 1 : (kind | (length << 4) | (bits << 7)) << 1;
    }
  }
}

/** Writes the buckets of token `at` to `out` from `to` on. */
export function features(
  text: string,
  tokens: Tokens,
  traits: Traits,
  at: number,
  out: Int32Array,
  to: number,
): void {
  const { hashes, starts, ends, kinds, count } = tokens;
  const { shapes } = traits;
  const hash = (place: number): number => (place < 0 || place >= count ? NOWHERE : (hashes[place] as number));
  const shape = (place: number): number =>
    place < 0 || place >= count ? NOWHERE : (shapes[place] as number);
  const start = starts[at] as number;
  const end = ends[at] as number;
  const own = hash(at);
  const look = shape(at);
  const glued =
    (at > 0 && ends[at - 1] === start ? 1 : 0) | (at + 1 < count && starts[at + 1] === end ? 2 : 0);
  const kind = kinds[at] as number;
  const last = text.charCodeAt(end - 1) | 32;
  const beforeLast = end - 2 >= start ? text.charCodeAt(end - 2) | 32 : 0;
  const third = end - 3 >= start ? text.charCodeAt(end - 3) | 32 : 0;
  const first = text.charCodeAt(start) | 32;
  const second = start + 1 < end ? text.charCodeAt(start + 1) | 32 : 0;
  let f = to;
  let s = 0;
  out[f++] = mix(s++, own);
  out[f++] = mix(s++, look);
  out[f++] = mix(s++, (kind << 2) | glued);
  out[f++] = mix(s++, (last << 16) | (beforeLast << 8) | kind);
  out[f++] = mix(s++, Math.imul((last << 16) ^ (beforeLast << 8) ^ third, 31) ^ kind);
  out[f++] = mix(s++, Math.imul((first << 16) ^ (second << 8), 37) ^ kind);
  out[f++] = mix(s++, hash(at - 1));
  out[f++] = mix(s++, hash(at + 1));
  out[f++] = mix(s++, hash(at - 2));
  out[f++] = mix(s++, hash(at + 2));
  out[f++] = mix(s++, shape(at - 1));
  out[f++] = mix(s++, shape(at + 1));
  out[f++] = mix(s++, Math.imul(shape(at - 1), 31) ^ look);
  out[f++] = mix(s++, Math.imul(look, 31) ^ shape(at + 1));
  out[f++] = mix(s++, Math.imul(hash(at - 1), 31) ^ look);
  out[f++] = mix(s++, Math.imul(look, 31) ^ hash(at + 1));
  out[f++] = mix(s++, Math.imul(hash(at - 2), 31) ^ Math.imul(hash(at - 1), 17) ^ kind);
  out[f++] = mix(s++, Math.imul(shape(at - 2), 31) ^ Math.imul(shape(at - 1), 17) ^ look);
  out[f++] = mix(s++, Math.imul(look, 31) ^ Math.imul(shape(at + 1), 17) ^ shape(at + 2));
  out[f++] = mix(s++, Math.imul(shape(at - 1), 31) ^ Math.imul(look, 17) ^ shape(at + 1));
  out[f++] = mix(s++, Math.imul(hash(at + 1), 31) ^ Math.imul(hash(at + 2), 17) ^ kind);
  out[f++] = mix(s++, hash(at - 3) ^ kind);
  out[f++] = mix(s++, shape(at + 3) ^ Math.imul(kind, 101));
  out[f++] = mix(s++, hash(at + 3) ^ kind);
  out[f++] = mix(s++, Math.imul(hash(at - 1), 31) ^ Math.imul(hash(at + 1), 17) ^ kind);
  out[f] = mix(s, Math.imul(hash(at - 2), 31) ^ look);
}

/** One that the tagger saw: half-open in tokens. */
export interface Seen {
  readonly label: 'PER' | 'LOC' | 'ADR' | 'ORG';
  readonly from: number;
  readonly to: number;
  /** 0..1 */
  readonly score: number;
}

const KINDS = ['PER', 'LOC', 'ADR', 'ORG'] as const;

/** Finds the likeliest labels of a stretch (Viterbi 1967). One at a time: its room is used again. */
export class Tagger {
  readonly #model: Model;
  readonly traits: Traits;
  readonly #scores: Int32Array;
  readonly #best: Int32Array;
  readonly #back: Uint8Array;
  readonly #labels: Uint8Array;
  readonly #features = new Int32Array(FEATURES);

  constructor(model: Model, most: number) {
    this.#model = model;
    this.traits = new Traits(most);
    this.#scores = new Int32Array(most * LABEL_COUNT);
    this.#best = new Int32Array(LABEL_COUNT * 2);
    this.#back = new Uint8Array(most * LABEL_COUNT);
    this.#labels = new Uint8Array(most);
  }

  /** Whether a stretch could have anything: a word with a capital, a name that the lexicon knows, a word before names. */
  worthIt(tokens: Tokens, from: number, to: number): boolean {
    for (let at = from; at < to; at++) {
      const kind = tokens.kinds[at] as number;
      if (kind === CAPITAL || kind === UPPER || kind === MIXED || kind === CASELESS) return true;
      if (((this.traits.bits[at] as number) & (WORD.given | WORD.surname | WORD.naming | WORD.street)) !== 0)
        return true;
    }
    return false;
  }

  /** Labels the tokens from `from` to `to`; those around them are seen, not labelled. */
  tag(text: string, tokens: Tokens, from: number, to: number): Seen[] {
    const length = to - from;
    if (length === 0) return [];
    const { weights, transitions } = this.#model;
    for (let step = 0; step < length; step++) {
      features(text, tokens, this.traits, from + step, this.#features, 0);
      sum(weights, this.#features, this.#scores, step * LABEL_COUNT);
    }
    decode(this.#scores, transitions, length, this.#best, this.#back, this.#labels);
    return this.#collect(from, length, tokens);
  }

  #collect(from: number, length: number, tokens: Tokens): Seen[] {
    const seen: Seen[] = [];
    for (let step = 0; step < length; ) {
      const label = this.#labels[step] as number;
      if (label === 0) {
        step++;
        continue;
      }
      const inner = label + (label % 2);
      let end = step + 1;
      while (end < length && this.#labels[end] === inner) end++;
      let last = end;
      while (last > step && tokens.kinds[from + last - 1] === LINE_END) last--;
      let lead = 0;
      for (let at = step; at < end; at++) {
        const row = at * LABEL_COUNT;
        lead += (this.#scores[row + (this.#labels[at] as number)] as number) - (this.#scores[row] as number);
      }
      const score = 1 / (1 + Math.exp(-(lead / (end - step)) * this.#model.scale));
      const kind = KINDS[(inner >> 1) - 1];
      if (kind !== undefined && last > step)
        seen.push({ label: kind, from: from + step, to: from + last, score });
      step = end;
    }
    return seen;
  }
}

/** The sums of what the features say for each of the nine labels, kept out of memory: this is where the time goes. */
function sum(weights: Int8Array, from: Int32Array, to: Int32Array, row: number): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let e = 0;
  let f = 0;
  let g = 0;
  let h = 0;
  let i = 0;
  for (let at = 0; at < FEATURES; at++) {
    const base = (from[at] as number) * LABEL_COUNT;
    a += weights[base] as number;
    b += weights[base + 1] as number;
    c += weights[base + 2] as number;
    d += weights[base + 3] as number;
    e += weights[base + 4] as number;
    f += weights[base + 5] as number;
    g += weights[base + 6] as number;
    h += weights[base + 7] as number;
    i += weights[base + 8] as number;
  }
  to[row] = a;
  to[row + 1] = b;
  to[row + 2] = c;
  to[row + 3] = d;
  to[row + 4] = e;
  to[row + 5] = f;
  to[row + 6] = g;
  to[row + 7] = h;
  to[row + 8] = i;
}

/** Labels by the best path. Room for `length` is the caller's. */
export function decode(
  scores: Int32Array | Float64Array,
  transitions: Int16Array | Float64Array,
  length: number,
  best: Int32Array | Float64Array,
  back: Uint8Array,
  labels: Uint8Array,
): void {
  for (let to = 0; to < LABEL_COUNT; to++) {
    best[to] = (transitions[LABEL_COUNT * LABEL_COUNT + to] as number) + (scores[to] as number);
  }
  let now = 0;
  for (let step = 1; step < length; step++) {
    const row = step * LABEL_COUNT;
    const next = LABEL_COUNT - now;
    for (let to = 0; to < LABEL_COUNT; to++) {
      // What goes on with an entity comes from its beginning or its middle; all else may come from anywhere.
      const inside = to > 0 && to % 2 === 0;
      let top = Number.NEGATIVE_INFINITY;
      let origin = 0;
      for (let from = inside ? to - 1 : 0; from < (inside ? to + 1 : LABEL_COUNT); from++) {
        const path = (best[now + from] as number) + (transitions[from * LABEL_COUNT + to] as number);
        if (path > top) {
          top = path;
          origin = from;
        }
      }
      best[next + to] = top + (scores[row + to] as number);
      back[row + to] = origin;
    }
    now = next;
  }
  let last = 0;
  for (let label = 1; label < LABEL_COUNT; label++) {
    if ((best[now + label] as number) > (best[now + last] as number)) last = label;
  }
  for (let step = length - 1; step >= 0; step--) {
    labels[step] = last;
    last = back[step * LABEL_COUNT + last] as number;
  }
}
