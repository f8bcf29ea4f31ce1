/** What a sequence classifier says of a stretch of a text. */
export interface Stretch {
  /** Half-open span in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  /** 0..1, in the order of {@link Classifier.labels}; they add up to 1. */
  readonly scores: readonly number[];
}

/**
 * A supplied encoder that sorts texts under labels: toxic or not, injection or not, topics. Long texts are read in
 * stretches that overlap, and every stretch is told of.
 */
export interface Classifier {
  readonly name: string;
  readonly labels: readonly string[];
  /** Score from which a label counts, where a policy says nothing else. */
  readonly threshold: number;
  /** Rejects where it cannot decide: too much waits, the time is over, the model fails. Never gives a part of the text. */
  classify(text: string): Promise<readonly Stretch[]>;
}

/** The highest score of a label, and where. Undefined for an empty text. */
export function highest(stretches: readonly Stretch[], label: number): Stretch | undefined {
  let best: Stretch | undefined;
  for (const one of stretches) {
    if (best === undefined || (one.scores[label] ?? 0) > (best.scores[label] ?? 0)) best = one;
  }
  return best;
}
