import type { Span } from '../base/spans.ts';

/** The way from a span of a reading to the span it was made of. Spans are half-open, in UTF-16 code units. */
export type SpanOf = (start: number, end: number) => Span;

export const same: SpanOf = (start, end) => ({ start, end });

/** A reading of a reading: first back through the inner one, then through the outer. */
export function through(inner: SpanOf, outer: SpanOf): SpanOf {
  if (outer === same) return inner;
  if (inner === same) return outer;
  return (start, end) => {
    const span = inner(start, end);
    return outer(span.start, span.end);
  };
}

/** A stretch of a text, cut out as it is. */
export const from =
  (offset: number): SpanOf =>
  (start, end) => ({ start: start + offset, end: end + offset });

/** Where each unit of a reading came from: `starts[i]` and `ends[i]` of unit i, in any order. */
export interface Origins {
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
}

/**
 * The way back by a table of origins, which is made when somebody asks: readings are made for every text, spans are
 * asked for only where something was found.
 * @param whole the span that an empty or misplaced question falls back to
 */
export function byOrigins(make: () => Origins, whole: Span): SpanOf {
  let origins: Origins | undefined;
  return (start, end) => {
    origins ??= make();
    const { starts, ends } = origins;
    const last = Math.min(end, starts.length) - 1;
    if (start > last || start < 0) return atOnePoint(origins, start, whole);
    let low = starts[start] ?? whole.start;
    let high = ends[last] ?? whole.end;
    // Readings run forwards or backwards: the outermost units bound the rest.
    low = Math.min(low, starts[last] ?? low);
    high = Math.max(high, ends[start] ?? high);
    return { start: low, end: high };
  };
}

function atOnePoint({ starts, ends }: Origins, at: number, whole: Span): Span {
  const point = at <= 0 ? (starts[0] ?? whole.start) : (starts[at] ?? ends[ends.length - 1] ?? whole.end);
  return { start: point, end: point };
}
