import { textSpans } from './bytes.ts';
import { type Finder, matches, type Stretch } from './stretch.ts';

const FEW = 64;

/** uuencode: lines of up to 45 bytes, the first character says how many. */
export const uu: Finder = {
  kind: 'uu',
  repairs: false,
  most: FEW,
  find(text, survey) {
    if (!survey.has('begin ')) return [];
    const found: Stretch[] = [];
    for (const match of matches(text, /^begin [0-7]{3,4} [^\r\n]{1,80}\r?\n/gm, FEW)) {
      const stretch = fromUu(text, match.index, match.index + match[0].length);
      if (stretch !== undefined) found.push(stretch);
    }
    return found;
  },
};

function fromUu(text: string, start: number, body: number): Stretch | undefined {
  const bytes: number[] = [];
  const origins: (readonly [number, number])[] = [];
  let at = body;
  while (at < text.length) {
    const size = (text.charCodeAt(at) - 32) & 63;
    if (size === 0 || size > 45 || text.startsWith('end', at) || text.startsWith('begin ', at)) break;
    const lineEnd = text.indexOf('\n', at);
    const chars = Math.ceil(size / 3) * 4;
    if ((lineEnd < 0 ? text.length : lineEnd) < at + 1 + (((size * 4) / 3) | 0)) break;
    for (let i = 0; i < size; i++) {
      const char = at + 1 + Math.floor(i / 3) * 4 + (i % 3);
      const value = (place: number) => (text.charCodeAt(place) - 32) & 63;
      const pair = (value(char) << 6) | value(char + 1);
      bytes.push((pair >> (4 - (i % 3) * 2)) & 255);
      origins.push([char, char + 2]);
    }
    at = lineEnd < 0 ? text.length : Math.max(lineEnd + 1, at + chars);
  }
  const close = /^[` ]?\r?\n?end/.exec(text.slice(at, at + 8));
  const end = at + (close?.[0].length ?? 0);
  const byteText = Buffer.from(bytes);
  const decoded = byteText.toString('utf8');
  if (bytes.length < 4 || /[\x00-\x08\x0e-\x1f\ufffd]/.test(decoded)) return;
  return {
    kind: 'uu',
    start,
    end,
    text: decoded,
    spanOf: textSpans(decoded, () => (byte) => origins[byte] ?? [start, end], start, end),
    doubtful: true,
  };
}
