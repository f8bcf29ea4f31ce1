import type { Automaton, State } from './automaton.ts';
import { type Accept, STARTS, STEPS, type Step, UNBUILT } from './transitions.ts';

/** A place at which a pattern may have ended, in UTF-16 code units from the start of the text. */
export interface End {
  readonly pattern: number;
  readonly end: number;
}

const NONE: readonly End[] = [];

/**
 * Reads one text from its start with patterns that begin with `^`, and tells of every place at which one may have ended as
 * soon as it is there, not only of the last.
 */
export class Ends {
  readonly #automaton: Automaton;
  #state: State;
  #position = 0;

  constructor(automaton: Automaton) {
    this.#automaton = automaton;
    this.#state = automaton.start();
  }

  /** Whether more may come. */
  get alive(): boolean {
    return this.#position === 0 || this.#state.groups.length > 0;
  }

  push(text: string): readonly End[] {
    const automaton = this.#automaton;
    const { classOf } = automaton.alphabet;
    let ends = NONE;
    let { row } = automaton.current(this.#state);
    for (let index = 0; index < text.length && this.#isAlive(row, index); index++) {
      const unit = classOf[text.charCodeAt(index)] as number;
      if (automaton.table[row + unit] === UNBUILT) row = automaton.build(row, unit);
      const entry = automaton.table[row + unit] as number;
      if (entry < STARTS) row = entry;
      else if (entry < STEPS) row = entry - STARTS;
      else {
        const step = automaton.steps[entry - STEPS] as Step;
        ends = withEnds(ends, step, this.#position + index);
        row = step.row;
      }
    }
    this.#position += text.length;
    this.#state = automaton.stateAt(row);
    return ends;
  }

  /** No more text comes. */
  end(): readonly End[] {
    const automaton = this.#automaton;
    let { row } = automaton.current(this.#state);
    if (automaton.table[row + automaton.edge] === UNBUILT) row = automaton.build(row, automaton.edge);
    const entry = automaton.table[row + automaton.edge] as number;
    this.#state = automaton.stateAt(row);
    return entry < STEPS ? NONE : withEnds(NONE, automaton.steps[entry - STEPS] as Step, this.#position);
  }

  #isAlive(row: number, index: number): boolean {
    return this.#position + index === 0 || (this.#automaton.table[row + this.#automaton.last] as number) >= 0;
  }
}

function withEnds(ends: readonly End[], { before, after }: Step, position: number): readonly End[] {
  if (before.length === 0 && after.length === 0) return ends;
  const at =
    (end: number) =>
    ({ pattern }: Accept): End => ({ pattern, end });
  return [...ends, ...before.map(at(position)), ...after.map(at(position + 1))];
}
