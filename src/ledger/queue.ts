import { HEAD_BYTES } from '../audit/entry.ts';
import type { Refusal } from '../base/refusal.ts';
import type { Receipt } from './receipt.ts';

/** An entry that waits to be written. */
export interface Waiting {
  /** The line from its `kind` on. */
  readonly text: string;
  readonly time: string;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (refusal: Refusal) => void;
}

/** Upper bound of a line's length in bytes without looking at its characters: a UTF-16 unit takes at most three. */
export const lineBound = (text: string): number => HEAD_BYTES + 3 * text.length + 1;

/** What waits to be written, bounded in entries and in bytes. */
export class Queue {
  readonly #mostEntries: number;
  readonly #mostBytes: number;
  #list: Waiting[] = [];
  #bytes = 0;

  /** @param mostBytes of lines, by {@link lineBound} */
  constructor(mostEntries: number, mostBytes: number) {
    this.#mostEntries = mostEntries;
    this.#mostBytes = mostBytes;
  }

  get length(): number {
    return this.#list.length;
  }

  /** False where there is no room. */
  add(waiting: Waiting): boolean {
    const bytes = lineBound(waiting.text);
    if (this.#list.length >= this.#mostEntries || this.#bytes + bytes > this.#mostBytes) return false;
    this.#list.push(waiting);
    this.#bytes += bytes;
    return true;
  }

  /** In order, as much as surely fits into so many bytes. */
  take(bytes: number): Waiting[] {
    let taken = 0;
    let count = 0;
    for (const { text } of this.#list) {
      if (taken + lineBound(text) > bytes) break;
      taken += lineBound(text);
      count += 1;
    }
    this.#bytes -= taken;
    if (count < this.#list.length) return this.#list.splice(0, count);
    const all = this.#list;
    this.#list = [];
    return all;
  }

  takeAll(): Waiting[] {
    return this.take(Number.POSITIVE_INFINITY);
  }
}
