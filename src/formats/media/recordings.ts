import type { Format, Part } from '../format.ts';
import { Cursor, Malformed, type Source } from '../source.ts';
import { begins, inert, PAUSE, sample } from './inert.ts';

const RIFFS = ['WAVE', 'WEBP', 'AVI ', 'sfbk', 'RMID'];

const riff: Format = inert({
  name: 'riff',
  title: 'a RIFF file (WAV, WebP, AVI)',
  firstBytes: 'R',
  looks: (source) =>
    ['RIFF', 'RIFX', 'RF64'].some((magic) => begins(source, magic)) &&
    RIFFS.some((kind) => begins(source, kind, 8)) &&
    'sure',
  async walk(part) {
    const { source } = part;
    // Long films are several of them, and 64-bit sounds say their length elsewhere.
    if (begins(source, 'RF64')) return source.size;
    let end = 0;
    do end = await riffEnd(part, end);
    while (begins(source, 'RIFF', end) && begins(source, 'AVIX', end + 8));
    return end;
  },
  passes: [
    sample(
      'a sound',
      'RIFF',
      [28, 0, 0, 0],
      'WAVEfmt ',
      [4, 0, 0, 0, 1, 0, 1, 0],
      'data',
      [4, 0, 0, 0, 1, 2, 3, 4],
    ),
  ],
});

async function riffEnd(part: Part, start: number): Promise<number> {
  const { source } = part;
  const big = begins(source, 'RIFX', start);
  const size = new Cursor(source, 'RIFF file', start + 4).u32(big);
  const end = start + 8 + size;
  // Whoever wrote to a pipe did not know the length.
  if (size === 0xffffffff || size === 0) return source.size;
  if (end > source.size) throw new Malformed('it ends too early', source.size);
  const cursor = new Cursor(source, 'RIFF file', start + 12, end);
  for (let i = 0; cursor.left >= 8; i++) {
    const rest = i % PAUSE === 0 ? part.pause() : undefined;
    if (rest) await rest;
    cursor.skip(4);
    const length = cursor.u32(big);
    cursor.skip(length);
    // Chunks begin at even bytes.
    cursor.skip(Math.min(cursor.left, length % 2));
  }
  return end + (size % 2 === 1 && end < source.size && source.read(end, 1)[0] === 0 ? 1 : 0);
}

/** Behind its headers the frames of FLAC have no lengths. */
const flac: Format = inert({
  name: 'flac',
  title: 'FLAC',
  endless: true,
  firstBytes: 'f',
  looks: (source) => begins(source, 'fLaC') && 'sure',
  walk({ source }) {
    const cursor = new Cursor(source, 'FLAC file', 4);
    for (let last = false; !last; ) {
      const head = cursor.u32(true);
      last = head >= 2 ** 31;
      cursor.skip(head & 0xffffff);
    }
    if (cursor.left > 1 && (cursor.u16(true) & 0xfffc) !== 0xfff8) return cursor.at - 2;
    return source.size;
  },
  passes: [sample('a header', 'fLaC', [0x80, 0, 0, 2, 1, 2, 0xff, 0xf8, 1, 2])],
});

const ogg: Format = inert({
  name: 'ogg',
  title: 'Ogg',
  firstBytes: 'O',
  looks: (source) => begins(source, 'OggS\0') && 'sure',
  async walk(part) {
    const { source } = part;
    let at = 0;
    for (let i = 0; begins(source, 'OggS', at); i++) {
      const rest = i % PAUSE === 0 ? part.pause() : undefined;
      if (rest) await rest;
      const cursor = new Cursor(source, 'Ogg file', at + 26);
      const segments = cursor.bytes(cursor.u8(), 255);
      cursor.skip(segments.reduce((sum, length) => sum + length, 0));
      at = cursor.at;
    }
    return at;
  },
  passes: [sample('a page', 'OggS', Array<number>(22).fill(0), [1, 3, 1, 2, 3])],
});

/** Bits per second, in thousands, by version (1, or 2 and 2.5), layer and index. */
const RATES: Readonly<Record<string, readonly number[]>> = {
  '1.1': [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '1.2': [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1.3': [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '2.1': [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  '2.2': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  '2.3': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const HERTZ = [44_100, 48_000, 32_000];

/** Length of a frame of MPEG audio (ISO 11172-3, 13818-3), 0 where there is none. */
function frameLength(head: number): number {
  const version = (head >>> 19) & 3;
  const layer = 4 - ((head >>> 17) & 3);
  const hertz = HERTZ[(head >>> 10) & 3];
  if (head >>> 21 !== 0x7ff || version === 1 || layer === 4 || hertz === undefined) return 0;
  const rate = RATES[`${version === 3 ? 1 : 2}.${layer}`]?.[((head >>> 12) & 15) - 1];
  if (rate === undefined) return 0;
  const perSecond = hertz / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const padding = (head >>> 9) & 1;
  if (layer === 1) return (Math.floor((12_000 * rate) / perSecond) + padding) * 4;
  return Math.floor(((layer === 3 && version !== 3 ? 72_000 : 144_000) * rate) / perSecond) + padding;
}

/** 32,000 bits per second at 44.1 kHz, silent. */
const FRAME: readonly number[] = [0xff, 0xfb, 0x10, 0, ...Array<number>(100).fill(0)];

const mp3: Format = inert({
  name: 'mp3',
  title: 'MP3',
  firstBytes: 'I\xff',
  looks: (source) => {
    if (begins(source, 'ID3')) return source.size > 10 && (source.read(3, 1)[0] as number) < 5 && 'sure';
    return framesAt(source, 0) >= 2 ? 'sure' : false;
  },
  async walk(part) {
    const { source } = part;
    let at = 0;
    if (begins(source, 'ID3')) {
      const [flags = 0, a = 0, b = 0, c = 0, d = 0] = source.read(5, 5);
      at =
        10 + (((a & 127) << 21) | ((b & 127) << 14) | ((c & 127) << 7) | (d & 127)) + (flags & 16 ? 10 : 0);
    }
    const cursor = new Cursor(source, 'MP3 file');
    for (let i = 0; at + 4 <= source.size; i++) {
      const rest = i % PAUSE === 0 ? part.pause() : undefined;
      if (rest) await rest;
      cursor.seek(at);
      const length = frameLength(cursor.u32(true));
      if (length === 0) break;
      at += length;
    }
    if (begins(source, 'APETAGEX', at)) at += 64 + new Cursor(source, 'tag', at + 12).u32() - 32;
    return begins(source, 'TAG', at) ? at + 128 : at;
  },
  passes: [sample('two frames', FRAME, FRAME)],
});

function framesAt(source: Source, from: number): number {
  let count = 0;
  for (let at = from; count < 3; count++) {
    if (at + 4 > source.size) break;
    const length = frameLength(new Cursor(source, 'frame', at).u32(true));
    if (length === 0) break;
    at += length;
  }
  return count;
}

/** Boxes at the outside of ISO 14496-12 files: films, sounds, and pictures of telephones. */
const BOXES = new Set(
  'ftyp moov mdat free skip wide pnot uuid meta moof mfra styp sidx ssix pdin prft emsg udta JXL jxlc jxlp brob Exif jumb'.split(
    ' ',
  ),
);

const mp4: Format = inert({
  name: 'mp4',
  title: 'an ISO media file (MP4, MOV, HEIC, AVIF)',
  firstBytes: '\0',
  looks: (source) => begins(source, 'ftyp', 4) && new Cursor(source, 'box').u32(true) <= 4096 && 'sure',
  async walk(part) {
    const { source } = part;
    let at = 0;
    for (let i = 0; at + 8 <= source.size; i++) {
      const rest = i % PAUSE === 0 ? part.pause() : undefined;
      if (rest) await rest;
      const cursor = new Cursor(source, 'file', at);
      const short = cursor.u32(true);
      const kind = Buffer.from(cursor.bytes(4, 4)).toString('latin1').trimEnd();
      if (!BOXES.has(kind)) return at;
      if (short === 0) return source.size;
      const length = short === 1 ? cursor.u64(true) : short;
      if (length < 8 || !(at + length <= source.size))
        throw new Malformed('a box is longer than the file', at);
      at += length;
    }
    return at;
  },
  passes: [sample('a film', [0, 0, 0, 12], 'ftypisom', [0, 0, 0, 12], 'mdat', [1, 2, 3, 4])],
});

/** Matroska: what it holds may be of unknown length, so that all of it is taken as it is. */
const matroska: Format = inert({
  name: 'matroska',
  title: 'Matroska or WebM',
  endless: true,
  firstBytes: '\x1a',
  looks: (source) => {
    const head = Buffer.from(source.read(0, 64)).toString('latin1');
    return head.startsWith('\x1a\x45\xdf\xa3') && /webm|matroska/.test(head) && 'sure';
  },
  walk: ({ source }) => source.size,
  passes: [sample('a header', [0x1a, 0x45, 0xdf, 0xa3, 0x87, 0x42, 0x82, 0x84], 'webm')],
});

export const RECORDINGS: readonly Format[] = [riff, flac, ogg, mp3, mp4, matroska];
