/** Of blanks in a row, those kept at each end. */
const BLANKS = 32;
const LONG_BLANKS = new RegExp(`\\s{${2 * BLANKS + 1},}`, 'g');

/**
 * Without the midst of long blanks: a pattern that passes over blanks would pass over a text of them once from each, and
 * what stands behind a screenful of them counts as well.
 *
 * @returns `before`: where in the text it is
 */
export function squeezed(text: string): {
  readonly whole: string;
  readonly before: (at: number) => number;
} {
  const cuts: { readonly at: number; readonly less: number }[] = [];
  let less = 0;
  const whole = text.replace(LONG_BLANKS, (run, index: number) => {
    const breaks = run.slice(BLANKS, -BLANKS).includes('\n') ? '\n' : '';
    const kept = run.slice(0, BLANKS) + breaks + run.slice(-BLANKS);
    const at = index - less + BLANKS;
    less += run.length - kept.length;
    cuts.push({ at, less });
    return kept;
  });
  return { whole, before: (at) => at + (cuts.findLast((cut) => cut.at < at)?.less ?? 0) };
}
