/** Where a unit of joined texts came from: which text, and where in it. */
export interface Place {
  readonly text: number;
  /** UTF-16. */
  readonly offset: number;
}

/** Several texts read as one: what is split over messages and parts makes sense together only. */
export interface Joined {
  readonly text: string;
  /**
   * The parts of the texts that `[start, end)` was made of, in order, each with its half-open span in its own text;
   * what was put between texts is in none.
   */
  partsOf(
    start: number,
    end: number,
  ): readonly { readonly text: number; readonly start: number; readonly end: number }[];
  placeOf(offset: number): Place;
}

/** @param between what stands between two texts: nothing where a word may be cut, a space or line end otherwise */
export function joined(texts: readonly string[], between = ''): Joined {
  const starts: number[] = [];
  let length = 0;
  for (const text of texts) {
    starts.push(length);
    length += text.length + between.length;
  }
  const indexAt = (offset: number): number => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  };
  return {
    text: texts.join(between),
    placeOf: (offset) => {
      const text = indexAt(offset);
      return { text, offset: Math.min(Math.max(0, offset - (starts[text] ?? 0)), texts[text]?.length ?? 0) };
    },
    partsOf: (start, end) => {
      const parts: { text: number; start: number; end: number }[] = [];
      for (let index = indexAt(start); index < texts.length && (starts[index] ?? 0) < end; index++) {
        const base = starts[index] ?? 0;
        const part = {
          text: index,
          start: Math.max(0, start - base),
          end: Math.min(texts[index]?.length ?? 0, end - base),
        };
        if (part.end > part.start) parts.push(part);
      }
      return parts;
    },
  };
}
