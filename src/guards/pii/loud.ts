import { type Lexicon, WORD } from './model.ts';

/** What a chunk of text between spaces means for a reader that holds text back. */
export const QUIET = 0;
export const LOUD = 1;
/** Quiet itself, but what comes next is likely a name: `name`, `llamo`. */
export const NAMING = 2;

const SEED = 0x811c9dc5;
const NAMES = WORD.given | WORD.surname | WORD.place | WORD.street | WORD.title | WORD.country;
const UNSPACED_NAME = /[我叫姓名联聯患收客さ様氏先女님씨입생電전]/u;
const CAPITAL = /\p{Lu}/u;
const LETTER = /\p{L}|\p{M}/u;
const IDEOGRAPH = /[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;

/** Classes of ASCII and Latin letters, so that nothing has to be asked twice. */
const CLASS = new Uint8Array(65_536);
const SMALL = 1;
const LARGE = 2;
const NUMERIC = 3;
const IDEOGRAPHIC = 4;
const FOLD = new Uint16Array(65_536);
for (let code = 0; code < 65_536; code++) {
  const char = String.fromCharCode(code);
  const small = char.toLowerCase();
  FOLD[code] = small.length === 1 ? small.charCodeAt(0) : code;
  if (code >= 48 && code <= 57) CLASS[code] = NUMERIC;
  else if (IDEOGRAPH.test(char)) CLASS[code] = IDEOGRAPHIC;
  else if (code >= 0xd800 && code <= 0xdfff) CLASS[code] = 0;
  else if (CAPITAL.test(char)) CLASS[code] = LARGE;
  else if (LETTER.test(char)) CLASS[code] = SMALL;
}

/** Whether something between `from` and `to`, which stand at spaces, could be or begin an entity. */
export function loudness(text: string, from: number, to: number, lexicon: Lexicon | undefined): number {
  let result = QUIET;
  for (let at = from; at < to; ) {
    const first = text.charCodeAt(at);
    const type = CLASS[first] as number;
    if (type === NUMERIC || first === 64) return LOUD;
    if (type === 0) {
      at++;
      continue;
    }
    if (type === IDEOGRAPHIC) return UNSPACED_NAME.test(text.slice(at, to)) ? LOUD : result;
    let hash = SEED;
    let end = at;
    for (; end < to; end++) {
      const code = text.charCodeAt(end);
      const next = CLASS[code] as number;
      if (next !== SMALL && next !== LARGE) break;
      hash = Math.imul(hash ^ (FOLD[code] as number), 0x01000193);
    }
    const bits = lexicon === undefined ? 0 : lexicon.get(hash >>> 0);
    if (type === LARGE) {
      // A sentence begins with a capital too; such words are names only if the lexicon says that they may be.
      if ((bits & WORD.common) === 0 || (bits & (NAMES | WORD.calendar)) !== 0) return LOUD;
    } else if ((bits & (NAMES | WORD.particle)) !== 0 && (bits & WORD.common) === 0) return LOUD;
    if ((bits & WORD.naming) !== 0) result = NAMING;
    at = end;
  }
  return result;
}
