import { bySpan, settle } from '../base/spans.ts';
import type { Found, Reader } from '../guards/guard.ts';
import { aboutOf, type Finding, failed, findingOf, isAsked } from './inspector.ts';
import type { Post } from './posts.ts';
import { MAX_TEXT, type Question } from './question.ts';

/** A text with what was found in it covered: `[secrets.github_token]`. What overlaps is covered once. */
export function cover(text: string, findings: readonly Finding[]): string {
  let out = '';
  let at = 0;
  for (const { start, end, reason } of [...findings].sort(bySpan)) {
    if (end <= at) continue;
    if (start >= at) out += `${text.slice(at, start)}[${reason}]`;
    at = end;
  }
  return out + text.slice(at);
}

/**
 * Covers what is found in a text that comes in pieces, however it is cut. Text is held back only as far as some guard
 * may still change its mind about it.
 */
export class Redactor {
  readonly #posts: readonly Post[];
  readonly #readers: readonly Reader[];
  readonly #direction: 'prompt' | 'reply';
  readonly #told: (finding: Finding) => void;
  /** How far each guard has read. */
  readonly #clear: number[];
  #found: Finding[] = [];
  /** The text from {@link #base} on. */
  #held = '';
  #base = 0;
  /** Why the text has ended before its end: what came of it is not read, so nothing of it may be shown. */
  #ended: { readonly cause: unknown } | undefined;

  /** @param told each finding, once, before the text that it is in is given out; what it throws ends the text */
  constructor(posts: readonly Post[], asked: Omit<Question, 'text'>, told: (finding: Finding) => void) {
    const about = aboutOf(asked.role, true, {});
    this.#posts = posts.filter(isAsked(posts, asked));
    this.#readers = this.#posts.map((post) => post.guard().open(about));
    this.#direction = about.direction;
    this.#clear = this.#posts.map(() => 0);
    this.#told = told;
  }

  /** What may be shown now. */
  push(text: string): Promise<string> {
    return this.#orEnded(async () => {
      this.#held += text;
      if (this.#held.length > MAX_TEXT)
        throw new RangeError(`no more than ${MAX_TEXT} UTF-16 units of a text can be on hold`);
      if (text !== '') await this.#read((reader) => reader.push(text));
      return this.#release(Math.min(this.#base + this.#held.length, ...this.#clear));
    });
  }

  /** The rest. */
  end(): Promise<string> {
    return this.#orEnded(async () => {
      await this.#read((reader) => reader.end());
      return this.#release(this.#base + this.#held.length);
    });
  }

  async #orEnded(step: () => Promise<string>): Promise<string> {
    if (this.#ended !== undefined) throw this.#ended.cause;
    try {
      return await step();
    } catch (cause) {
      this.#ended = { cause };
      throw cause;
    }
  }

  async #read(step: (reader: Reader) => ReturnType<Reader['push']>): Promise<void> {
    for (const [index, post] of this.#posts.entries()) {
      const reader = this.#readers[index];
      if (reader === undefined) continue;
      try {
        const { clear, found } = await step(reader);
        this.#clear[index] = clear;
        this.#take(post, found);
      } catch (cause) {
        failed(post)(cause);
      }
    }
  }

  #take(post: Post, found: readonly Found[]): void {
    // One by one: arguments go on the stack, and a long text has more findings than that has room.
    for (const one of found) this.#found.push(findingOf(post, one, this.#direction));
  }

  #release(limit: number): string {
    this.#found.sort(bySpan);
    const { clear, settled } = settle(this.#found, limit);
    for (const finding of settled) this.#told(finding);
    const here = settled.map((one) => ({ ...one, start: one.start - this.#base, end: one.end - this.#base }));
    const out = cover(this.#held.slice(0, clear - this.#base), here);
    this.#held = this.#held.slice(clear - this.#base);
    this.#base = clear;
    return out;
  }
}
