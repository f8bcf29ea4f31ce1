import { STARTS, STEPS, type Step, type Transitions, UNBUILT } from './transitions.ts';

const QUIET = 1;
const LOUD = 2;

/** Bits of a class in the table, which has a byte per triple: 2 MiB at the most. Larger alphabets do without. */
const MAX_BITS = 7;

/**
 * Triples of characters of which the first begins no match that outlives the third, whatever came before. While no
 * match is alive, a text can be stepped through by them without the automaton: most of any text is quiet, and each
 * look is independent of the one before, so that the processor takes several at once.
 */
export class Quiet {
  readonly #automaton: Transitions;
  readonly #bits: number;
  readonly #known: Uint8Array;

  constructor(automaton: Transitions) {
    this.#automaton = automaton;
    this.#bits = Math.ceil(Math.log2(automaton.alphabet.size + 1));
    this.#known = new Uint8Array(this.#bits <= MAX_BITS ? 1 << (3 * this.#bits) : 0);
  }

  /**
   * The first place from `index` on at which a match may begin that outlives the two characters after it. What begins
   * before that place is gone by then, or will be without having matched.
   */
  skip(text: string, index: number): number {
    const end = text.length - 2;
    if (index >= end || this.#known.length === 0) return index;
    for (let at = index; ; at++) {
      at = run(text, at, end, this.#automaton.alphabet.classOf, this.#known, this.#bits);
      if (at === end || !this.#learn(text, at)) return at;
    }
  }

  /** Whether the triple at a place is quiet, found out where it is not known. */
  #learn(text: string, at: number): boolean {
    const { classOf } = this.#automaton.alphabet;
    const units = [at, at + 1, at + 2].map((place) => classOf[text.charCodeAt(place)] as number);
    const triple = units.reduce((number, unit) => (number << this.#bits) | unit, 0);
    if (this.#known[triple] === LOUD) return false;
    const quiet = this.#automaton.idleRows().every((row) => this.#dies(row(), units));
    this.#known[triple] = quiet ? QUIET : LOUD;
    return quiet;
  }

  /** From a state in which nothing is alive: nothing matches, and what begins with the first is gone after the last. */
  #dies(idle: number, units: readonly number[]): boolean {
    let row = idle;
    for (const [index, unit] of units.entries()) {
      const next = this.#go(row, unit);
      if (next === undefined) return false;
      if (index > 0 && !next.keeps) return true;
      row = next.row;
    }
    return false;
  }

  /** One transition; undefined where a match ends in it. `keeps`: the oldest group lives on. */
  #go(row: number, unit: number): { readonly row: number; readonly keeps: boolean } | undefined {
    const automaton = this.#automaton;
    const from = automaton.table[row + unit] === UNBUILT ? automaton.build(row, unit) : row;
    const entry = automaton.table[from + unit] as number;
    const groups = (target: number) => (automaton.table[target + automaton.last] as number) + 1;
    if (entry < STARTS) return { row: entry, keeps: groups(entry) > 0 };
    if (entry < STEPS) return { row: entry - STARTS, keeps: groups(entry - STARTS) > 1 };
    const step = automaton.steps[entry - STEPS] as Step;
    if (step.before.length > 0 || step.after.length > 0) return undefined;
    return { row: step.row, keeps: step.from[0] === 0 };
  }
}

/** The loop of {@link Quiet.skip}, which calls nothing: the first place whose triple is not known to be quiet. */
function run(
  text: string,
  index: number,
  end: number,
  classOf: Uint16Array,
  known: Uint8Array,
  bits: number,
): number {
  const mask = (1 << (2 * bits)) - 1;
  let pair =
    ((classOf[text.charCodeAt(index)] as number) << bits) | (classOf[text.charCodeAt(index + 1)] as number);
  for (let at = index; at < end; at++) {
    const triple = (pair << bits) | (classOf[text.charCodeAt(at + 2)] as number);
    if (known[triple] !== QUIET) return at;
    pair = triple & mask;
  }
  return end;
}
