import { isUtf8 } from 'node:buffer';
import { isObject, type Json } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import { parseLossless } from '../wire/json.ts';
import { type Answer, answer, type Defaults, unanswered } from './answer.ts';
import type { Post } from './posts.ts';

/** Longest line, in bytes: a text of the greatest length with every character escaped fits. */
export const MAX_LINE = 32 * 1024 * 1024;

/** Characters of answers that are gathered before they are given out. */
const GATHERED = 64 * 1024;

const LF = 0x0a;

/**
 * JSON Lines in, JSON Lines out, in order and one for one: an answer, or an `error` in its place. What has come in is
 * answered before more is asked for, so that it can be used as a conversation too, and nothing piles up.
 */
export class LineInspector {
  readonly #posts: readonly Post[];
  readonly #defaults: Defaults;
  /** Lines that could not be answered. */
  bad = 0;
  #line = 0;

  constructor(posts: readonly Post[], defaults: Defaults = {}) {
    this.#posts = posts;
    this.#defaults = defaults;
  }

  /** Gives out whole lines, several at a time. Throws a Problem where a guard cannot be built. */
  async *answer(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
    const splitter = new LineSplitter();
    for await (const chunk of input) yield* this.#answerAll(splitter.push(chunk));
    yield* this.#answerAll(splitter.end());
  }

  async *#answerAll(lines: Iterable<Uint8Array | 'too long'>): AsyncGenerator<string> {
    let out = '';
    for (const line of lines) {
      this.#line += 1;
      const pending = this.#answerLine(line);
      const answered = pending instanceof Promise ? await pending : pending;
      if (answered === undefined) continue;
      if ('error' in answered) this.bad += 1;
      out += `${JSON.stringify(answered)}\n`;
      if (out.length < GATHERED) continue;
      yield out;
      out = '';
    }
    if (out !== '') yield out;
  }

  /** Undefined for a line with nothing in it. */
  #answerLine(line: Uint8Array | 'too long'): Answer | undefined | Promise<Answer> {
    let value: Json | undefined;
    try {
      if (line === 'too long') throw new Refusal('body_too_large', { hint: LONG });
      value = readLine(line, this.#line === 1);
    } catch (error) {
      return unanswered(null, error);
    }
    return value === undefined ? undefined : answer(this.#posts, value, this.#line, this.#defaults);
  }
}

const LONG = `A line may have ${MAX_LINE.toLocaleString('en')} bytes at the most.`;

/**
 * The value of a line, without the mark at the start of a file and the end of a DOS line; undefined where there is
 * nothing in it. Throws `body_unreadable` or `body_not_json`.
 */
export function readLine(line: Uint8Array, first: boolean): Json | undefined {
  if (!isUtf8(line)) throw new Refusal('body_unreadable', { hint: 'The line is not valid UTF-8.' });
  const whole = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8');
  const text = (first && whole.startsWith('\ufeff') ? whole.slice(1) : whole).trim();
  if (text === '') return undefined;
  try {
    const value = JSON.parse(text) as Json;
    // A number of many digits is echoed with all of them.
    const isLong = isObject(value) && typeof value.id === 'number' && !Number.isSafeInteger(value.id);
    return isLong ? parseLossless(text) : value;
  } catch {
    // No cause: V8 quotes the text in its message.
    throw new Refusal('body_not_json', { hint: 'The line is not valid JSON.' });
  }
}

/** Cuts bytes at line feeds. Keeps one line at the most, and of one that is too long nothing. */
class LineSplitter {
  #held: Uint8Array[] = [];
  #length = 0;
  #tooLong = false;

  *push(chunk: Uint8Array): Generator<Uint8Array | 'too long'> {
    let from = 0;
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, from)) {
      yield this.#take(chunk.subarray(from, at));
      from = at + 1;
    }
    this.#hold(chunk.subarray(from));
  }

  *end(): Generator<Uint8Array | 'too long'> {
    if (this.#length > 0 || this.#tooLong) yield this.#take(new Uint8Array());
  }

  #hold(piece: Uint8Array): void {
    if (piece.length === 0 || this.#tooLong) return;
    this.#length += piece.length;
    this.#held.push(piece);
    if (this.#length <= MAX_LINE) return;
    this.#tooLong = true;
    this.#held = [];
  }

  #take(last: Uint8Array): Uint8Array | 'too long' {
    const length = this.#length + last.length;
    const tooLong = this.#tooLong || length > MAX_LINE;
    const held = this.#held;
    this.#held = [];
    this.#length = 0;
    this.#tooLong = false;
    if (tooLong) return 'too long';
    return held.length === 0 ? last : Buffer.concat([...held, last], length);
  }
}
