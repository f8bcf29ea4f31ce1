import type { Range } from '../../findings/finding.ts';

/** Which bytes of a file belong to something, in order. */
export class Layout {
  readonly #size: number;
  readonly #taken: Range[] = [];
  #sorted = true;

  constructor(size: number) {
    this.#size = size;
  }

  take(start: number, end: number): void {
    if (end <= start) return;
    this.#taken.push({ start, end });
    this.#sorted = false;
  }

  has(at: number): boolean {
    return this.#taken.some(({ start, end }) => start <= at && at < end);
  }

  /** What belongs to nothing. */
  gaps(): readonly Range[] {
    const gaps: Range[] = [];
    let at = 0;
    for (const { start, end } of this.#inOrder()) {
      if (start > at) gaps.push({ start: at, end: start });
      at = Math.max(at, end);
    }
    if (at < this.#size) gaps.push({ start: at, end: this.#size });
    return gaps;
  }

  /** Neighbours that share bytes. */
  overlaps(): readonly Range[] {
    const shared: Range[] = [];
    let at = 0;
    for (const { start, end } of this.#inOrder()) {
      if (start < at) shared.push({ start, end: Math.min(at, end) });
      at = Math.max(at, end);
    }
    return shared;
  }

  #inOrder(): readonly Range[] {
    if (!this.#sorted) this.#taken.sort((a, b) => a.start - b.start);
    this.#sorted = true;
    return this.#taken;
  }
}
