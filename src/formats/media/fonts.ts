import type { Format } from '../format.ts';
import { Cursor, type Source } from '../source.ts';
import { begins, inert, sample } from './inert.ts';

const OUTLINES = ['\0\x01\0\0', 'OTTO', 'true', 'typ1'];
const MOST_TABLES = 256;

/** Where the last table ends (ISO 14496-22); undefined where it is no font. */
function fontEnd(source: Source): number | undefined {
  if (!OUTLINES.some((magic) => begins(source, magic)) || source.size < 28) return;
  const cursor = new Cursor(source, 'font', 4);
  const count = cursor.u16(true);
  let end = 12 + 16 * count;
  if (count === 0 || count > MOST_TABLES || end > source.size) return;
  cursor.skip(6);
  for (let i = 0; i < count; i++) {
    if (!/^[\x20-\x7e]{4}$/.test(cursor.text(4, 4))) return;
    cursor.skip(4);
    const at = cursor.u32(true);
    const length = cursor.u32(true);
    if (at < 12 || at + length > source.size) return;
    end = Math.max(end, at + length);
  }
  return end;
}

const sfnt: Format = inert({
  name: 'font',
  title: 'a TrueType or OpenType font',
  firstBytes: '\0Ot',
  looks: (source) => fontEnd(source) !== undefined && 'sure',
  walk: ({ source }) => fontEnd(source) ?? 0,
  passes: [
    sample(
      'a table',
      [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
      'head',
      [0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 4, 1, 2, 3, 4],
    ),
  ],
});

const collection: Format = inert({
  name: 'font-collection',
  title: 'a collection of fonts',
  endless: true,
  firstBytes: 't',
  looks: (source) => begins(source, 'ttcf\0') && 'sure',
  walk: ({ source }) => source.size,
  passes: [sample('a header', 'ttcf', [0, 1, 0, 0, 0, 0, 0, 0])],
});

const woff: Format = inert({
  name: 'woff',
  title: 'a web font',
  firstBytes: 'w',
  looks: (source) =>
    (begins(source, 'wOFF') || begins(source, 'wOF2')) &&
    source.size >= 44 &&
    new Cursor(source, 'font', 8).u32(true) <= source.size &&
    'sure',
  walk: ({ source }) => new Cursor(source, 'font', 8).u32(true),
  passes: [sample('a header', 'wOF2', [0, 1, 0, 0, 0, 0, 0, 48], Array<number>(36).fill(0))],
});

export const FONTS: readonly Format[] = [sfnt, collection, woff];
