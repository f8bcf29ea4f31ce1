import type { PatternSet } from '../../regex/pattern-set.ts';
import type { Scanner } from '../../regex/scanner.ts';
import type { Found, Reader, Reading } from '../guard.ts';

type What = Omit<Found, 'start' | 'end'>;

const NOTHING: readonly Found[] = [];

/**
 * A text that must match a pattern from its first character to its last. It leaves as long as it may still become a match;
 * the character that makes that impossible is found. One character waits, for an end that comes too early.
 */
export class MatchingReader implements Reader {
  readonly #scanner: Scanner;
  readonly #what: What;
  #length = 0;
  #failed = false;

  /** @param set one pattern, anchored at both ends */
  constructor(set: PatternSet, what: What) {
    this.#scanner = set.scanner();
    this.#what = what;
  }

  push(text: string): Reading {
    for (let i = 0; i < text.length && !this.#failed; i++) {
      const { clear } = this.#scanner.push(text[i] as string);
      const at = this.#length + i;
      if (clear === 0) continue;
      this.#failed = true;
      this.#length += text.length;
      return { clear: this.#length, found: [{ ...this.#what, start: at, end: at + 1 }] };
    }
    this.#length += text.length;
    return { clear: this.#failed ? this.#length : Math.max(0, this.#length - 1), found: NOTHING };
  }

  end(): Reading {
    const clear = this.#length;
    if (this.#failed || clear === 0) return { clear, found: NOTHING };
    const matched = this.#scanner.end().matches.some(({ start, end }) => start === 0 && end === clear);
    return { clear, found: matched ? NOTHING : [{ ...this.#what, start: clear - 1, end: clear }] };
  }
}

/** A text of at most so many UTF-16 units: the first one beyond is found, and all that comes after. */
export class ShortReader implements Reader {
  readonly #most: number;
  readonly #what: What;
  #length = 0;

  constructor(most: number, what: What) {
    this.#most = most;
    this.#what = what;
  }

  push(text: string): Reading {
    const before = this.#length;
    this.#length += text.length;
    const passes = before <= this.#most && this.#length > this.#most;
    const found = passes ? [{ ...this.#what, start: this.#most, end: this.#most + 1 }] : NOTHING;
    return { clear: this.#length, found };
  }

  end(): Reading {
    return { clear: this.#length, found: NOTHING };
  }
}
