import { type CharSet, clip, keyOf, setOf, union } from './char-set.ts';
import { type Assertion, maxLength, type Node } from './syntax.ts';

/** One instruction of the nondeterministic automaton (Thompson 1968); all of a set's patterns share one program. */
export type Instruction =
  /** Takes one UTF-16 code unit of the unit set with this number. */
  | { readonly op: 'take'; readonly set: number; readonly next: number }
  | { readonly op: 'split'; readonly next: number; readonly other: number }
  | { readonly op: 'assert'; readonly assertion: Assertion; readonly next: number }
  | { readonly op: 'accept' };

export interface Program {
  readonly instructions: readonly Instruction[];
  /** Which pattern an instruction belongs to. */
  readonly owners: readonly number[];
  /** Where each pattern begins. */
  readonly entries: readonly number[];
  /** By pattern: what is looked for stands behind its match. */
  readonly leads: readonly boolean[];
  /** The sets of code units that instructions take. */
  readonly unitSets: readonly CharSet[];
  readonly assertions: ReadonlySet<Assertion>;
}

/** Instructions that all patterns of a set may come to once counted repeats are written out. */
export const MAX_INSTRUCTIONS = 200_000;

export class ProgramTooLarge extends Error {
  override readonly name = 'ProgramTooLarge';
}

const HIGH: readonly [number, number] = [0xd800, 0xdbff];
const LOW: readonly [number, number] = [0xdc00, 0xdfff];

/**
 * Lays out a program for the patterns, in their order. Works from the end of a pattern to its start, so that every
 * instruction knows where it goes. Throws {@link ProgramTooLarge}.
 */
export class ProgramBuilder {
  readonly #instructions: Instruction[] = [];
  readonly #owners: number[] = [];
  readonly #entries: number[] = [];
  readonly #leads: boolean[] = [];
  readonly #unitSets: CharSet[] = [];
  readonly #setNumbers = new Map<string, number>();
  readonly #assertions = new Set<Assertion>();

  add(pattern: Node, isLead = false): void {
    this.#entries.push(this.#lay(pattern, this.#emit({ op: 'accept' })));
    this.#leads.push(isLead);
  }

  finish(): Program {
    return {
      instructions: this.#instructions,
      owners: this.#owners,
      entries: this.#entries,
      leads: this.#leads,
      unitSets: this.#unitSets,
      assertions: this.#assertions,
    };
  }

  #emit(instruction: Instruction): number {
    if (this.#instructions.length >= MAX_INSTRUCTIONS) throw new ProgramTooLarge();
    this.#owners.push(this.#entries.length);
    return this.#instructions.push(instruction) - 1;
  }

  #lay(node: Node, next: number): number {
    switch (node.kind) {
      case 'set':
        return this.#layPoints(node.set, next);
      case 'assert':
        return this.#assert(node.assertion, next);
      case 'sequence':
        return node.items.reduceRight((after, item) => this.#lay(item, after), next);
      case 'choice':
        return this.#choose(node.items.map((item) => this.#lay(item, next)));
      case 'repeat':
        return this.#repeat(node.item, node.min, node.max, next);
    }
  }

  #repeat(item: Node, min: number, max: number, next: number): number {
    // What takes no character is the same once as many times.
    if (maxLength(item) === 0) return min === 0 ? next : this.#lay(item, next);
    let entry = max === Number.POSITIVE_INFINITY ? this.#loop(item, next) : next;
    if (max !== Number.POSITIVE_INFINITY) {
      for (let count = min; count < max; count++) {
        entry = this.#emit({ op: 'split', next: this.#lay(item, entry), other: next });
      }
    }
    for (let count = 0; count < min; count++) entry = this.#lay(item, entry);
    return entry;
  }

  #loop(item: Node, next: number): number {
    const head = this.#emit({ op: 'split', next, other: next });
    this.#instructions[head] = { op: 'split', next: this.#lay(item, head), other: next };
    return head;
  }

  #choose(entries: readonly number[]): number {
    return entries.reduceRight((other, next) => this.#emit({ op: 'split', next, other }));
  }

  #assert(assertion: Assertion, next: number): number {
    this.#assertions.add(assertion);
    return this.#emit({ op: 'assert', assertion, next });
  }

  #take(units: CharSet, next: number): number {
    const key = keyOf(units);
    let set = this.#setNumbers.get(key);
    if (set === undefined) {
      set = this.#unitSets.push(units) - 1;
      this.#setNumbers.set(key, set);
    }
    return this.#emit({ op: 'take', set, next });
  }

  /** A set of code points as UTF-16: single units, surrogate pairs, and halves that are no part of a pair. */
  #layPoints(points: CharSet, next: number): number {
    const entries: number[] = [];
    const basic = [...clip(points, 0, HIGH[0] - 1), ...clip(points, LOW[1] + 1, 0xffff)];
    const high = clip(points, ...HIGH);
    const low = clip(points, ...LOW);
    if (basic.length > 0) entries.push(this.#take(basic, next));
    for (const [lows, highs] of pairs(clip(points, 0x10000, 0x10ffff))) {
      entries.push(this.#take(highs, this.#take(lows, next)));
    }
    if (high.length > 0) entries.push(this.#take(high, this.#assert('not-before-low', next)));
    if (low.length > 0) entries.push(this.#assert('not-after-high', this.#take(low, next)));
    return entries.length > 0 ? this.#choose(entries) : this.#take([], next);
  }
}

/** Code points above U+FFFF as low surrogates and the high ones that go with exactly these. */
function pairs(points: CharSet): readonly (readonly [lows: CharSet, highs: CharSet])[] {
  const lowsOf = new Map<number, [number, number][]>();
  const whole: [number, number][] = [];
  const add = (high: number, from: number, to: number): void => {
    lowsOf.set(high, [...(lowsOf.get(high) ?? []), [from, to]]);
  };
  for (const [from, to] of points) {
    const [firstHigh, firstLow] = halves(from);
    const [lastHigh, lastLow] = halves(to);
    if (firstHigh === lastHigh) {
      add(firstHigh, firstLow, lastLow);
      continue;
    }
    add(firstHigh, firstLow, LOW[1]);
    if (lastHigh > firstHigh + 1) whole.push([firstHigh + 1, lastHigh - 1]);
    add(lastHigh, LOW[0], lastLow);
  }
  const byLows = new Map<string, [CharSet, [number, number][]]>();
  const group = (lows: CharSet, highs: readonly [number, number]): void => {
    const key = keyOf(lows);
    const known = byLows.get(key);
    if (known === undefined) byLows.set(key, [lows, [[...highs]]]);
    else known[1].push([...highs]);
  };
  for (const highs of whole) group(setOf(LOW), highs);
  for (const [high, lows] of lowsOf) group(union(lows), [high, high]);
  return [...byLows.values()].map(([lows, highs]) => [lows, union(highs)]);
}

const halves = (point: number): readonly [number, number] => [
  0xd800 + ((point - 0x10000) >> 10),
  0xdc00 + ((point - 0x10000) & 0x3ff),
];
