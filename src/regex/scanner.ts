import { bySpan, type Span, settle } from '../base/spans.ts';
import type { Automaton, State } from './automaton.ts';
import { type Accept, NEW, STARTS, STEPS, type Step, UNBUILT } from './transitions.ts';

/** A match in UTF-16 code units from the start of the text, and the number of its pattern in the set. */
export interface Match extends Span {
  readonly pattern: number;
  /** From where on it was held back: its start; of a lead, where it could first have ended. */
  readonly held: number;
}

/** What is known after the text so far. */
export interface Progress {
  /**
   * Everything before this offset is decided: the earliest start of a match that is still alive, or of one that
   * overlaps with it. Never goes back.
   */
  readonly clear: number;
  /**
   * Everything before this offset is neither of a match to come nor behind a lead to come: `clear`, or more where leads are
   * alive. Never goes back.
   */
  readonly free: number;
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
  /** From where on {@link #decided} is held back. */
  #kept = Number.POSITIVE_INFINITY;

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
    let held = this.#automaton.isLead(pattern) ? end : start;
    for (let last = candidates.at(-1); last !== undefined && last.start >= start; last = candidates.at(-1)) {
      if (last.start === start) held = last.held;
      candidates.pop();
    }
    candidates.push({ pattern, start, end, held });
  }

  #progress(): Progress {
    const { groups, held } = this.#state;
    const limit = groups.length > 0 ? (this.#starts[0] as number) : this.#position;
    const free = held < 0 ? this.#position : (this.#starts[held] as number);
    // Most texts hold nothing: for those, nothing is made.
    if (this.#candidates === undefined) return { clear: limit, free, matches: NONE };
    this.#decided ??= [];
    if (this.#candidates.size === 0 && this.#decided.length === 0)
      return { clear: limit, free, matches: NONE };
    const matches = limit === this.#limit ? NONE : this.#settle(limit, this.#candidates, this.#decided);
    return { clear: this.#clear, free: this.#least(free, this.#candidates), matches };
  }

  #settle(limit: number, byPattern: Map<number, Match[]>, decided: Match[]): readonly Match[] {
    this.#limit = limit;
    for (const [pattern, candidates] of byPattern) {
      const open = candidates.findIndex(({ start }) => start >= limit);
      const past = candidates.splice(0, open < 0 ? candidates.length : open);
      // One by one: arguments go on the stack, and a text may have more matches than that has room.
      for (const one of past) decided.push(one);
      if (candidates.length === 0) byPattern.delete(pattern);
    }
    decided.sort((a, b) => bySpan(a, b) || a.pattern - b.pattern);
    const { clear, settled } = settle(decided, limit);
    this.#clear = clear;
    this.#kept = decided.reduce((least, { held }) => Math.min(least, held), Number.POSITIVE_INFINITY);
    return settled;
  }

  /** Of a pattern's candidates the first is the one held back the longest: it began first, and first could have ended. */
  #least(free: number, byPattern: ReadonlyMap<number, readonly Match[]>): number {
    let least = Math.min(free, this.#kept);
    for (const [first] of byPattern.values()) {
      if (first !== undefined && first.held < least) least = first.held;
    }
    return least;
  }
}
