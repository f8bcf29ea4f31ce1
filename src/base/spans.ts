/** A half-open stretch of a text, in UTF-16 code units. Never empty. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** By start; of those that start together the longest first. */
export const bySpan = (a: Span, b: Span): number => a.start - b.start || b.end - a.end;

/**
 * Takes from the front of `spans` (ordered by start) those that lie before the returned offset: the largest one up to
 * `limit` that is inside no span. Spans that overlap leave together.
 */
export function settle<S extends Span>(spans: S[], limit: number): { clear: number; settled: S[] } {
  let islandStart = 0;
  let islandIndex = 0;
  let islandEnd = -1;
  let count = 0;
  for (const span of spans) {
    if (span.start >= limit) break;
    if (span.start >= islandEnd) {
      islandStart = span.start;
      islandIndex = count;
      islandEnd = span.end;
    } else if (span.end > islandEnd) {
      islandEnd = span.end;
    }
    count++;
  }
  if (islandEnd <= limit) return { clear: limit, settled: spans.splice(0, count) };
  return { clear: islandStart, settled: spans.splice(0, islandIndex) };
}
