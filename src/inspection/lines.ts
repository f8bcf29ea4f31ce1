import { isUtf8 } from 'node:buffer';
import { isObject, type Json } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import { parseLossless } from '../wire/json.ts';
import { type Inspected, inspect } from './inspector.ts';
import type { Post } from './posts.ts';
import { idIn, type NamedQuestion, type Role, readQuestion, type Task } from './question.ts';

/** Longest line, in bytes: a text of the greatest length with every character escaped fits. */
export const MAX_LINE = 32 * 1024 * 1024;

/** Characters of answers that are gathered before they are given out. */
const GATHERED = 64 * 1024;

const LF = 0x0a;
const CR = 0x0d;

interface LineOptions {
  /** What is asked where a line names no task. */
  readonly tasks?: readonly Task[] | undefined;
  /** Who speaks where a line names no role. */
  readonly role?: Role | undefined;
}

/**
 * JSON Lines in, JSON Lines out, in order and one for one: an answer, or an `error` in its place. What has come in is
 * answered before more is asked for, so that it can be used as a conversation too, and nothing piles up.
 */
export class LineInspector {
  readonly #posts: readonly Post[];
  readonly #options: LineOptions;
  /** Lines that could not be answered. */
  bad = 0;
  /** Lines with something found. */
  flagged = 0;
  #line = 0;

  constructor(posts: readonly Post[], options: LineOptions = {}) {
    this.#posts = posts;
    this.#options = options;
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
      const answered = this.#answerLine(line);
      const said = answered instanceof Promise ? await answered : answered;
      if (said === undefined) continue;
      out += `${said}\n`;
      if (out.length < GATHERED) continue;
      yield out;
      out = '';
    }
    if (out !== '') yield out;
  }

  /** Undefined for a line with nothing in it. */
  #answerLine(line: Uint8Array | 'too long'): string | undefined | Promise<string> {
    let id: Json = null;
    const number = this.#line;
    try {
      if (line === 'too long') throw new Refusal('body_too_large', { hint: LONG });
      const text = textOf(line, number === 1);
      if (text === '') return undefined;
      const value = parseLine(text);
      id = idIn(value);
      const question = readQuestion(value);
      id = question.id ?? number;
      const said = inspect(this.#posts, { ...question, ...this.#defaults(value) });
      if (said instanceof Promise) {
        return said.then(
          (one) => this.#said(id, one),
          (error: unknown) => this.#refused(id, error),
        );
      }
      return this.#said(id, said);
    } catch (error) {
      return this.#refused(id, error);
    }
  }

  #defaults(value: { [key: string]: Json }): Partial<NamedQuestion> {
    const { tasks, role } = this.#options;
    return {
      ...(value.task === undefined && tasks !== undefined && { tasks }),
      ...(value.role === undefined && role !== undefined && { role }),
    };
  }

  #said(id: Json, { score, flagged, spans, findings }: Inspected): string {
    if (flagged) this.flagged += 1;
    return JSON.stringify({ id, score, flagged, spans, findings });
  }

  #refused(id: Json, error: unknown): string {
    if (!(error instanceof Refusal)) throw error;
    this.bad += 1;
    return JSON.stringify({ id, error: lineError(error) });
  }
}

/** What is wrong with one of several questions. A line is no body, and has words of its own. */
export const lineError = ({ code, message, hint }: Refusal): { code: string; message: string } => ({
  code,
  message: hint ?? message,
});

const LONG = `A line may have ${MAX_LINE.toLocaleString('en')} bytes at the most.`;

/** Without the mark at the start of a file and the end of a DOS line. */
function textOf(line: Uint8Array, first: boolean): string {
  if (!isUtf8(line)) throw new Refusal('body_unreadable', { hint: 'The line is not valid UTF-8.' });
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
  const text = bytes.toString('utf8', 0, bytes.at(-1) === CR ? bytes.length - 1 : bytes.length);
  return (first && text.startsWith('\ufeff') ? text.slice(1) : text).trim();
}

function parseLine(text: string): { [key: string]: Json } {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
    // A number of many digits is echoed with all of them.
    if (isObject(value) && typeof value.id === 'number' && !Number.isSafeInteger(value.id))
      value = parseLossless(text);
  } catch {
    // No cause: V8 quotes the text in its message.
    throw new Refusal('body_not_json', { hint: 'The line is not valid JSON.' });
  }
  if (!isObject(value)) throw new Refusal('request_invalid', { hint: 'The line must be a JSON object.' });
  return value;
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
