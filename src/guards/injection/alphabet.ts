/** What a UTF-16 code unit is to the tokenizer. */
export const UNIT = {
  space: 0,
  letter: 1,
  digit: 2,
  /** A letter of a script that is written without spaces: each is a token of its own. */
  ideograph: 3,
  punctuation: 4,
  newline: 5,
  /** Ends a sentence. */
  stop: 6,
  /** Emoji and all else. */
  other: 7,
} as const;

const UNSPACED = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Mymr}\p{sc=Tibt}]/u;
const LETTER = /[\p{L}\p{M}_'’]/u;
const DIGIT = /\p{N}/u;
const STOP = /[.!?。！？؟।॥…]/u;
const NEWLINE = /[\n\r\u2028\u2029]/u;
const SPACE = /[\s\p{Cc}]/u;
const PUNCTUATION = /[\p{P}\p{S}]/u;

const classes = new Uint8Array(65_536);
const lowers = new Uint16Array(65_536);
const ready = new Uint8Array(256);

/** The tables are made by the page, when a text first has a character of it. */
function page(number: number): void {
  for (let unit = number << 8; unit < (number + 1) << 8; unit++) {
    const char = String.fromCharCode(unit);
    lowers[unit] = char.toLowerCase().charCodeAt(0);
    classes[unit] = classOf(char);
  }
  ready[number] = 1;
}

function classOf(char: string): number {
  if (NEWLINE.test(char)) return UNIT.newline;
  if (SPACE.test(char)) return UNIT.space;
  if (UNSPACED.test(char)) return UNIT.ideograph;
  if (LETTER.test(char)) return UNIT.letter;
  if (DIGIT.test(char)) return UNIT.digit;
  if (STOP.test(char)) return UNIT.stop;
  return PUNCTUATION.test(char) ? UNIT.punctuation : UNIT.other;
}

/** One of {@link UNIT}. */
export function unitClass(unit: number): number {
  if (ready[unit >> 8] === 0) page(unit >> 8);
  return classes[unit] as number;
}

/** Lower case of a unit; {@link unitClass} must have been asked for it before. */
export const lowerUnit = (unit: number): number => lowers[unit] as number;
