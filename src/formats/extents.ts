import type { Range } from '../findings/finding.ts';

export interface Extents {
  /** Two that share bytes. */
  readonly overlap: Range | undefined;
  /** Bytes between two, or before the first or behind the last, that belong to none. */
  readonly gaps: readonly Range[];
}

const MOST_GAPS = 256;

/**
 * How stretches lie in a region: where they overlap, and what lies between them.
 * @param ends start and end of each, one after the other
 * @param most gaps that are told
 */
export function extentsOf(
  ends: readonly number[],
  start: number,
  end: number,
  most: number = MOST_GAPS,
): Extents {
  const order = Array.from({ length: ends.length / 2 }, (_, i) => i).sort(
    (a, b) =>
      (ends[2 * a] as number) - (ends[2 * b] as number) ||
      (ends[2 * a + 1] as number) - (ends[2 * b + 1] as number),
  );
  const gaps: Range[] = [];
  let overlap: Range | undefined;
  let at = start;
  for (const i of order) {
    const from = ends[2 * i] as number;
    const to = ends[2 * i + 1] as number;
    if (to === from) continue;
    if (from < at) overlap ??= { start: from, end: Math.min(at, to) };
    else if (from > at && gaps.length < most) gaps.push({ start: at, end: from });
    at = Math.max(at, to);
  }
  if (at < end && gaps.length < most) gaps.push({ start: at, end });
  return { overlap, gaps };
}

/** Whether bytes are all zero, as padding is; a long stretch is looked at in pieces. */
export function isZero(
  source: { read(at: number, length: number): Uint8Array },
  { start, end }: Range,
): boolean {
  const PIECE = 1 << 16;
  for (let at = start; at < end; at += PIECE)
    if (source.read(at, Math.min(PIECE, end - at)).some((byte) => byte !== 0)) return false;
  return true;
}
