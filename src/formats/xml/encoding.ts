import type { Source } from '../source.ts';

export interface Encoding {
  /** For `TextDecoder`. */
  readonly label: string;
  /** Bytes of the mark at the beginning. */
  readonly mark: number;
  /** What is wrong with what it says of itself. */
  readonly wrong?: string;
  /** It cannot be read here. */
  readonly unread?: true;
}

const head = (source: Source, length: number, label: string, from = 0): string =>
  new TextDecoder(label).decode(source.read(from, length));

/** Neither `<`, nor a blank of any encoding in which that may follow, nor a mark: most files are no XML by their first byte. */
const BEGINS_OTHERWISE = /^[^\s<\0\xfe\xffL+\xc2\xe1-\xe3\xef]/;
const DECLARED = /^<\?xml[^>]{0,200}?\sencoding\s{0,9}=\s{0,9}["']([^"']{0,60})["']/;
const SINGLE =
  /^(?:us-?ascii|ascii|iso-?8859-\d{1,2}|windows-125\d|latin-?\d|cp125\d|shift_jis|euc-jp|gb2312|gbk|gb18030|big5|euc-kr|koi8-r)$/;

/** How a document is written: by its first bytes (XML 1.0, appendix F), compared with what it says. Undefined where it is no XML by them. */
export function encodingOf(source: Source): Encoding | undefined {
  const bytes = Buffer.from(source.read(0, 4)).toString('latin1');
  if (BEGINS_OTHERWISE.test(bytes)) return undefined;
  if (
    bytes.startsWith('\0\0\xfe\xff') ||
    bytes.startsWith('\xff\xfe\0\0') ||
    bytes === '\0\0\0<' ||
    bytes === '<\0\0\0'
  )
    return { label: 'utf-8', mark: 0, wrong: 'it is UTF-32', unread: true };
  if (bytes === 'Lo\xa7\x94') return { label: 'utf-8', mark: 0, wrong: 'it is EBCDIC', unread: true };
  if (bytes.startsWith('+/v')) return { label: 'utf-8', mark: 0, wrong: 'it is UTF-7', unread: true };
  const wide = bytes.startsWith('\xff\xfe') || /^<\0[?!a-zA-Z]\0/.test(bytes);
  const widest = bytes.startsWith('\xfe\xff') || /^\0<\0[?!a-zA-Z]/.test(bytes);
  const label = wide ? 'utf-16le' : widest ? 'utf-16be' : 'utf-8';
  const mark = bytes.startsWith('\xef\xbb\xbf') ? 3 : /^(?:\xff\xfe|\xfe\xff)/.test(bytes) ? 2 : 0;
  const text = head(source, 800, label, mark);
  if (!/^\s{0,200}</.test(text)) return undefined;
  const says = DECLARED.exec(text.trimStart())?.[1]?.toLowerCase();
  if (says === undefined) return { label, mark };
  const is16 = label !== 'utf-8';
  if (/^utf-?16/.test(says)) return { label, mark, ...(!is16 && { wrong: 'it says UTF-16 and is not' }) };
  if (is16) return { label, mark, wrong: `it says ${says} and is UTF-16` };
  if (/^utf-?8$/.test(says)) return { label, mark };
  if (SINGLE.test(says) && known(says)) return { label: says, mark };
  return { label, mark, wrong: `it says that it is ${says}`, unread: true };
}

function known(label: string): boolean {
  try {
    new TextDecoder(label);
    return true;
  } catch {
    return false;
  }
}
