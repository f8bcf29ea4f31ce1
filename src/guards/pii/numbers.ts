import { type Candidate, partOfMore, weigh, wordsOf } from './candidate.ts';
import type { Identifier } from './identifiers/identifier.ts';

interface Form {
  readonly identifier: Identifier;
  readonly words: RegExp;
  readonly separated: boolean;
}

const FACTOR = 0x01000193;
const LONGEST = 34;
const DIGIT = 1;
const LETTER = 2;
const EITHER = 3;
/** Separators: what is taken for each of them. */
const MARKS: Readonly<Record<string, number>> = {
  ' ': 4,
  '\u00a0': 4,
  '\u202f': 4,
  '-': 5,
  '‐': 5,
  '‑': 5,
  '–': 5,
  '.': 6,
  '/': 7,
  '(': 8,
  ')': 9,
  '+': 5,
};
const MARK = new Uint8Array(65_536);
for (const [char, mark] of Object.entries(MARKS)) MARK[char.charCodeAt(0)] = mark;

const step = (hash: number, part: number): number => Math.imul(hash ^ part, FACTOR);

/** `A2~d6~A`, written out, once for each separator that `~` stands for. */
function spelled(form: string): string[] {
  const plain = form.replace(/([dAx])(\d+)/g, (_, kind: string, times: string) => kind.repeat(Number(times)));
  return plain.includes('~') ? ['', ' ', '-', '.'].map((mark) => plain.replaceAll('~', mark)) : [plain];
}

/** How a stretch is written, as a number; with `x` for digits and letters alike where `loose`. */
function shapeOf(form: string): number {
  let hash = 0;
  for (const char of form) {
    const part =
      char === 'd' ? DIGIT : char === 'A' ? LETTER : char === 'x' ? EITHER : MARK[char.charCodeAt(0)];
    hash = step(hash, part as number);
  }
  return hash;
}

/** Finds identifiers by how they are written. Each stretch of up to 34 characters that begins with a word is looked up. */
export class Numbers {
  readonly #strict = new Map<number, Form[]>();
  readonly #loose = new Map<number, Form[]>();

  constructor(identifiers: readonly Identifier[]) {
    for (const identifier of identifiers) {
      const words = wordsOf(identifier.context);
      for (const form of identifier.forms.flatMap(spelled)) {
        const loose = form.includes('x');
        const table = loose ? this.#loose : this.#strict;
        const shape = shapeOf(loose ? form.replace(/[dA]/g, 'x') : form);
        const entry = { identifier, words, separated: /[^dAx]/.test(form) };
        table.set(shape, [...(table.get(shape) ?? []), entry]);
      }
    }
  }

  find(text: string, from: number, to: number, add: (one: Candidate) => void): void {
    for (let at = from; at < to; ) {
      if (kindOf(text.charCodeAt(at)) === 0) {
        at++;
        continue;
      }
      this.#from(text, at, Math.min(text.length, at + LONGEST), add);
      while (at < to && kindOf(text.charCodeAt(at)) !== 0) at++;
    }
  }

  #from(text: string, start: number, limit: number, add: (one: Candidate) => void): void {
    let strict = 0;
    let loose = 0;
    let digits = 0;
    for (let at = start; at < limit; at++) {
      const code = text.charCodeAt(at);
      const kind = kindOf(code);
      if (kind === 0) {
        const mark = MARK[code] as number;
        // Three words without a digit begin no identifier.
        if (mark === 0 || (digits === 0 && at - start > 4)) return;
        strict = step(strict, mark);
        loose = step(loose, mark);
        if (mark !== 9) continue;
      } else {
        if (kind === DIGIT) digits++;
        strict = step(strict, kind);
        loose = step(loose, EITHER);
        if (kindOf(text.charCodeAt(at + 1)) !== 0) continue;
      }
      if (digits < 4) continue;
      const forms = this.#strict.get(strict);
      if (forms !== undefined) judge(text, start, at + 1, forms, add);
      const others = this.#loose.get(loose);
      if (others !== undefined) judge(text, start, at + 1, others, add);
    }
  }
}

/** A digit, a Latin capital or small letter; 0 for all else. */
function kindOf(code: number): number {
  if (code >= 48 && code <= 57) return DIGIT;
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) ? LETTER : 0;
}

function judge(
  text: string,
  start: number,
  end: number,
  forms: readonly Form[],
  add: (one: Candidate) => void,
): void {
  if (partOfMore(text, start, end)) return;
  const written = text.slice(start, end);
  const compact = written.replace(/[^0-9A-Za-z]/g, '');
  if (/[a-z]/.test(compact) && /[A-Z]/.test(compact)) return;
  for (const { identifier, words, separated } of forms) {
    if (!identifier.valid(compact.toUpperCase())) continue;
    const score = separated ? identifier.score : (identifier.bare ?? identifier.score);
    const small = compact !== compact.toUpperCase() ? 0.3 : 0;
    const one = weigh(text, { id: identifier.id, start, end, score: score - small }, words);
    if (one.score > 0) add(one);
  }
}
