import type { Span } from '../base/spans.ts';
import { type SpanOf, same } from './spans.ts';

/** Text that stands in place of a stretch of another. */
export interface Patch extends Span {
  readonly text: string;
  /** Where the patch's text came from; without it, from the whole stretch. */
  readonly spanOf?: SpanOf | undefined;
}

/**
 * @param patches in order of start, none over another
 * @param outer where the text itself came from; the patches' own `spanOf` leads there too
 */
export function splice(
  text: string,
  patches: readonly Patch[],
  outer: SpanOf = same,
): { text: string; spanOf: SpanOf } {
  const parts: string[] = [];
  const starts: number[] = []; // where each patch starts in what is made
  let length = 0;
  let at = 0;
  for (const patch of patches) {
    length += patch.start - at;
    parts.push(text.slice(at, patch.start), patch.text);
    starts.push(length);
    length += patch.text.length;
    at = patch.end;
  }
  parts.push(text.slice(at));
  const pointOf = (unit: number): Span => {
    const index = lastUpTo(starts, unit);
    const patch = patches[index];
    if (patch === undefined) return outer(unit, unit + 1);
    const inside = unit - (starts[index] ?? 0);
    if (inside < patch.text.length)
      return patch.spanOf?.(inside, inside + 1) ?? outer(patch.start, patch.end);
    const outside = patch.end + inside - patch.text.length;
    return outer(outside, outside + 1);
  };
  const spanOf: SpanOf = (start, end) => {
    const index = lastUpTo(starts, start);
    const patch = patches[index];
    const base = starts[index] ?? 0;
    // Within one patch its own way back knows best (it may run backwards).
    if (patch?.spanOf !== undefined && end <= base + patch.text.length)
      return patch.spanOf(start - base, end - base);
    const first = pointOf(start);
    if (end <= start) return { start: first.start, end: first.start };
    const last = pointOf(end - 1);
    return { start: Math.min(first.start, last.start), end: Math.max(first.end, last.end) };
  };
  return { text: parts.join(''), spanOf };
}

/** The index of the last of `ordered` that is at most `value`; -1 if none is. */
function lastUpTo(ordered: readonly number[], value: number): number {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ordered[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
