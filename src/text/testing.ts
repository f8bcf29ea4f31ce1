import type { ViewKind } from './view.ts';

/** Ways of hiding a text, for tests of whatever reads it. */
export interface Trick {
  /** The view that undoes it. */
  readonly kind: ViewKind;
  readonly make: (text: string) => string;
}

const codes = (text: string, write: (code: number) => string, between = '') =>
  [...text].map((char) => write(char.charCodeAt(0))).join(between);
const hex = (code: number) => code.toString(16).padStart(2, '0');
const letters = (text: string, write: (place: number) => number) =>
  text.replace(/[a-z]/gi, (char) => {
    const first = char <= 'Z' ? 65 : 97;
    return String.fromCharCode(first + write(char.charCodeAt(0) - first));
  });
const backwards = (text: string) => [...text].reverse().join('');
const words = (text: string, write: (word: string) => string) => text.split(' ').map(write).join(' ');
const swap = (text: string, from: string, to: string) =>
  [...text].map((char) => to[from.indexOf(char)] ?? char).join('');

function base32(text: string): string {
  const bits = codes(text, (code) => code.toString(2).padStart(8, '0'));
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}

function ascii85(text: string): string {
  const bytes = Buffer.from(text);
  let out = '';
  for (let i = 0; i < bytes.length; i += 4) {
    const four = Buffer.concat([bytes.subarray(i, i + 4), Buffer.alloc(4)]);
    let value = four.readUInt32BE(0);
    const five: string[] = [];
    for (let j = 0; j < 5; j++) {
      five.unshift(String.fromCharCode(33 + (value % 85)));
      value = Math.floor(value / 85);
    }
    out += five.slice(0, Math.min(4, bytes.length - i) + 1).join('');
  }
  return `<~${out}~>`;
}

function uuencoded(text: string): string {
  const bytes = Buffer.from(text);
  const char = (value: number) => String.fromCharCode(32 + value);
  const lines: string[] = [];
  for (let i = 0; i < bytes.length; i += 45) {
    const line = bytes.subarray(i, i + 45);
    const padded = Buffer.concat([line, Buffer.alloc(3)]);
    let out = char(line.length);
    for (let j = 0; j < line.length; j += 3) {
      const three = padded.readUIntBE(j, 3);
      out += char(three >> 18) + char((three >> 12) & 63) + char((three >> 6) & 63) + char(three & 63);
    }
    lines.push(out);
  }
  return `\nbegin 644 note\n${lines.join('\n')}\n\`\nend\n`;
}

const MORSE: Readonly<Record<string, string>> = Object.fromEntries(
  'a.- b-... c-.-. d-.. e. f..-. g--. h.... i.. j.--- k-.- l.-.. m-- n-. o--- p.--. q--.- r.-. s... t- u..- v...- w.-- x-..- y-.-- z--..'
    .split(' ')
    .map((one) => [one.slice(0, 1), one.slice(1)]),
);

/** Every trick: what it makes of a text, and the kind of view that undoes it. */
export const TRICKS: Readonly<Record<string, Trick>> = {
  base64: { kind: 'base64', make: (text) => Buffer.from(text).toString('base64') },
  'base64 for URLs': { kind: 'base64', make: (text) => Buffer.from(text).toString('base64url') },
  'base64 in lines': {
    kind: 'base64',
    make: (text) =>
      Buffer.from(text)
        .toString('base64')
        .replace(/(.{20})/g, '$1\n'),
  },
  'base64 of UTF-16': { kind: 'base64', make: (text) => Buffer.from(text, 'utf16le').toString('base64') },
  base32: { kind: 'base32', make: base32 },
  base85: { kind: 'base85', make: ascii85 },
  hex: { kind: 'hex', make: (text) => codes(text, hex) },
  'hex in pairs': { kind: 'hex', make: (text) => codes(text, hex, ' ') },
  'hex with 0x': { kind: 'hex', make: (text) => codes(text, (code) => `0x${hex(code)}`, ', ') },
  url: { kind: 'url', make: (text) => codes(text, (code) => `%${hex(code)}`) },
  'decimal entities': { kind: 'html', make: (text) => codes(text, (code) => `&#${code};`) },
  'hexadecimal entities': { kind: 'html', make: (text) => codes(text, (code) => `&#x${hex(code)};`) },
  '\\u': { kind: 'escape', make: (text) => codes(text, (code) => `\\u00${hex(code)}`) },
  '\\x': { kind: 'escape', make: (text) => codes(text, (code) => `\\x${hex(code)}`) },
  'octal escapes': {
    kind: 'escape',
    make: (text) => codes(text, (code) => `\\${code.toString(8).padStart(3, '0')}`),
  },
  css: { kind: 'escape', make: (text) => codes(text, (code) => `\\${hex(code)} `) },
  'quoted-printable': {
    kind: 'quoted-printable',
    make: (text) => codes(text, (code) => `=${hex(code).toUpperCase()}`),
  },
  binary: { kind: 'binary', make: (text) => codes(text, (code) => code.toString(2).padStart(8, '0'), ' ') },
  'binary in one': {
    kind: 'binary',
    make: (text) => codes(text, (code) => code.toString(2).padStart(8, '0')),
  },
  decimal: { kind: 'decimal', make: (text) => codes(text, String, ' ') },
  octal: { kind: 'decimal', make: (text) => codes(text, (code) => code.toString(8), ' ') },
  morse: {
    kind: 'morse',
    make: (text) =>
      text
        .toLowerCase()
        .split(' ')
        .map((word) => [...word].map((one) => MORSE[one]).join(' '))
        .join(' / '),
  },
  uu: { kind: 'uu', make: uuencoded },
  tags: { kind: 'tags', make: (text) => codes(text, (code) => String.fromCodePoint(0xe0000 + code)) },
  variation: {
    kind: 'variation',
    make: (text) => `😀${codes(text, (code) => String.fromCodePoint(0xe0100 + code - 16))}`,
  },
  rot13: { kind: 'rot13', make: (text) => letters(text, (place) => (place + 13) % 26) },
  caesar: { kind: 'caesar', make: (text) => letters(text, (place) => (place + 7) % 26) },
  atbash: { kind: 'atbash', make: (text) => letters(text, (place) => 25 - place) },
  reversed: { kind: 'reversed', make: backwards },
  'each word reversed': { kind: 'reversed', make: (text) => words(text, backwards) },
  leet: { kind: 'leet', make: (text) => swap(text, 'oieast', '013457') },
  'leet with signs': { kind: 'leet', make: (text) => swap(text, 'ais', '@!$') },
  spaced: { kind: 'spaced', make: (text) => [...text].join(' ') },
  dotted: { kind: 'spaced', make: (text) => words(text, (word) => [...word].join('.')) },
  'one letter a line': { kind: 'spaced', make: (text) => [...text.replaceAll(' ', '')].join('\n') },
  doubled: { kind: 'spaced', make: (text) => text.replace(/[a-z]/gi, '$&$&') },
  'without spaces': { kind: 'spaced', make: (text) => text.replaceAll(' ', '') },
  comment: { kind: 'comments', make: (text) => `<!-- ${text} -->` },
  'hidden element': { kind: 'comments', make: (text) => `<p style="display: none">${text}</p>` },
  assembled: {
    kind: 'assembled',
    make: (text) => (text.match(/.{1,9}/g) ?? []).map((one) => `"${one}"`).join(' + '),
  },
};

const FLIPPED = 'ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz';
const TWINS = ['aceiopsxy', 'асеіорѕху'] as const;
const placed = (first: number) => (text: string) =>
  text.replace(/[a-z]/g, (char) => String.fromCodePoint(first + char.charCodeAt(0) - 97));
const between = (sign: string) => (text: string) => [...text].join(sign);
const canonical = (make: (text: string) => string): Trick => ({ kind: 'canonical', make });

/** The same for tricks with the characters themselves, which the canonical view undoes. */
export const DRESSES: Readonly<Record<string, Trick>> = {
  'zero-width': canonical(between('\u200b')),
  'soft hyphens': canonical(between('\u00ad')),
  'marks of direction': canonical((text) => words(text, (word) => `\u202d${word}\u202c`)),
  'tags between': canonical(between('\u{e0020}')),
  'variation selectors between': canonical(between('\ufe0f')),
  'other alphabets': canonical((text) => swap(text, ...TWINS)),
  'full width': canonical((text) =>
    text.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0)),
  ),
  'mathematical letters': canonical(placed(0x1d41a)),
  'script letters': canonical(placed(0x1d4ea)),
  'letters in circles': canonical(placed(0x24d0)),
  'stacked marks': canonical(between('\u0337')),
  'upside down': {
    kind: 'upside-down',
    make: (text) => backwards(swap(text.toLowerCase(), 'abcdefghijklmnopqrstuvwxyz', FLIPPED)),
  },
};
