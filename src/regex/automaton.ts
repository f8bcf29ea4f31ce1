import { type Alphabet, alphabetOf, holds, KIND, type Kind, kindsBefore, looksAhead } from './alphabet.ts';
import type { Instruction, Program } from './program.ts';
import { Quiet } from './quiet.ts';
import { type Accept, NEW, STARTS, STEPS, type Step, UNBUILT } from './transitions.ts';

/**
 * A state of the deterministic automaton. Its threads are grouped by where in the text they began, oldest first; the
 * offsets themselves are with the scanner, one per group.
 */
export interface State {
  /** Where its transitions begin in the table, while the table is of this generation. */
  readonly row: number;
  readonly generation: number;
  readonly groups: readonly (readonly number[])[];
  /** The first group with a thread of a pattern that is no lead; -1 where there is none. */
  readonly held: number;
  /** The character before, as far as assertions can tell. */
  readonly before: Kind;
}

/** Numbers kept in transitions and states, about 8 bytes each, before all are forgotten and built anew. */
const MAX_NUMBERS = 1 << 20;

interface Threads {
  readonly group: number;
  readonly at: readonly number[];
}

/**
 * The program as a deterministic automaton, built as texts need it (Thompson 1968; the ordered groups and the offsets
 * they carry are a small case of Laurikari's tagged automata, 2000). Reading a character is one look into a table;
 * building a transition costs at most the program's length, and it is built at most once per character read, so a
 * text takes time linear in its length whatever pattern and text are. Shared by all scanners of a set.
 */
export class Automaton {
  readonly alphabet: Alphabet;
  /** Class of the text's end. */
  readonly edge: number;
  /** Offset in a row of the number of its last group. */
  readonly last: number;
  readonly quiet: Quiet;
  table = new Int32Array(0);
  steps: Step[] = [];
  /** Instructions visited so far; for proofs that the work is linear. */
  work = 0;

  readonly #program: Program;
  readonly #stride: number;
  readonly #fold: (kind: Kind) => Kind;
  readonly #limit: number;
  #generation = 0;
  #numbers = 0;
  #states = new Map<string, State>();
  #byRow: State[] = [];
  #seeds = new Map<number, readonly number[]>();
  /** Per class, the row of {@link idleAfter}; -1 where it is not known in this generation. */
  readonly #idle: Int32Array;
  readonly #seen: Float64Array;
  #pass = 0;
  /** Per pattern: the pass in which it was accepted, and by which group. */
  readonly #accepted: { pass: number; group: number }[];

  constructor(program: Program, limit = MAX_NUMBERS) {
    this.#program = program;
    this.alphabet = alphabetOf(program.unitSets);
    this.edge = this.alphabet.size;
    this.last = this.alphabet.size + 1;
    this.#stride = this.alphabet.size + 2;
    this.#limit = Math.max(limit, 4 * this.#stride);
    this.#idle = new Int32Array(this.alphabet.size).fill(-1);
    this.quiet = new Quiet(this);
    this.#fold = kindsBefore(program.assertions);
    this.#seen = new Float64Array(program.instructions.length);
    this.#accepted = program.entries.map(() => ({ pass: 0, group: 0 }));
  }

  /** Whether a pattern is a lead. */
  isLead(pattern: number): boolean {
    return this.#program.leads[pattern] === true;
  }

  start(): State {
    return this.#state([], KIND.edge);
  }

  /** The states in which nothing is alive, one for each kind of character before that assertions tell apart. */
  idleRows(): readonly (() => number)[] {
    const kinds = new Set(Object.values(KIND).map(this.#fold));
    return [...kinds].map((kind) => () => this.#state([], kind).row);
  }

  /** The state in which nothing is alive after a character of this class. */
  idleAfter(unit: number): number {
    const known = this.#idle[unit] as number;
    if (known >= 0) return known;
    const { row } = this.#state([], this.alphabet.kinds[unit] as Kind);
    this.#idle[unit] = row;
    return row;
  }

  /** The state as the table of now has it. */
  current(state: State): State {
    return state.generation === this.#generation ? state : this.#state(state.groups, state.before);
  }

  stateAt(row: number): State {
    return this.#byRow[row / this.#stride] as State;
  }

  /** Builds the transition of a row for a class. The row may have another number afterwards: the one returned. */
  build(row: number, unit: number): number {
    let state = this.stateAt(row);
    if (this.#numbers > this.#limit) {
      this.#forget();
      state = this.current(state);
    }
    const entry = this.#transition(state, unit);
    this.table[state.row + unit] = entry;
    return state.row;
  }

  #forget(): void {
    this.#generation++;
    this.#numbers = 0;
    this.#states.clear();
    this.#seeds.clear();
    this.#byRow = [];
    this.#idle.fill(-1);
    this.steps = [];
    this.table = new Int32Array(0);
  }

  #state(groups: readonly (readonly number[])[], before: Kind): State {
    const kind = this.#fold(before);
    const key = `${kind}:${groups.join(';')}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const row = this.#byRow.length * this.#stride;
    const held = groups.findIndex((threads) => threads.some((thread) => !this.isLead(this.#owner(thread))));
    const state: State = { row, generation: this.#generation, groups, held, before: kind };
    this.#states.set(key, state);
    this.#byRow.push(state);
    this.#numbers += this.#stride + key.length;
    if (this.table.length < row + this.#stride) {
      const larger = new Int32Array(Math.max(row + this.#stride, this.table.length * 2));
      larger.set(this.table);
      this.table = larger;
    }
    this.table.fill(UNBUILT, row, row + this.edge + 1);
    this.table[row + this.last] = groups.length - 1;
    return state;
  }

  #transition(state: State, unit: number): number {
    const ending = unit === this.edge;
    const kind = ending ? KIND.edge : (this.alphabet.kinds[unit] as Kind);
    const before: Accept[] = [];
    const after: Accept[] = [];
    const alive = this.#resolve(state, kind, before);
    const next = ending ? [] : this.#take(state, alive, unit, kind, after);
    const groups = next.map(({ at }) => at);
    const from = next.map(({ group }) => group);
    const { row } = this.#state(groups, kind);
    if (before.length === 0 && after.length === 0) {
      if (from.every((group, index) => group === index)) return row;
      if (from.every((group, index) => group === (index === from.length - 1 ? NEW : index)))
        return row + STARTS;
    }
    this.#numbers += from.length + 4 * (before.length + after.length + 1);
    return STEPS + this.steps.push({ row, from, before, after }) - 1;
  }

  /** Decides the assertions that waited for the next character. */
  #resolve(state: State, kind: Kind, accepts: Accept[]): Threads[] {
    this.#pass++;
    return state.groups.map((threads, group) => {
      const at: number[] = [];
      for (const thread of threads) this.#follow(thread, group, state.before, kind, at, accepts);
      return { group, at };
    });
  }

  /** Lets every thread, and those that begin here, take one code unit. */
  #take(state: State, alive: readonly Threads[], unit: number, kind: Kind, accepts: Accept[]): Threads[] {
    const born = { group: NEW, at: this.#seed(state.before, unit, kind) };
    this.#pass++;
    const next: Threads[] = [];
    for (const { group, at } of [...alive, born]) {
      const out: number[] = [];
      for (const thread of at) {
        this.work++;
        const instruction = this.#program.instructions[thread] as Instruction;
        if (instruction.op !== 'take' || !this.#contains(instruction.set, unit)) continue;
        this.#follow(instruction.next, group, kind, undefined, out, accepts);
      }
      if (out.length > 0) next.push({ group, at: out.sort((a, b) => a - b) });
    }
    return next;
  }

  /** Instructions with which a match may begin at this place and take this unit. */
  #seed(before: Kind, unit: number, kind: Kind): readonly number[] {
    const key = before * this.#stride + unit;
    const known = this.#seeds.get(key);
    if (known !== undefined) return known;
    const at: number[] = [];
    this.#pass++;
    for (const entry of this.#program.entries) this.#follow(entry, NEW, before, kind, at, []);
    const seed = at.filter((thread) => {
      const instruction = this.#program.instructions[thread] as Instruction;
      return instruction.op === 'take' && this.#contains(instruction.set, unit);
    });
    this.#numbers += seed.length;
    this.#seeds.set(key, seed);
    return seed;
  }

  #owner(thread: number): number {
    return this.#program.owners[thread] as number;
  }

  #contains(set: number, unit: number): boolean {
    return this.alphabet.contains[set * this.alphabet.size + unit] === 1;
  }

  /**
   * Follows what takes no character. Oldest groups come first, so the first to reach an instruction is the one whose
   * match would count: where two threads of a pattern meet only the older goes on, and once an older one has matched,
   * the younger ones lie within its match and are dropped.
   */
  #follow(
    entry: number,
    group: number,
    before: Kind,
    after: Kind | undefined,
    at: number[],
    accepts: Accept[],
  ): void {
    const pattern = this.#owner(entry);
    const accepted = this.#accepted[pattern] as { pass: number; group: number };
    if (accepted.pass === this.#pass && accepted.group !== group) return;
    const stack = [entry];
    for (let here = stack.pop(); here !== undefined; here = stack.pop()) {
      if (this.#seen[here] === this.#pass) continue;
      this.#seen[here] = this.#pass;
      this.work++;
      const instruction = this.#program.instructions[here] as Instruction;
      if (instruction.op === 'take') {
        at.push(here);
      } else if (instruction.op === 'split') {
        stack.push(instruction.other, instruction.next);
      } else if (instruction.op === 'accept') {
        accepted.pass = this.#pass;
        accepted.group = group;
        accepts.push({ pattern, group });
      } else if (after === undefined && looksAhead(instruction.assertion)) {
        at.push(here);
      } else if (holds(instruction.assertion, before, after ?? KIND.other)) {
        stack.push(instruction.next);
      }
    }
  }
}
