import { Malformed, type Source } from '../source.ts';

/** How a text is written, where that is not plain UTF-8. */
export interface Encoding {
  readonly label: string;
  /** Bytes of the mark of the byte order before it. */
  readonly mark: number;
}

const MARKS: readonly (readonly [mark: string, label: string])[] = [
  ['fffe0000', 'utf-32le'],
  ['0000feff', 'utf-32be'],
  ['fffe', 'utf-16le'],
  ['feff', 'utf-16be'],
];
/** Where the zeros are of the first characters of plain text (RFC 4627, 3): Python's reader of JSON goes by them. */
const ZEROS: readonly (readonly [zeros: RegExp, label: string])[] = [
  [/^(?:[\t\n\r -~]\0\0\0){2}/, 'utf-32le'],
  [/^(?:\0\0\0[\t\n\r -~]){2}/, 'utf-32be'],
  [/^(?:[\t\n\r -~]\0){4}/, 'utf-16le'],
  [/^(?:\0[\t\n\r -~]){4}/, 'utf-16be'],
];
/** PEP 263: one of the first two lines says how the code is written. */
const COOKIE = /^(?:[^\n]{0,400}\n)?[ \t\f]{0,9}#[^\n]{0,200}?coding[:=][ \t]{0,9}([-\w.]{1,40})/;
/** Languages and settings: text is what they are, whatever else stands in them. */
const SAYS_TEXT =
  /(?:\.(?:pyw?|pyi|pyx|ipynb|json[5lc]?|ya?ml|toml|cfg|ini|conf|md|rst|txt|in|csv|tsv|sh|bash|zsh|bat|cmd|ps1|js|mjs|ts|r|rmd|lua|jl|rb|pl|c|cc|cpp|cu|h|java|html?|xml|tex|bib|jinja2?|j2|pbtxt|properties|lock|env|gitattributes|gitmodules|gitignore|vocab|merges)|(?:^|\/)(?:Dockerfile|Makefile|LICENSE|NOTICE|README|MLmodel|Modelfile)[\w.-]*)$/i;
/** Every byte is a character of it, and all of ASCII are themselves. */
const ANY = 'windows-1252';
const PIECE = 1 << 18;

export const saysText = (name: string): boolean => SAYS_TEXT.test(name);

/** What is no text at all: controls but for tab, line ends, form feed and escape. */
const CONTROL = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/g;
const CONTROLS = new Set(
  Array.from({ length: 32 }, (_, byte) => byte).filter((byte) => String.fromCharCode(byte).match(CONTROL)),
);

/** How a text that is no plain UTF-8 may be written, as far as its beginning shows. */
export function encodingOf(source: Source, name: string): Encoding | undefined {
  const head = Buffer.from(source.read(0, 4096));
  const found =
    MARKS.find(([mark]) => head.toString('hex', 0, mark.length / 2) === mark) ??
    ZEROS.find(([zeros]) => zeros.test(head.toString('latin1', 0, 8)));
  if (found !== undefined) {
    const [key, label] = found;
    return { label, mark: typeof key === 'string' ? key.length / 2 : 0 };
  }
  const says = saysText(name);
  const most = says ? head.length / 50 + 4 : 0;
  let ascii = 0;
  let controls = 0;
  for (const byte of head) {
    if (byte >= 0x20 ? byte <= 0x7e : byte === 9 || byte === 10 || byte === 13) ascii++;
    else if (CONTROLS.has(byte) && ++controls > most) return undefined;
  }
  // Numbers look like letters here and there: only what is written in letters, or says so, is taken for text.
  if (!says && ascii < head.length * 0.85) return undefined;
  return { label: labelOf(COOKIE.exec(head.toString('latin1'))?.[1]), mark: 0 };
}

function labelOf(cookie: string | undefined): string {
  try {
    const label = new TextDecoder(cookie?.replaceAll('_', '-')).encoding;
    // It says so itself in plain letters.
    return /^utf-(?:8|16)/.test(label) ? ANY : label;
  } catch {
    return ANY;
  }
}

/**
 * The same text in UTF-8, piece by piece. Throws `Malformed` where it is no text after all.
 */
export async function* inUtf8(
  source: Source,
  { label, mark }: Encoding,
  pause: () => Promise<void> | undefined,
): AsyncGenerator<Uint8Array> {
  const wide = label.startsWith('utf-32');
  const decoder = new TextDecoder(wide ? 'utf-8' : label);
  const unit = /16/.test(label) ? 2 : wide ? 4 : 1;
  let controls = 0;
  for (let at = mark; at < source.size; at += PIECE) {
    const rest = pause();
    if (rest) await rest;
    const bytes = source.read(at, PIECE);
    const text = wide
      ? fromUtf32(bytes, label.endsWith('be'))
      : decoder.decode(bytes, { stream: at + PIECE < source.size });
    controls += text.match(CONTROL)?.length ?? 0;
    if (controls > source.size / unit / 50 + 4)
      throw new Malformed('it is no text: there are control characters', at);
    yield new TextEncoder().encode(text);
  }
}

function fromUtf32(bytes: Uint8Array, big: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const code = view.getUint32(at, !big);
    text += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  }
  return text;
}
