import { escapeJson } from '../wire/json-text.ts';

/** Outside of strings, JSON has nothing but these. */
const STRUCTURE = /^[\s{}[\]:,0-9+\-.eEtrufalsn]$/;

/** A line that opens a block of code which is JSON. */
const FENCE = /^\s{0,3}(?:`{3,}|~{3,})\s{0,3}json[c5]?\s*$/i;
const FENCE_LENGTH = 32;

/**
 * Tells, for a text that is written piece by piece, whether it stands inside a string of a JSON document: one that is
 * the whole of the text, or a block of code in it. What is put in there must be written as JSON writes it. A text that
 * only began like JSON is prose from where it stops being it.
 */
export class JsonPlace {
  #state: 'start' | 'prose' | 'json' = 'start';
  #inString = false;
  #escaped = false;
  /** The line so far, in prose. */
  #line = '';

  /** A value as it is to be written here, in the place of what is written now. */
  write(value: string, instead: string): string {
    if (this.#state !== 'json') return value;
    if (this.#inString) return escapeJson(value);
    return isNumber(instead) ? asToken(value) : value;
  }

  read(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const char = text.charAt(i);
      if (this.#state === 'json') this.#json(char);
      else if (this.#state === 'start' && (char === '{' || char === '[')) this.#state = 'json';
      else this.#prose(char);
    }
  }

  #json(char: string): void {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (char === '\\') this.#escaped = true;
      else if (char === '"') this.#inString = false;
    } else if (char === '"') {
      this.#inString = true;
    } else if (!STRUCTURE.test(char)) {
      this.#state = 'prose';
      this.#line = '';
      this.#prose(char);
    }
  }

  #prose(char: string): void {
    if (char === '\n') {
      if (FENCE.test(this.#line)) this.#state = 'start';
      this.#line = '';
      return;
    }
    if (this.#line.length < FENCE_LENGTH) this.#line += char;
    if (!/\s/.test(char)) this.#state = 'prose';
  }
}

/** In the place of a number: a number too, or a string. */
export const asToken = (value: string): string => (isNumber(value) ? value : JSON.stringify(value));

/** Digits as JSON has them: none in front that says nothing (RFC 8259, section 6). */
export const isNumber = (value: string): boolean => /^(?:0|[1-9]\d*)$/.test(value);
