/** A piece of a long text; `start` counts from the beginning of the text. */
export interface Piece {
  readonly start: number;
  readonly text: string;
}

/** English has four characters in a token, more or less; a stretch is then one run. What has more tokens is run in several. */
const CHARS_PER_TOKEN = 3;
/** What two neighbours share, so that whatever is short is whole in one of them. */
const SHARED = 0.25;
/** How far back a blank is looked for, to cut at: never as far as the stretch before it reaches. */
const NEAR = 64;

/** Cuts a text into stretches that overlap, at blanks where there are any, never within a surrogate pair. */
export function stretchesOf(text: string, maxTokens: number): Piece[] {
  const length = maxTokens * CHARS_PER_TOKEN;
  const step = Math.floor(length * (1 - SHARED));
  const near = Math.min(NEAR, step >> 1);
  const pieces: Piece[] = [];
  for (let at = 0; ; ) {
    const end = at + length >= text.length ? text.length : cutNear(text, at + length, near);
    pieces.push({ start: at, text: text.slice(at, end) });
    if (end === text.length) return pieces;
    at = cutNear(text, at + step, near);
  }
}

function cutNear(text: string, wanted: number, near: number): number {
  for (let at = wanted; at > wanted - near; at--) if (isBlank(text.charCodeAt(at - 1))) return at;
  const code = text.charCodeAt(wanted);
  return code >= 0xdc00 && code < 0xe000 ? wanted - 1 : wanted;
}

const isBlank = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);

/** Tokens in windows of the model's length that overlap by a quarter; all of them are in one. */
export function windowsOf<T>(tokens: readonly T[], length: number): (readonly T[])[] {
  const step = Math.max(1, Math.floor(length * (1 - SHARED)));
  const windows: (readonly T[])[] = [];
  for (let at = 0; ; at += step) {
    windows.push(tokens.slice(at, at + length));
    if (at + length >= tokens.length) return windows;
  }
}
