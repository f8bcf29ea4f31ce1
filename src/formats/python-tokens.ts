/** A token of Python: a name, a string (its text as it stands, without quotes), an operator, or the end of a logical line. */
export interface Token {
  readonly kind: 'name' | 'string' | 'operator' | 'number' | 'line';
  readonly text: string;
  /** UTF-16 offset in the source. */
  readonly at: number;
  /** Of `line`: blanks before the line that follows. */
  readonly indent?: number;
}

const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /\d[\w.]*/y;
const STRING = /(?:[rbuf]|br|rb|fr|rf)?('''|"""|'|")/iy;
const MOST = 400_000;

/**
 * The tokens of a text in Python (3.x, and most of 2), enough to tell calls from strings and comments. What is no Python
 * comes out as operators: nothing is refused.
 */
export function* pythonTokens(text: string): Generator<Token> {
  let at = 0;
  let depth = 0;
  let count = 0;
  yield { kind: 'line', text: '', at: 0, indent: indentAt(text, 0) };
  while (at < text.length && count++ < MOST) {
    const char = text[at] as string;
    // Lines of Python may end with a carriage return alone.
    if (char === '\n' || (char === '\r' && text[at + 1] !== '\n')) {
      at++;
      if (depth === 0) yield { kind: 'line', text: '', at, indent: indentAt(text, at) };
    } else if (char === ' ' || char === '\t' || char === '\r' || char === '\f') at++;
    else if (char === '\\' && /^\\\r?\n/.test(text.slice(at, at + 3))) at += text[at + 1] === '\r' ? 3 : 2;
    else if (char === '#') {
      while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++;
    } else {
      const token = stringAt(text, at) ?? match(NAME, 'name', text, at) ?? match(NUMBER, 'number', text, at);
      if (token !== undefined) {
        yield token.token;
        at = token.end;
        continue;
      }
      if ('([{'.includes(char)) depth++;
      else if (')]}'.includes(char)) depth = Math.max(0, depth - 1);
      yield { kind: 'operator', text: char, at };
      at++;
    }
  }
}

interface Read {
  readonly token: Token;
  readonly end: number;
}

function match(pattern: RegExp, kind: Token['kind'], text: string, at: number): Read | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(text)?.[0];
  if (found === undefined) return undefined;
  // Python takes names in their compatibility form: ｏｓ is os.
  return {
    token: { kind, text: kind === 'name' ? found.normalize('NFKC') : found, at },
    end: at + found.length,
  };
}

function stringAt(text: string, at: number): Read | undefined {
  STRING.lastIndex = at;
  const found = STRING.exec(text);
  const quote = found?.[1];
  if (found === null || quote === undefined) return undefined;
  const start = at + found[0].length;
  let end = start;
  for (; end < text.length; end++) {
    const char = text[end];
    if (char === '\\') end++;
    else if (char === '\n' && quote.length === 1) break;
    else if (text.startsWith(quote, end))
      return { token: { kind: 'string', text: text.slice(start, end), at }, end: end + quote.length };
  }
  // Without an end it goes to the end of the line, or of the text.
  return { token: { kind: 'string', text: text.slice(start, end), at }, end: Math.min(end, text.length) };
}

/** Columns of blanks before the next line that is more than blanks and comments. */
function indentAt(text: string, from: number): number {
  let indent = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === ' ') indent++;
    else if (char === '\t') indent += 8 - (indent % 8);
    else if (char === '\f' || (char === '\r' && text[at + 1] === '\n')) continue;
    else if (char === '\r') return -1;
    else if (char === '\n') return -1;
    else return char === '#' ? -1 : indent;
  }
  return -1;
}
