import { ALIKE_LETTERS, RESEMBLING_LETTERS, TWIN_LETTERS } from './confusables.ts';
import { ACTS, Act, astral, EXPANSIONS, INTO, learn } from './fold-table.ts';
import { scratch, written } from './scratch.ts';
import type { Signs } from './view.ts';

/** Signs that folding itself sees; the rest come with the readings. */
export type FoldSigns = Omit<Signs, 'leet' | 'spaced' | 'encoded'>;

export const NO_FOLD_SIGNS: FoldSigns = {
  zeroWidth: 0,
  tags: 0,
  bidi: 0,
  variation: 0,
  confusables: 0,
  mixedScript: 0,
  marks: 0,
  styled: 0,
  controls: 0,
};

/** How many marks of its own script a letter may carry: Thai and Tibetan need up to four. */
const SCRIPT_MARKS = 4;
const FLAG = 0x1f3f4;
/** Tags that a flag may have after it, with the one that ends them (UTS #51). */
const FLAG_TAGS = 7;

const isAsciiLetter = (code: number) => (code | 32) >= 97 && (code | 32) <= 122;
/** Scripts that set no spaces between words, and lend letters to no alphabet but by their shape. */
const isWide = (code: number) => (code >= 0x2e80 && code < 0xa4d0) || code >= 0xac00;

/** One walk over a text that folds it; with `starts` and `ends` it notes where each unit came from. */
export class Folder {
  readonly #text: string;
  readonly #starts: Int32Array | undefined;
  readonly #ends: Int32Array | undefined;
  readonly #out: Uint16Array;
  readonly #room: number;
  #length = 0;
  readonly #signs = { ...NO_FOLD_SIGNS } as { -readonly [K in keyof FoldSigns]: number };
  // The word that is being read: what letters it has.
  #latin = 0;
  #twins = 0;
  #alike = 0;
  #resembling = 0;
  #others = 0;
  #bordered = false;
  // Over the whole text, to judge words that have twins alone.
  #latinLetters = 0;
  #otherLetters = 0;
  readonly #twinWords: number[] = [];

  constructor(text: string, starts: Int32Array | undefined, ends: Int32Array | undefined) {
    this.#text = text;
    this.#starts = starts;
    this.#ends = ends;
    this.#room = text.length + (text.length >> 1) + 4;
    this.#out = scratch(this.#room + 4);
  }

  get signs(): FoldSigns {
    return this.#signs;
  }

  run(): string {
    const text = this.#text;
    const signs = this.#signs;
    let base = 0; // the character that marks go on
    let marks = 0;
    let flagTags = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 32 && code < 127) {
        if (isAsciiLetter(code)) this.#latin++;
        else this.#endWord(false);
        this.#put(code, i, i + 1);
        base = code;
        marks = 0;
        continue;
      }
      let act = ACTS[code] || learn(code);
      let into = INTO[code] ?? code;
      let end = i + 1;
      if (code >= 0xd800 && code < 0xdc00 && end < text.length) {
        const point = text.codePointAt(i) ?? code;
        if (point > 0xffff) {
          end++;
          if (point === FLAG) flagTags = FLAG_TAGS;
          [act, into] = astral(point);
          if (act === Act.keep) {
            this.#endWord(false);
            this.#put(code, i, end);
            this.#put(text.charCodeAt(i + 1), i, end);
            base = code;
            marks = 0;
            i++;
            continue;
          }
        }
      }
      switch (act) {
        case Act.keep:
          this.#otherLetters++;
          this.#endWord(isWide(code));
          this.#put(into, i, end);
          break;
        case Act.letter:
          this.#others++;
          this.#put(into, i, end);
          break;
        case Act.twin:
          this.#twins++;
          this.#put(code, i, end);
          break;
        case Act.alike:
          this.#alike++;
          this.#put(code, i, end);
          break;
        case Act.resembling:
          this.#resembling++;
          this.#put(code, i, end);
          break;
        case Act.latin:
          signs.confusables++;
          this.#latin++;
          this.#put(into, i, end);
          break;
        case Act.styled:
          signs.styled++;
          this.#plain(into, i, end);
          break;
        case Act.plain:
          this.#plain(into, i, end);
          break;
        case Act.expand:
          this.#expand(code, i, end);
          break;
        case Act.control:
          if (code >= 9 && code <= 13) this.#plain(code, i, end);
          else {
            signs.controls++;
            if (code === 0x1b) end = ansiEnd(text, i);
          }
          break;
        case Act.zeroWidth:
          if (!needed(code, base, i)) signs.zeroWidth++;
          break;
        case Act.bidi:
          signs.bidi++;
          break;
        case Act.variation: {
          const next = text.charCodeAt(end);
          const again = (next >= 0xfe00 && next <= 0xfe0f) || next === 0xdb40;
          if (marks > 0 || again || into !== code || isAsciiLetter(base)) signs.variation++;
          marks++;
          break;
        }
        case Act.tag:
          if (flagTags > 0) flagTags--;
          else signs.tags++;
          break;
        case Act.mark:
          if (marks > 0) signs.marks++;
          else if (base >= 0x370) this.#compose(code, end);
          marks++;
          break;
        case Act.scriptMark:
          if (marks < SCRIPT_MARKS) this.#put(code, i, end);
          else signs.marks++;
          marks++;
          break;
      }
      if (act <= Act.expand) {
        base = into;
        marks = 0;
      }
      i = end - 1;
    }
    this.#endWord(false);
    this.#readTwinWords();
    return written(this.#out, this.#length);
  }

  #put(unit: number, start: number, end: number): void {
    const at = this.#length++;
    this.#out[at] = unit;
    if (this.#starts === undefined || this.#ends === undefined) return;
    this.#starts[at] = start;
    this.#ends[at] = end;
  }

  #plain(unit: number, start: number, end: number): void {
    if (isAsciiLetter(unit)) this.#latin++;
    else this.#endWord(false);
    this.#put(unit, start, end);
  }

  #expand(code: number, start: number, end: number): void {
    const into = EXPANSIONS.get(code) ?? '';
    // What is left to read needs room too.
    if (this.#length + into.length + (this.#text.length - end) > this.#room) this.#put(code, start, end);
    else for (let i = 0; i < into.length; i++) this.#plain(into.charCodeAt(i), start, end);
  }

  /** A mark on a letter that is not Latin: one character where Unicode has one (й, ё, ά); else the mark goes. */
  #compose(mark: number, end: number): void {
    const at = this.#length - 1;
    const letter = this.#out[at];
    if (letter === undefined) return;
    const together = String.fromCharCode(letter, mark).normalize('NFC');
    if (together.length !== 1) return;
    this.#out[at] = together.charCodeAt(0);
    if (this.#ends !== undefined) this.#ends[at] = end;
  }

  /** @param wide the word is ended by a character of a script that sets no spaces */
  #endWord(wide: boolean): void {
    const alien = this.#twins + this.#alike + this.#resembling;
    if (alien > 0 || this.#others > 0) this.#judge(alien, wide);
    this.#latinLetters += this.#latin;
    this.#latin = this.#twins = this.#alike = this.#resembling = this.#others = 0;
    this.#bordered = wide;
  }

  #judge(alien: number, wide: boolean): void {
    const letters = this.#latin + alien + this.#others;
    const last = this.#out[this.#length - 1] ?? 0;
    // In “API工具” 工 is no I: shapes are borrowed a word at a time.
    const borrowed = !isWide(last) || (alien > 2 && !wide && !this.#bordered);
    if (this.#latin > 0 && borrowed) this.#signs.mixedScript++;
    if (this.#latin > 0 && borrowed && this.#latin + this.#twins > this.#others + this.#resembling) {
      this.#latinise(this.#length, alien);
      this.#latinLetters += alien;
    } else if (this.#twins === letters && borrowed) this.#twinWords.push(this.#length, alien);
    else this.#otherLetters += letters;
  }

  /** Words of nothing but twins (“сое”) are read with the letters around them: Latin ones, or their own. */
  #readTwinWords(): void {
    if (this.#otherLetters * 2 > this.#latinLetters && this.#otherLetters > 0) return;
    for (let i = 0; i < this.#twinWords.length; i += 2)
      this.#latinise(this.#twinWords[i] ?? 0, this.#twinWords[i + 1] ?? 0);
  }

  /** Makes the `count` letters before `end` that are not Latin so. */
  #latinise(end: number, count: number): void {
    this.#signs.confusables += count;
    for (let at = end - 1, left = count; left > 0 && at >= 0; at--) {
      const latin = SKELETONS.get(this.#out[at] ?? 0);
      if (latin === undefined) continue;
      this.#out[at] = latin;
      left--;
    }
  }
}

const SKELETONS = new Map(
  [...TWIN_LETTERS, ...ALIKE_LETTERS, ...RESEMBLING_LETTERS].map(
    ([from, to]) => [from.charCodeAt(0), to.charCodeAt(0)] as const,
  ),
);

/** The end of a terminal's control sequence that starts at `at` (ECMA-48, 5.4), or just after the escape. */
function ansiEnd(text: string, at: number): number {
  if (text[at + 1] !== '[') return at + 1;
  for (let i = at + 2; i < at + 18; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x40 && code <= 0x7e) return i + 1;
    if (!(code >= 0x20 && code < 0x40)) break;
  }
  return at + 1;
}

/** A joiner between letters that need it, or within an emoji; a mark of byte order at the start; a soft hyphen. */
function needed(code: number, base: number, at: number): boolean {
  if (code === 0xfeff) return at === 0;
  if (code === 0x200d) return base >= 0x600;
  return code === 0x200c && base >= 0x600 && base < 0x1000;
}
