import { join } from 'node:path';
import { Refusal } from '../base/refusal.ts';
import { listSegments, segmentEntries } from './read.ts';

/** A page of entries is about so long, in bytes; the longest entry fits. */
const PAGE_BYTES = 1024 * 1024;

/** Entries as they stand in the files, a line each, from one number on. */
export interface Page {
  readonly text: string;
  /** Number of the entry after the last one. */
  readonly next: number;
}

/** Reads a ledger page by page, for those who follow it from elsewhere. Where a page ends, the next one begins to read. */
export class LedgerPages {
  readonly #folder: string;
  #last: { readonly seq: number; readonly file: string; readonly at: number } | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * @param below entries that may be shown: those that are durable
   * @param most entries of the page
   * Throws `not_found` where older segments were archived.
   */
  async read(from: number, below: number, most = Number.POSITIVE_INFINITY): Promise<Page> {
    const segments = await listSegments(this.#folder);
    const index = segments.findLastIndex(({ first }) => first <= from);
    const segment = segments[index];
    if (segment === undefined) {
      if (segments.length === 0 && from === 0) return { text: '', next: 0 };
      throw new Refusal('not_found', { hint: `The first entry here is ${segments[0]?.first ?? below}.` });
    }
    const known = this.#last?.seq === from && this.#last.file === segment.file ? this.#last.at : 0;
    const lines: string[] = [];
    let size = 0;
    let next = from;
    for await (const { entry, text, end } of segmentEntries(this.#folder, segment.file, known)) {
      if (entry.seq < from) continue;
      if (entry.seq >= below) break;
      lines.push(`${text}\n`);
      size += text.length;
      next = entry.seq + 1;
      this.#last = { seq: next, file: segment.file, at: end };
      if (size >= PAGE_BYTES || lines.length >= most) break;
    }
    return { text: lines.join(''), next };
  }

  /** Path of a file beside the segments. */
  file(name: string): string {
    return join(this.#folder, name);
  }
}
