import type { Found, Reader, Reading } from '../guard.ts';
import type { MatchReader } from '../match-reader.ts';

/** Characters of one line after which an open backtick is none of code. */
const LONGEST = 500;

/** Where a place of a Markdown text is: in code, out of it, or in what is code if it is closed. */
type Place = 'code' | 'text' | 'open';

/** Follows fences (CommonMark 0.31, section 4.5) and code spans within a line (6.1). */
class CodeMap {
  readonly #spans: { readonly start: number; end: number }[] = [];
  #at = 0;
  #fence: { readonly char: string; readonly length: number } | undefined;
  #span: { readonly start: number; readonly length: number } | undefined;
  /** Where the fence began in whose first line this is. */
  #info: number | undefined;
  /** Only blanks and marks of lists and quotations so far in this line. */
  #bare = true;
  #run = '';
  /** The line has been a fence's end so far. */
  #closing = false;

  push(text: string): void {
    for (const char of text) {
      const isMark = char === '`' || char === '~';
      if (this.#run !== '' && char !== this.#run[0]) this.#endRun();
      if (isMark) this.#run += char;
      else if (char === '\n') this.#endLine();
      else if (!/[ \t\r>]/.test(char)) {
        this.#bare &&= /[*+\d.-]/.test(char) && this.#fence === undefined;
        this.#closing = false;
      }
      this.#at += char.length;
    }
  }

  end(): void {
    if (this.#run !== '') this.#endRun();
    this.#endLine();
  }

  #endRun(): void {
    const [run, start] = [this.#run, this.#at - this.#run.length];
    this.#run = '';
    const fence = this.#fence;
    if (fence !== undefined && this.#info !== undefined && run[0] === '`') {
      // The line of a fence of backticks has no others: it is a span of code.
      this.#spans.pop();
      this.#fence = undefined;
      this.#closeSpan({ start: this.#info, length: fence.length }, run);
      this.#info = undefined;
    } else if (fence !== undefined) {
      this.#closing = this.#bare && run[0] === fence.char && run.length >= fence.length;
    } else if (this.#bare && run.length >= 3) {
      this.#fence = { char: run[0] as string, length: run.length };
      this.#spans.push({ start, end: Number.POSITIVE_INFINITY });
      if (run[0] === '`') this.#info = start;
    } else if (run[0] === '`') {
      if (this.#span === undefined) this.#span = { start, length: run.length };
      else this.#closeSpan(this.#span, run);
    }
    this.#bare = false;
  }

  #closeSpan(span: { readonly start: number; readonly length: number }, run: string): void {
    const closed = span.length === run.length;
    if (closed) this.#spans.push({ start: span.start, end: this.#at });
    this.#span = closed ? undefined : span;
  }

  #endLine(): void {
    if (this.#closing) {
      const last = this.#spans.at(-1);
      if (last !== undefined) last.end = this.#at;
      this.#fence = undefined;
    }
    this.#span = undefined;
    this.#info = undefined;
    this.#bare = true;
    this.#closing = false;
  }

  placeOf(start: number): Place {
    const info = this.#info;
    if (info !== undefined && info < start) return this.#at - info < LONGEST ? 'open' : 'text';
    if (this.#spans.some((span) => span.start <= start && start < span.end)) return 'code';
    const open = this.#span;
    return open !== undefined && open.start < start && this.#at - open.start < LONGEST ? 'open' : 'text';
  }

  forget(before: number): void {
    while (this.#spans.length > 0 && (this.#spans[0]?.end ?? 0) <= before) this.#spans.shift();
  }
}

/** Leaves out what another reader finds in code: whoever shows Markdown shows that as text. */
export class OutsideCode implements Reader {
  readonly #reader: MatchReader;
  readonly #map = new CodeMap();
  #waiting: Found[] = [];
  #clear = 0;

  constructor(reader: MatchReader) {
    this.#reader = reader;
  }

  push(text: string): Reading {
    // Character by character, so that what is code is judged at the same place however the text comes.
    const found: Found[] = [];
    for (const char of text) {
      this.#map.push(char);
      const reading = this.#reader.push(char);
      this.#clear = reading.clear;
      this.#waiting.push(...reading.found);
      if (this.#waiting.length > 0) found.push(...this.#judged());
    }
    const clear = Math.min(this.#clear, this.#waiting[0]?.start ?? Number.POSITIVE_INFINITY);
    this.#map.forget(clear);
    return { clear, found };
  }

  end(): Reading {
    const { clear, found } = this.#reader.end();
    this.#map.end();
    this.#waiting.push(...found);
    return { clear, found: this.#judged() };
  }

  /** Those of which it is told, from the first on. */
  #judged(): Found[] {
    const out: Found[] = [];
    for (let one = this.#waiting[0]; one !== undefined; one = this.#waiting[0]) {
      const place = this.#map.placeOf(one.start);
      if (place === 'open') break;
      if (place === 'text') out.push(one);
      this.#waiting.shift();
    }
    return out;
  }
}
