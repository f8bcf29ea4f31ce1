import type { View } from '../../text/view.ts';

/** So many lines of a word or two, or words tied by underscores, and the text is read as one line too. */
const BROKEN = 4;
const SHORT_LINE = 24;

/** A text that is mostly broken up by line ends or underscores, as one line; undefined for all others. Every offset stays. */
export function flattened(view: View): View | undefined {
  const { text } = view;
  if (!isCut(text) && !isTied(text)) return undefined;
  return { ...view, text: text.replace(/[\n_]/g, ' '), spanOf: (from, to) => view.spanOf(from, to) };
}

function isCut(text: string): boolean {
  let lines = 0;
  let short = 0;
  for (let start = 0; start < text.length; ) {
    const next = text.indexOf('\n', start);
    const end = next < 0 ? text.length : next;
    if (end > start) {
      lines++;
      if (end - start <= SHORT_LINE && countOf(' ', text.slice(start, end), 2) <= 1) short++;
    }
    start = end + 1;
  }
  return short >= BROKEN && short > 0.6 * lines;
}

function isTied(text: string): boolean {
  const ties = countOf('_', text);
  return ties >= BROKEN && ties > 2 * countOf(' ', text);
}

/** How often a sign stands in a text, counted up to `most`. */
function countOf(sign: string, text: string, most = text.length): number {
  let count = 0;
  for (let at = text.indexOf(sign); at >= 0 && count < most; at = text.indexOf(sign, at + 1)) count++;
  return count;
}
