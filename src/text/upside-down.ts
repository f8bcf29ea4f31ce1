import { turned } from './ciphers.ts';
import { TURNED, UPSIDE_DOWN } from './confusables.ts';
import { matches, type Stretch } from './stretch.ts';

/** So many lines are read, of 4,000 characters at the most. */
const FEW = 16;
const TURNED_LETTERS = new RegExp(`[${[...TURNED].join('')}]`, 'gu');

/** Lines written upside down are read from their end, each letter as what it is when turned. Read before folding. */
export function upsideDown(text: string): Stretch[] {
  if ((text.match(TURNED_LETTERS)?.length ?? 0) < 3) return [];
  const found: Stretch[] = [];
  for (const { index, 0: line } of matches(text, /[^\n]{1,4000}/g, FEW)) {
    const letters = line.match(TURNED_LETTERS);
    if (letters === null || letters.length < 3) continue;
    const first = line.search(TURNED_LETTERS);
    const start = index + runStart(line, first);
    found.push(
      turned(
        line.slice(start - index),
        start,
        index + line.length,
        'upside-down',
        (char) => UPSIDE_DOWN.get(char) ?? char,
      ),
    );
  }
  return found;
}

/** What is upside down begins after the last word before it that has ordinary letters only. */
function runStart(line: string, first: number): number {
  const word = line.lastIndexOf(' ', first) + 1;
  return word;
}
