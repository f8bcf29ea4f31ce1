import type { Span } from '../base/spans.ts';
import { scanWords, type WordScan } from './word-scan.ts';

/**
 * What finders ask before they look closer. Each question is answered by a search that costs next to nothing, so that
 * text without tricks is through in microseconds.
 */
export class Survey {
  readonly text: string;
  readonly hasDigits: boolean;
  readonly hasForeign: boolean;
  #words: WordScan | undefined;
  #coded: readonly Span[] | undefined;

  constructor(text: string) {
    this.text = text;
    this.hasDigits = /[0-9]/.test(text);
    this.hasForeign = /[^\x00-\x7f]/.test(text);
  }

  has(sign: string): boolean {
    return this.text.includes(sign);
  }

  get words(): WordScan {
    this.#words ??= scanWords(this.text);
    return this.#words;
  }

  /** Runs of at least eight characters without a space that are more than a word: digits, signs or capitals within. */
  get coded(): readonly Span[] {
    this.#coded ??= codedRuns(this.text);
    return this.#coded;
  }
}

const SHORTEST = 8;
const isSpace = (code: number) => code <= 32;

/** Looks at the far end of each window first, and so passes over short words without reading them. */
function codedRuns(text: string): Span[] {
  const found: Span[] = [];
  let start = 0;
  while (start + SHORTEST <= text.length) {
    let at = start + SHORTEST - 1;
    while (at >= start && !isSpace(text.charCodeAt(at))) at--;
    if (at >= start) {
      start = at + 1;
      continue;
    }
    let end = start + SHORTEST;
    while (end < text.length && !isSpace(text.charCodeAt(end))) end++;
    if (isCoded(text, start, end)) found.push({ start, end });
    start = end + 1;
  }
  return found;
}

/** Prose has letters alone within its words, small ones after the first. */
function isCoded(text: string, start: number, end: number): boolean {
  let upper = 0;
  for (let i = start; i < end - 1; i++) {
    const code = text.charCodeAt(i);
    if (code >= 97 && code <= 122) continue;
    if (code >= 65 && code <= 90) {
      if (++upper > 1) return true;
    } else if (code < 128 && i > start) return true;
  }
  return false;
}
