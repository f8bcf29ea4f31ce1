import type { Format, Part } from '../format.ts';
import { Cursor, Malformed, type Source } from '../source.ts';
import { begins, inert, PAUSE, sample } from './inert.ts';

/** Chunks of the PNG specification (third edition), its registered extensions, and those that Apple and C2PA write. */
const CHUNKS = new Set(
  'IHDR PLTE IDAT IEND acTL fcTL fdAT bKGD cHRM cICP dSIG eXIf gAMA gIFg gIFt gIFx hIST iCCP iTXt mDCv mDCV cLLi cLLI oFFs pCAL pHYs sBIT sCAL sPLT sRGB sTER tEXt tIME tRNS zTXt iDOT CgBI caBX orNT vpAg'.split(
    ' ',
  ),
);
const LONGEST_TEXT = 1 << 20;

const PNG_MAGIC = '\x89PNG\r\n\x1a\n';
const png: Format = inert({
  name: 'png',
  title: 'a PNG picture',
  firstBytes: '\x89',
  looks: (source) => begins(source, PNG_MAGIC) && 'sure',
  async walk(part) {
    const cursor = new Cursor(part.source, 'picture', 8);
    for (let i = 0; ; i++) {
      const rest = i % PAUSE === 0 ? part.pause() : undefined;
      if (rest) await rest;
      const start = cursor.at;
      const length = cursor.u32(true);
      const kind = cursor.text(4, 4);
      const from = cursor.at;
      cursor.skip(length);
      cursor.skip(4);
      if (kind === 'tEXt' || kind === 'iTXt') readText(part, from, length);
      // Nobody shows what is in a chunk that nobody knows.
      if (!CHUNKS.has(kind))
        part.coverage.claim('unread', from, from + length, 'it is a chunk that nobody knows');
      else part.coverage.claim('data', start, cursor.at);
      if (kind === 'IEND') return cursor.at;
    }
  },
  passes: [
    sample(
      'a dot',
      PNG_MAGIC,
      [0, 0, 0, 13, ...Buffer.from('IHDR'), 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, ...Buffer.from('IEND'), 0xae, 0x42, 0x60, 0x82],
    ),
  ],
});

function readText({ source, readText: read }: Part, at: number, length: number): void {
  const bytes = source.read(at, Math.min(length, LONGEST_TEXT));
  read(new TextDecoder().decode(bytes).replaceAll('\0', '\n'), 'metadata');
}

const jpeg: Format = inert({
  name: 'jpeg',
  title: 'a JPEG picture',
  firstBytes: '\xff',
  looks: (source) => begins(source, '\xff\xd8\xff') && 'sure',
  async walk(part) {
    // Cameras put further pictures behind the first (CIPA DC-007).
    let end = 0;
    do end = await jpegEnd(part, end);
    while (begins(part.source, '\xff\xd8\xff', end));
    return end;
  },
  passes: [
    sample('a frame', [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xda, 0, 2, 5, 0xff, 0, 6, 0xff, 0xd9]),
  ],
});

const COMMENT = 0xfe;
const SCAN = 0xda;
const END = 0xd9;
const WINDOW = 1 << 16;

async function jpegEnd(part: Part, start: number): Promise<number> {
  const { source } = part;
  const cursor = new Cursor(source, 'picture', start + 2);
  for (let i = 0; ; i++) {
    const rest = i % PAUSE === 0 ? part.pause() : undefined;
    if (rest) await rest;
    if (cursor.u8() !== 0xff) throw new Malformed('a marker is missing', cursor.at - 1);
    let marker = cursor.u8();
    while (marker === 0xff) marker = cursor.u8();
    if (marker === END) return cursor.at;
    if (marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) continue;
    const length = cursor.u16(true) - 2;
    if (length < 0) throw new Malformed('a segment has no length', cursor.at);
    if (marker === COMMENT) readText(part, cursor.at, length);
    cursor.skip(length);
    if (marker === SCAN) cursor.seek(await scanEnd(part, cursor.at));
  }
}

/** Coded data goes on to the next marker: an 0xff that is followed by neither zero nor a restart. */
async function scanEnd({ source, pause }: Part, from: number): Promise<number> {
  for (let at = from; at < source.size; ) {
    const rest = pause();
    if (rest) await rest;
    const bytes = source.read(at, WINDOW);
    let i = bytes.indexOf(0xff);
    for (; i >= 0 && i + 1 < bytes.length; i = bytes.indexOf(0xff, i + 1)) {
      const next = bytes[i + 1] as number;
      if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at + i;
    }
    at += i < 0 ? bytes.length : Math.max(1, i);
  }
  throw new Malformed('the picture ends too early', source.size);
}

const gif: Format = inert({
  name: 'gif',
  title: 'a GIF picture',
  firstBytes: 'G',
  looks: (source) => (begins(source, 'GIF87a') || begins(source, 'GIF89a')) && 'sure',
  async walk(part) {
    const cursor = new Cursor(part.source, 'picture', 10);
    const colours = (flags: number) => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));
    const screen = cursor.u8();
    cursor.skip(2 + colours(screen));
    let steps = 0;
    for (;;) {
      const kind = cursor.u8();
      if (kind === 0x3b) return cursor.at;
      if (kind === 0x21) cursor.skip(1);
      else if (kind === 0x2c) {
        cursor.skip(8);
        cursor.skip(colours(cursor.u8()) + 1);
      } else throw new Malformed('a block is of no known kind', cursor.at - 1);
      for (let length = cursor.u8(); length > 0; length = cursor.u8()) {
        cursor.skip(length);
        const rest = ++steps % PAUSE === 0 ? part.pause() : undefined;
        if (rest) await rest;
      }
    }
  },
  passes: [
    sample('a frame', 'GIF89a', [1, 0, 1, 0, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 1, 0, 0, 0x3b]),
  ],
});

/** Sizes of headers of bitmaps, by which their versions are told. */
const BITMAPS = [12, 40, 52, 56, 64, 108, 124];

const bmp: Format = inert({
  name: 'bmp',
  title: 'a bitmap',
  firstBytes: 'B',
  looks: (source) => {
    if (!begins(source, 'BM') || source.size < 26) return false;
    const cursor = new Cursor(source, 'bitmap', 2);
    const size = cursor.u32();
    cursor.seek(14);
    return BITMAPS.includes(cursor.u32()) && size <= source.size && size >= 26 && 'sure';
  },
  walk: ({ source }) => new Cursor(source, 'bitmap', 2).u32(),
  passes: [
    sample(
      'a dot',
      'BM',
      [30, 0, 0, 0, 0, 0, 0, 0, 26, 0, 0, 0, 12, 0, 0, 0, 1, 0, 1, 0, 1, 0, 24, 0, 1, 2, 3, 0],
    ),
  ],
});

const MOST_ICONS = 256;

const ico: Format = inert({
  name: 'ico',
  title: 'icons',
  firstBytes: '\0',
  looks: (source) => iconsEnd(source) !== undefined && 'sure',
  walk: ({ source }) => iconsEnd(source) ?? 0,
  passes: [
    sample('an icon', [0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 32, 0, 4, 0, 0, 0, 22, 0, 0, 0, 1, 2, 3, 4]),
  ],
});

/** Where the last of them ends; undefined where it is no file of icons. */
function iconsEnd(source: Source): number | undefined {
  if (!begins(source, '\0\0\x01\0') && !begins(source, '\0\0\x02\0')) return;
  if (source.size < 22) return;
  const cursor = new Cursor(source, 'icons', 4);
  const count = cursor.u16();
  let end = 6 + 16 * count;
  if (count === 0 || count > MOST_ICONS || end > source.size) return;
  for (let i = 0; i < count; i++) {
    cursor.skip(3);
    if (cursor.u8() !== 0) return;
    cursor.skip(4);
    const size = cursor.u32();
    const at = cursor.u32();
    if (size === 0 || at < 6 + 16 * count || at + size > source.size) return;
    end = Math.max(end, at + size);
  }
  return end;
}

const icns: Format = inert({
  name: 'icns',
  title: 'icons of macOS',
  firstBytes: 'i',
  looks: (source) => begins(source, 'icns') && new Cursor(source, 'icons', 4).left >= 4 && 'sure',
  walk({ source }) {
    const size = new Cursor(source, 'icons', 4).u32(true);
    if (size < 8 || size > source.size) throw new Malformed('it ends too early', source.size);
    return size;
  },
  passes: [sample('nothing', 'icns', [0, 0, 0, 8])],
});

/** Directories of TIFF lead to and fro through the file: what it holds is taken as it is. */
const tiff: Format = inert({
  name: 'tiff',
  title: 'a TIFF picture',
  endless: true,
  firstBytes: 'IM',
  looks: (source) => (begins(source, 'II*\0') || begins(source, 'MM\0*')) && 'sure',
  walk: ({ source }) => source.size,
  passes: [sample('a directory', 'II*\0', [8, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
});

export const IMAGES: readonly Format[] = [png, jpeg, gif, bmp, ico, icns, tiff];
