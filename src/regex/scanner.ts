import { bySpan, type Span, settle } from '../base/spans.ts';
import type { Automaton, State } from './automaton.ts';
import { type Accept, NEW, STARTS, STEPS, type Step, UNBUILT } from './transitions.ts';

/** A match in UTF-16 code units from the start of the text, and the number of its pattern in the set. */
export interface Match extends Span {
  readonly pattern: number;
}

/** What is known after the text so far. */
export interface Progress {
  /**
   * Everything before this offset is decided: the earliest start of a match that is still alive, or of one that
   * overlaps with it. Never goes back.
   */
  readonly clear: number;
  /** New matches, final, by start and, where they start together, by length; each ends at or before `clear`. */
  readonly matches: readonly Match[];
}

const NONE: readonly Match[] = [];

/** Reads one text in pieces, cut anywhere, even within a surrogate pair. */
export class Scanner {
  readonly #automaton: Automaton;
  #state: State;
  /** Where the matches of each group of the state began. */
  readonly #starts: number[] = [];
  #position = 0;
  /** Matches, by pattern, that an older one still alive may yet overrule or that may grow. */
  #candidates: Map<number, Match[]> | undefined;
  /** Matches that are final but overlap with one that is not. */
  #decided: Match[] | undefined;
  #limit = 0;
  #clear = 0;

  constructor(automaton: Automaton) {
    this.#automaton = automaton;
    this.#state = automaton.start();
  }

  push(text: string): Progress {
    const automaton = this.#automaton;
    const starts = this.#starts;
    const base = this.#position;
    const { classOf } = automaton.alphabet;
    const { last, quiet } = automaton;
    let { row } = automaton.current(this.#state);
    let { table } = automaton;
    for (let index = 0; index < text.length; index++) {
      const unit = classOf[text.charCodeAt(index)] as number;
      let entry = table[row + unit] as number;
      if (entry === UNBUILT) {
        row = automaton.build(row, unit);
        table = automaton.table;
        entry = table[row + unit] as number;
      }
      if (entry < STARTS) {
        row = entry;
        // Nothing is alive: on to where something may begin.
        if ((table[row + last] as number) < 0) {
          index = quiet.skip(text, index + 1) - 1;
          row = automaton.idleAfter(classOf[text.charCodeAt(index)] as number);
          table = automaton.table;
        }
      } else if (entry < STEPS) {
        row = entry - STARTS;
        starts[table[row + last] as number] = base + index;
      } else {
        const step = automaton.steps[entry - STEPS] as Step;
        this.#step(step, base + index);
        row = step.row;
      }
    }
    this.#position = base + text.length;
    this.#state = automaton.stateAt(row);
    return this.#progress();
  }

  /** No more text comes. */
  end(): Progress {
    const automaton = this.#automaton;
    let { row } = automaton.current(this.#state);
    if (automaton.table[row + automaton.edge] === UNBUILT) row = automaton.build(row, automaton.edge);
    const entry = automaton.table[row + automaton.edge] as number;
    if (entry >= STEPS) this.#step(automaton.steps[entry - STEPS] as Step, this.#position);
    this.#state = automaton.start();
    return this.#progress();
  }

  #step({ from, before, after }: Step, position: number): void {
    for (const accept of before) this.#accept(accept, position, position);
    for (const accept of after) this.#accept(accept, position, position + 1);
    // Groups keep their order, so no offset is overwritten before it is read.
    for (let group = 0; group < from.length; group++) {
      const source = from[group] as number;
      this.#starts[group] = source === NEW ? position : (this.#starts[source] as number);
    }
  }

  /** A new candidate takes the place of those of its pattern that began no earlier: they lie within it. */
  #accept({ pattern, group }: Accept, position: number, end: number): void {
    const start = group === NEW ? position : (this.#starts[group] as number);
    this.#candidates ??= new Map();
    const candidates = this.#candidates.get(pattern) ?? [];
    this.#candidates.set(pattern, candidates);
    while ((candidates.at(-1)?.start ?? -1) >= start) candidates.pop();
    candidates.push({ pattern, start, end });
  }

  #progress(): Progress {
    const limit = this.#state.groups.length > 0 ? (this.#starts[0] as number) : this.#position;
    // Most texts hold nothing: for those, nothing is made.
    if (this.#candidates === undefined) return { clear: limit, matches: NONE };
    this.#decided ??= [];
    if (this.#candidates.size === 0 && this.#decided.length === 0) return { clear: limit, matches: NONE };
    if (limit === this.#limit) return { clear: this.#clear, matches: NONE };
    this.#limit = limit;
    for (const [pattern, candidates] of this.#candidates) {
      const open = candidates.findIndex(({ start }) => start >= limit);
      const past = candidates.splice(0, open < 0 ? candidates.length : open);
      // One by one: arguments go on the stack, and a text may have more matches than that has room.
      for (const one of past) this.#decided.push(one);
      if (candidates.length === 0) this.#candidates.delete(pattern);
    }
    this.#decided.sort((a, b) => bySpan(a, b) || a.pattern - b.pattern);
    const { clear, settled } = settle(this.#decided, limit);
    this.#clear = clear;
    return { clear, matches: settled };
  }
}
