import { BIGRAM_LETTERS } from '../../src/guards/injection/features.ts';

/** −log₂ of how often a letter follows another in innocent texts, [28 × 28], in bits. */
export function surpriseOf(texts: Iterable<string>): Float32Array {
  const counts = new Float64Array(BIGRAM_LETTERS * BIGRAM_LETTERS).fill(0.5);
  for (const text of texts) {
    for (const [word] of text.matchAll(/[\p{L}\p{M}_'’]+/gu)) {
      let previous = 0;
      for (let i = 0; i <= word.length; i++) {
        const unit = i === word.length ? 32 : word.charCodeAt(i) | 32;
        const letter = unit === 32 ? 0 : unit >= 97 && unit <= 122 ? unit - 96 : 27;
        const at = previous * BIGRAM_LETTERS + letter;
        counts[at] = (counts[at] as number) + 1;
        previous = letter;
      }
    }
  }
  const out = new Float32Array(counts.length);
  for (let a = 0; a < BIGRAM_LETTERS; a++) {
    const row = counts.subarray(a * BIGRAM_LETTERS, (a + 1) * BIGRAM_LETTERS);
    const total = row.reduce((sum, count) => sum + count, 0);
    for (let b = 0; b < BIGRAM_LETTERS; b++) {
      out[a * BIGRAM_LETTERS + b] = -Math.log2((row[b] as number) / total);
    }
  }
  return out;
}
