import { posix } from 'node:path';
import type { Range } from '../../findings/finding.ts';
import type { Beside } from '../../findings/result.ts';

/** Stretches that one graph names are kept up to so many: tensors lie one behind the other, and make one. */
const MOST = 1 << 14;

/** What one graph says of files beside it. */
export class Named {
  readonly #ranges = new Map<string, { readonly files: readonly string[]; readonly ranges: Range[] }>();
  #count = 0;

  add(files: readonly string[], start: number, end: number): void {
    if (!(start >= 0 && end > start) || this.#count >= MOST) return;
    const key = files.join('\0');
    let named = this.#ranges.get(key);
    if (named === undefined) {
      named = { files, ranges: [] };
      this.#ranges.set(key, named);
    }
    const last = named.ranges.at(-1);
    if (last !== undefined && last.start <= start && start <= last.end)
      named.ranges[named.ranges.length - 1] = { start: last.start, end: Math.max(last.end, end) };
    else {
      named.ranges.push({ start, end });
      this.#count++;
    }
  }

  get all(): readonly Beside[] {
    return [...this.#ranges.values()];
  }
}

/** Which files of a folder are numbers of graphs beside them, and where. */
export class Neighbours {
  readonly #sizes: ReadonlyMap<string, number>;
  readonly #ranges = new Map<string, Range[]>();

  /** @param files of the scan, by their paths */
  constructor(files: Iterable<{ readonly path: string; readonly size: number }>) {
    this.#sizes = new Map(Array.from(files, ({ path, size }) => [path, size]));
  }

  /** @param path of the graph */
  add(path: string, beside: readonly Beside[]): void {
    for (const { files, ranges } of beside) {
      let at = 0;
      for (const file of files) {
        const neighbour = posix.join(posix.dirname(path), file);
        const size = this.#sizes.get(neighbour);
        // Where the ones behind it begin, nobody knows.
        if (size === undefined) break;
        const known = this.#ranges.get(neighbour) ?? [];
        this.#ranges.set(neighbour, known);
        for (const { start, end } of ranges)
          if (end > at && start < at + size)
            known.push({ start: Math.max(0, start - at), end: Math.min(size, end - at) });
        at += size;
      }
    }
  }

  /** In order and without overlaps; undefined where no graph names it. */
  rangesOf(path: string): readonly Range[] | undefined {
    const all = this.#ranges.get(path);
    if (all === undefined || all.length === 0) return undefined;
    const merged: Range[] = [];
    for (const one of all.sort((a, b) => a.start - b.start)) {
      const last = merged.at(-1);
      if (last === undefined || one.start > last.end) merged.push(one);
      else merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, one.end) };
    }
    return merged;
  }
}
