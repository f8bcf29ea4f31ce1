import type { Reading } from '../../findings/coverage.ts';
import type { JudgedFile } from '../../findings/result.ts';

const NONE: readonly never[] = [];
const AS = { parsed: 'parsed', data: 'data', unread: 'unread' } as const satisfies Record<Reading, Reading>;
/** Combinations of formats, and messages: there are some dozens of each, unless somebody makes many. */
const MOST = 10_000;

/**
 * A file as it is kept until all are read: what thousands of files have in common is there once, so that folders of
 * hundreds of thousands fit into memory. The same to whoever reads it.
 */
export class Shelves {
  readonly #formats = new Map<string, readonly string[]>();
  readonly #words = new Map<string, string>();

  /** @param path of the file: the same text as elsewhere, and not another copy of it */
  keep(file: JudgedFile, path: string): JudgedFile {
    return {
      ...file,
      path,
      findings:
        file.findings.length === 0
          ? NONE
          : file.findings.map((one) => ({
              ...one,
              rule: this.#word(one.rule),
              place: one.place.path.length === 1 ? { ...one.place, path: [path] } : one.place,
              message: this.#word(one.message),
            })),
      parts: file.parts.map((part) => ({
        ...part,
        path: part.path.length === 1 ? [path] : part.path,
        formats: this.#same(part.formats),
        ranges: part.ranges.map((one) => ({ ...one, as: AS[one.as], why: one.why && this.#word(one.why) })),
      })),
    };
  }

  #word(word: string): string {
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    if (this.#words.size < MOST) this.#words.set(word, word);
    return word;
  }

  #same(formats: readonly string[]): readonly string[] {
    const key = formats.join(' ');
    const known = this.#formats.get(key);
    if (known !== undefined) return known;
    if (this.#formats.size < MOST) this.#formats.set(key, formats);
    return formats;
  }
}
