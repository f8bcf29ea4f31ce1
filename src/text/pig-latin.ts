import { naturalness } from './natural.ts';
import { type Finder, matches, type Stretch } from './stretch.ts';
import { KNOWN_WORDS } from './words.ts';

const RUN = /[A-Za-z]+ay(?:[^A-Za-z]{1,3}[A-Za-z]+ay){1,2000}/g;
/** Runs are read in lengths of 2,000 words, and so many of them. */
const FEW = 8;

/** Words whose beginning was moved to their end, with -ay after it. */
export const pigLatin: Finder = {
  kind: 'pig-latin',
  repairs: true,
  find(text, survey) {
    if (survey.words.ay < 2) return [];
    const found: Stretch[] = [];
    for (const run of matches(text, RUN, FEW)) {
      for (const { index, 0: word } of run[0].matchAll(/[A-Za-z]+/g)) {
        const start = run.index + index;
        const end = start + word.length;
        found.push({ kind: 'pig-latin', start, end, text: original(word), spanOf: () => ({ start, end }) });
      }
    }
    return found.some((one) => one.text.length > 2 && KNOWN_WORDS.has(one.text.toLowerCase())) ? found : [];
  },
};

function original(word: string): string {
  const bare = word.slice(0, -2);
  const candidates = [bare, ...[1, 2, 3].map((size) => bare.slice(-size) + bare.slice(0, -size))];
  if (/[wyh]$/i.test(bare)) candidates.unshift(bare.slice(0, -1));
  const known = candidates.find((one) => KNOWN_WORDS.has(one.toLowerCase()));
  return (
    known ?? candidates.reduce((a, b) => (naturalness(b) > naturalness(a) ? b : a), candidates[0] ?? bare)
  );
}
