import { bySpan } from '../../base/spans.ts';
import type { GuardAction } from '../../exchange/verdict.ts';
import { type CharSet, has } from '../../regex/char-set.ts';
import type { Found, Reader, Reading } from '../guard.ts';
import { type CharClass, classOf } from './classes.ts';
import { BEHIND, inPlace, needsMore, widthOf } from './in-place.ts';

/** What a reader looks for, built once from the settings. */
export interface Rules {
  readonly name: string;
  readonly actions: Readonly<Record<CharClass | 'not_allowed', GuardAction | 'allow'>>;
  readonly allowed: CharSet | undefined;
  readonly suspects: Uint8Array;
  readonly maxChars: number;
}

/** Characters that follow each other with the same fault are one finding, up to so many code units. */
const MAX_RUN = 256;

const NOTHING: readonly Found[] = [];

/** Reads one text for characters that do not belong in it. Holds back only what the next few characters decide. */
export class BoundsReader implements Reader {
  readonly #rules: Rules;
  /** The end of what is decided, then what is not; its offset in the text. */
  #text = '';
  #base = 0;
  /** Where in {@link #text} the undecided part begins. */
  #at = 0;
  #given = 0;
  /** A run that may still grow. */
  #run: Found | undefined;
  /** The text was found to be too long. */
  #over = false;
  #found: Found[] = [];

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  push(piece: string): Reading {
    this.#given += piece.length;
    if (this.#at === this.#text.length && this.#run === undefined && this.#isPlain(piece)) {
      this.#text = (piece.length < BEHIND ? this.#text + piece : piece).slice(-BEHIND);
      this.#at = this.#text.length;
      this.#base = this.#given - this.#at;
      return this.#reading(this.#given);
    }
    this.#text += piece;
    this.#read(false);
    return this.#reading(this.#run?.start ?? this.#base + this.#at);
  }

  end(): Reading {
    this.#read(true);
    this.#close();
    return this.#reading(this.#given);
  }

  #isPlain(piece: string): boolean {
    return this.#nextSuspect(piece, 0) === piece.length;
  }

  #nextSuspect(text: string, from: number): number {
    const { suspects } = this.#rules;
    let at = from;
    while (at < text.length && suspects[text.charCodeAt(at)] === 0) at++;
    return at;
  }

  #read(ended: boolean): void {
    const text = this.#text;
    let at = this.#at;
    while (at < text.length) {
      const next = this.#nextSuspect(text, at);
      if (next > at) this.#close();
      at = next;
      if (at === text.length || needsMore(text, at, ended)) break;
      const length = this.#judge(at, ended);
      if (length === undefined) break;
      at += length;
    }
    const kept = Math.max(0, at - BEHIND);
    this.#text = text.slice(kept);
    this.#base += kept;
    this.#at = at - kept;
  }

  /** Decides about the character at `at`; gives the length of what is decided, undefined if that is nothing yet. */
  #judge(at: number, ended: boolean): number | undefined {
    const point = this.#text.codePointAt(at) as number;
    const kind = classOf(point);
    let length = widthOf(point);
    if (kind !== undefined && this.#rules.actions[kind] !== 'allow') {
      const fine = inPlace({ text: this.#text, at, point, first: this.#base + at === 0, ended });
      if (fine === undefined) return undefined;
      if (fine === 0) return this.#fault(kind, at, length);
      length = fine;
    }
    const { allowed } = this.#rules;
    if (allowed !== undefined && !has(allowed, point)) return this.#fault('not_allowed', at, length);
    this.#close();
    return length;
  }

  #fault(fault: CharClass | 'not_allowed', at: number, length: number): number {
    const action = this.#rules.actions[fault];
    if (action === 'allow') return length;
    const start = this.#base + at;
    const end = start + length;
    const reason = `${this.#rules.name}.${fault}`;
    const run = this.#run;
    if (run?.reason === reason && run.end === start && end - run.start <= MAX_RUN) {
      this.#run = { ...run, end };
    } else {
      this.#close();
      this.#run = { start, end, reason, action, replacement: '' };
    }
    return length;
  }

  #close(): void {
    if (this.#run !== undefined) this.#found.push(this.#run);
    this.#run = undefined;
  }

  #reading(clear: number): Reading {
    const { name, maxChars } = this.#rules;
    // Reported once what comes before it is clear.
    if (clear > maxChars && !this.#over) {
      this.#over = true;
      this.#found.push({ start: maxChars, end: maxChars + 1, reason: `${name}.max_chars`, action: 'block' });
      this.#found.sort(bySpan);
    }
    const found = this.#found.length === 0 ? NOTHING : this.#found;
    this.#found = [];
    return { clear, found };
  }
}
