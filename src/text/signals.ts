import { guessed } from './numbers.ts';
import { byOrigins } from './spans.ts';
import { type Finder, matches, type Stretch } from './stretch.ts';

/** Codes of telegraphs and raised dots, and letters by their spoken names. */

const MORSE = new Map(
  'a.- b-... c-.-. d-.. e. f..-. g--. h.... i.. j.--- k-.- l.-.. m-- n-. o--- p.--. q--.- r.-. s... t- u..- v...- w.-- x-..- y-.-- z--.. 0----- 1.---- 2..--- 3...-- 4....- 5..... 6-.... 7--... 8---.. 9----. ..-.-.- ,--..-- ?..--.. !-.-.-- /-..-. :---... \'.----. --....- @.--.-. =-...- (-.--. )-.--.- "._..-.'
    .split(' ')
    .map((one) => [one.slice(1), one[0] ?? ''] as const),
);

const RUN = /(?<![.·•_-])[.·•_-]{1,6}(?:[ \t\r\n/|]{1,4}[.·•_-]{1,6}){4,4000}(?![.·•_-])/g;
const HINT_OF_MORSE = /[.·•_-][ /|\n]{1,4}[.·•_-]/;
/** Runs are read in lengths of 4,000 signs, and so many of them. */
const FEW = 12;

export const morse: Finder = {
  kind: 'morse',
  repairs: false,
  most: FEW,
  find(text) {
    if (!HINT_OF_MORSE.test(text)) return [];
    const found: Stretch[] = [];
    for (const match of matches(text, RUN, FEW)) {
      const stretch = fromMorse(match[0], match.index);
      if (stretch !== undefined) found.push(stretch);
    }
    return found;
  },
};

const SIGNS = /[.·•_-]+|[ \t]*[/|\n][ \t/|]*| {3,}/g;

function fromMorse(source: string, at: number): Stretch | undefined {
  const pieces = [...source.matchAll(SIGNS)];
  let text = '';
  for (const [piece] of pieces) {
    const char = /[.·•_-]/.test(piece) ? MORSE.get(piece.replace(/[·•]/g, '.').replace(/_/g, '-')) : ' ';
    if (char === undefined) return;
    text += char;
  }
  return guessed('morse', source, at, text, () => pieces);
}

/** Dots 1 to 6 of English Braille, grade 1. */
const BRAILLE = new Map(
  [...'a⠁b⠃c⠉d⠙e⠑f⠋g⠛h⠓i⠊j⠚k⠅l⠇m⠍n⠝o⠕p⠏q⠟r⠗s⠎t⠞u⠥v⠧w⠺x⠭y⠽z⠵,⠂;⠆:⠒.⠲?⠦!⠖-⠤'].flatMap((char, i, all) =>
    i % 2 === 0 ? [[all[i + 1] ?? '', char] as const] : [],
  ),
);

const DOTS = /[\u2801-\u28ff](?:[ \u2800-\u28ff]{0,4000}[\u2801-\u28ff])?/g;

export const braille: Finder = {
  kind: 'braille',
  repairs: false,
  most: FEW,
  find(text, survey) {
    if (!survey.hasForeign || !/[\u2801-\u28ff]/.test(text)) return [];
    const found: Stretch[] = [];
    for (const match of matches(text, DOTS, FEW)) {
      const pieces = [...match[0].matchAll(/./g)];
      const letters = pieces.map(([char]) => (char === ' ' ? ' ' : (BRAILLE.get(char) ?? '')));
      if (letters.every((letter) => letter !== ''))
        found.push(guessed('braille', match[0], match.index, letters.join(''), () => pieces));
    }
    return found;
  },
};

const NAMES =
  'al(?:f|ph)a|bravo|charlie|delta|echo|fox-?trot|golf|hotel|india|juliett?|kilo|lima|mike|november|oscar|papa|quebec|romeo|sierra|tango|uniform|victor|whiskey|x-?ray|yankee|zulu';
const SPELLED = new RegExp(`\\b(?:${NAMES})(?:[\\s,./-]{1,3}(?:${NAMES})){3,4000}\\b`, 'gi');
/** Two of its commonest letters, so that other texts cost next to nothing. */
const HINT = /\b(?:echo|tango|november|oscar|romeo)[\s,./-]+(?=[a-z])/i;

/** Letters by the names that radio operators say. */
export const spelled: Finder = {
  kind: 'spelled',
  repairs: false,
  most: FEW,
  find(text) {
    if (!HINT.test(text)) return [];
    return [...matches(text, SPELLED, FEW)].map((match): Stretch => {
      const words = [...match[0].matchAll(/[a-z-]+/gi)];
      const at = match.index;
      const origins = () => ({
        starts: words.map((word) => at + word.index),
        ends: words.map((word) => at + word.index + word[0].length),
      });
      const end = at + match[0].length;
      const letters = words
        .map(([word]) => word[0] ?? '')
        .join('')
        .toLowerCase();
      return {
        kind: 'spelled',
        start: at,
        end,
        text: letters,
        spanOf: byOrigins(origins, { start: at, end }),
        doubtful: true,
      };
    });
  },
};
