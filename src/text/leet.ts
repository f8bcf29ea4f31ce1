import { naturalness } from './natural.ts';
import { from } from './spans.ts';
import type { Finder, Stretch } from './stretch.ts';
import { isKnown } from './words.ts';

/** What stands for which letter; `1`, `!` and `|` for one of two. */
const LETTERS: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  2: 'z',
  3: 'e',
  4: 'a',
  5: 's',
  6: 'g',
  7: 't',
  8: 'b',
  9: 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
  '+': 't',
  '(': 'c',
  '<': 'c',
  '€': 'e',
  '£': 'l',
  '¡': 'i',
  '¥': 'y',
  '§': 's',
  '¢': 'c',
  '×': 'x',
  '^': 'a',
  '#': 'h',
  '*': '*',
};
const OTHERWISE: Readonly<Record<string, string>> = { 1: 'l', '!': 'l', '|': 'i', 6: 'b', 9: 'q', '0': 'u' };

/** Tables by code go up to the last sign, €. */
const CODES = 0x20ad;
const byCode = (letters: Readonly<Record<string, string>>): readonly (string | undefined)[] =>
  Array.from({ length: CODES }, (_, code) => letters[String.fromCharCode(code)]);
const MEANT = byCode(LETTERS);
const FORKED = byCode(OTHERWISE);

const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Signs that are letters more often than not; the others are so within a word that has one of these. */
const SIGN = /[0-9@$|!€£¡¥§¢]/g;
/** Units that stand in such words; of punctuation at the edges of a word `AFTER` and `BEFORE` are just that. */
const [IN_WORD, AFTER, BEFORE] = [1, 2, 4];
const PLACES = new Uint8Array(CODES);
const place = (chars: string, where: number) => {
  for (const char of chars) PLACES[char.charCodeAt(0)] = (PLACES[char.charCodeAt(0)] as number) | where;
};
place(`@$|!+(<€£¡¥§¢×^#${ALNUM}`, IN_WORD);
place('!(<|+#^', AFTER);
place('(<#^+|', BEFORE);
const stands = (text: string, at: number, where: number): boolean => {
  const code = text.charCodeAt(at);
  return code < CODES && ((PLACES[code] as number) & where) !== 0;
};
const LONGEST = 24;
/** As many signs with two readings are tried both ways. */
const FORKS = 2;
/** So many words with signs are looked at. */
const MOST = 2048;

/** Words with digits and signs for letters: 1gn0r3, p@$$w0rd. Ids, versions, sizes and addresses are no words. */
export const leet: Finder = {
  kind: 'leet',
  repairs: true,
  find(text, survey) {
    if (!survey.hasDigits && !survey.hasForeign && !/[@$|!]/.test(text)) return [];
    const found: Stretch[] = [];
    let known = 0;
    let done = 0;
    let tried = 0;
    SIGN.lastIndex = 0;
    for (let match = SIGN.exec(text); match !== null; match = SIGN.exec(text)) {
      if (match.index < done) continue;
      if (++tried > MOST) break;
      const [start, end] = wordAround(text, match.index, done);
      done = Math.max(end, match.index + 1);
      SIGN.lastIndex = done;
      if (end - start < 2 || end - start > LONGEST) continue;
      const source = text.slice(start, end);
      const word = repaired(source);
      if (word === undefined) continue;
      if (word.length > 2 && isKnown(word)) known++;
      found.push({ kind: 'leet', start, end, text: word, spanOf: from(start) });
    }
    // Words of two letters and unknown ones count in company only.
    return known === 0 ? [] : found.filter((one) => known > 1 || isKnown(one.text));
  },
};

function wordAround(text: string, at: number, from: number): [start: number, end: number] {
  let start = at;
  let end = at + 1;
  const first = Math.max(from, at - LONGEST);
  while (start > first && stands(text, start - 1, IN_WORD)) start--;
  while (end < at + LONGEST + 1 && stands(text, end, IN_WORD)) end++;
  while (end > start && stands(text, end - 1, AFTER)) end--;
  while (start < end && stands(text, start, BEFORE)) start++;
  return [start, end];
}

function repaired(source: string): string | undefined {
  if (!/[A-Za-z]/.test(source) || !/[^A-Za-z]/.test(source)) return;
  // Digits at the end alone number things: covid19, sha256, python3.
  const numbered = /^[A-Za-z]+\d+$/.test(source);
  // Sizes and times (100K, 10s), and names of variables and people ($age, @user).
  if (/^(?:\d{2,}[A-Za-z]{1,2}|\d[A-Za-z])$/.test(source)) return;
  const name = /^[$@]([A-Za-z]{3,})$/.exec(source)?.[1];
  if (name !== undefined && (isKnown(name) || naturalness(name) > 0.3)) return;
  let forks = 0;
  for (let i = 0; i < source.length; i++) if (FORKED[source.charCodeAt(i)] !== undefined) forks++;
  const variants = 1 << Math.min(forks, FORKS);
  let best: string | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (let choice = 0; choice < variants; choice++) {
    const word = letters(source, choice);
    if (isKnown(word) && (!numbered || word.length > 4)) return word;
    const bits = naturalness(word);
    if (bits > most) {
      most = bits;
      best = word;
    }
  }
  const own = source.replace(/[^A-Za-z]/g, '').length;
  return !numbered && source.length > 3 && own * 5 >= source.length * 2 && most > 0.7 ? best : undefined;
}

function letters(source: string, choice: number): string {
  let bit = 0;
  let word = '';
  const shout = source === source.toUpperCase();
  for (let i = 0; i < source.length; i++) {
    const code = source.charCodeAt(i);
    const other = FORKED[code];
    const letter = other !== undefined && (choice >> bit++) & 1 ? other : MEANT[code];
    word += letter === undefined ? source[i] : shout ? letter.toUpperCase() : letter;
  }
  return word;
}
