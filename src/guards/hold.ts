import { bySpan, settle } from '../base/spans.ts';
import type { Found, Horizon, Reader, Reading } from './guard.ts';

/** Looks at a text, or a stretch of one, all at once. Spans count from the start of what it is given. */
export type Check = (text: string) => readonly Found[] | Promise<readonly Found[]>;

/** UTF-16 code units that a windowed guard holds back where its settings say nothing else. */
export const DEFAULT_WINDOW = 512;

const NOTHING: readonly Found[] = [];

/** A reader that keeps the text to its end and looks at it once. */
export function whole(check: Check): Reader {
  let text = '';
  return {
    push(piece) {
      text += piece;
      return { clear: 0, found: NOTHING };
    },
    end() {
      return andThen(check(text), (found) => ({ clear: text.length, found: [...found].sort(bySpan) }));
    },
  };
}

/**
 * A reader for a check that cannot tell what is still alive: text stays until it is older than the window. Anything
 * up to `chars` long is found wherever the text is cut, provided that the check judges a stretch by itself and the half
 * window before it. The check runs once per half window of text, at offsets that do not depend on how the text
 * arrives, so that neither the result nor the cost can be changed by cutting it into small pieces. At most one and a
 * half windows are held back. A finding that grows beyond two windows is cut there.
 */
export function windowed(check: Check, chars: number = DEFAULT_WINDOW): Reader {
  return new Window(check, chars);
}

class Window implements Reader {
  readonly #check: Check;
  readonly #chars: number;
  readonly #step: number;
  /** The text from {@link #base} on: context, what is held back, and what is not looked at yet. */
  #text = '';
  #base = 0;
  #clear = 0;
  #looked = 0;
  /** Where a finding was last cut: what it goes on with from there counts too. */
  #torn = -1;

  constructor(check: Check, chars: number) {
    this.#check = check;
    this.#chars = chars;
    this.#step = Math.ceil(chars / 2);
  }

  push(piece: string): Reading | Promise<Reading> {
    this.#text += piece;
    return this.#advance(NOTHING);
  }

  end(): Reading | Promise<Reading> {
    const end = this.#base + this.#text.length;
    return andThen(this.#check(this.#text), (found) => this.#release(found, end, end));
  }

  #advance(before: readonly Found[]): Reading | Promise<Reading> {
    let all = before;
    for (;;) {
      const next = this.#looked + this.#step;
      if (next > this.#base + this.#text.length) return { clear: this.#clear, found: all };
      const result = this.#check(this.#text.slice(0, next - this.#base));
      if (result instanceof Promise) {
        return result.then((found) => this.#advance([...all, ...this.#look(found, next).found]));
      }
      all = [...all, ...this.#look(result, next).found];
    }
  }

  #look(found: readonly Found[], looked: number): Reading {
    this.#looked = looked;
    return this.#release(found, looked - this.#chars, looked);
  }

  /** Settles what is older than `limit`; `found` counts from {@link #base}. */
  #release(found: readonly Found[], limit: number, looked: number): Reading {
    const from = this.#clear;
    const open = found
      .map((one) => ({ ...one, start: one.start + this.#base, end: one.end + this.#base }))
      .filter(({ start, end }) => start >= from || (this.#torn === from && end > from))
      .map((one) => (one.start < from ? { ...one, start: from } : one))
      .sort(bySpan);
    const { clear, settled } = settle(open, Math.max(from, limit));
    const torn = looked - clear > 2 * this.#chars;
    if (torn) this.#torn = looked;
    this.#clear = torn ? looked : clear;
    this.#forget(Math.max(this.#base, this.#clear - this.#step));
    return { clear: this.#clear, found: torn ? [...settled, ...open] : settled };
  }

  #forget(before: number): void {
    this.#text = this.#text.slice(before - this.#base);
    this.#base = before;
  }
}

/** Holds a reader's text for at least the horizon: policy may ask for more than the guard needs, never for less. */
export function withHorizon(reader: Reader, horizon: Horizon): Reader {
  return horizon.kind === 'exact'
    ? reader
    : new Holding(reader, horizon.kind === 'window' ? horizon.chars : undefined);
}

class Holding implements Reader {
  readonly #reader: Reader;
  /** Undefined: to the end of the text. */
  readonly #chars: number | undefined;
  readonly #held: Found[] = [];
  #given = 0;
  #clear = 0;

  constructor(reader: Reader, chars: number | undefined) {
    this.#reader = reader;
    this.#chars = chars;
  }

  push(piece: string): Reading | Promise<Reading> {
    this.#given += piece.length;
    return andThen(this.#reader.push(piece), (reading) => this.#hold(reading, this.#chars));
  }

  end(): Reading | Promise<Reading> {
    return andThen(this.#reader.end(), (reading) => this.#hold(reading, 0));
  }

  #hold({ clear, found }: Reading, chars: number | undefined): Reading {
    // One by one: arguments go on the stack, and a long text has more findings than that has room.
    for (const one of found) this.#held.push(one);
    const limit = chars === undefined ? 0 : Math.max(this.#clear, Math.min(clear, this.#given - chars));
    const { clear: released, settled } = settle(this.#held, limit);
    this.#clear = released;
    return { clear: released, found: settled };
  }
}

function andThen<A, B>(value: A | Promise<A>, then: (value: A) => B): B | Promise<B> {
  return value instanceof Promise ? value.then(then) : then(value);
}
