import { bySpan } from '../base/spans.ts';
import type { GuardAction } from '../exchange/verdict.ts';
import type { PatternSet } from '../regex/pattern-set.ts';
import type { Match, Progress, Scanner } from '../regex/scanner.ts';
import type { Found, Reader, Reading } from './guard.ts';

/** What a match means. `within`: the part of it that is the finding, where it is not all of it. */
export type Meaning = Omit<Found, 'start' | 'end'> & { readonly within?: readonly [number, number] };

/** Says what a match means; undefined where it is none after all. */
export type Judge = (matched: string, pattern: number) => Meaning | undefined;

const NOTHING: readonly Found[] = [];

/** Reads a text with a set of patterns. Exact: text is held back from the earliest start of a match still alive. */
export class MatchReader implements Reader {
  readonly #scanner: Scanner;
  readonly #judge: Judge;
  /** The text from {@link #clear} on. */
  #held = '';
  #clear = 0;

  constructor(set: PatternSet, judge: Judge) {
    this.#scanner = set.scanner();
    this.#judge = judge;
  }

  push(text: string): Reading {
    this.#held = this.#held === '' ? text : this.#held + text;
    return this.#read(this.#scanner.push(text));
  }

  end(): Reading {
    return this.#read(this.#scanner.end());
  }

  #read({ clear, matches }: Progress): Reading {
    const found = matches.length === 0 ? NOTHING : withoutCovered(this.#found(matches));
    this.#held = this.#held.slice(clear - this.#clear);
    this.#clear = clear;
    return { clear, found };
  }

  #found(matches: readonly Match[]): Found[] {
    const found: Found[] = [];
    for (const { pattern, start, end } of matches) {
      const meaning = this.#judge(this.#held.slice(start - this.#clear, end - this.#clear), pattern);
      if (meaning === undefined) continue;
      const { within: [from, to] = [0, end - start], ...what } = meaning;
      found.push({ ...what, start: start + from, end: start + to });
    }
    return found.sort(bySpan);
  }
}

/** Drops what lies within an earlier finding with the same action; `found` is by start, the longest first. */
function withoutCovered(found: readonly Found[]): Found[] {
  const ends = new Map<GuardAction | undefined, number>();
  return found.filter(({ action, end }) => {
    if (end <= (ends.get(action) ?? 0)) return false;
    ends.set(action, end);
    return true;
  });
}
