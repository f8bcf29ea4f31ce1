import { isUtf8 } from 'node:buffer';
import { byOrigins, type SpanOf } from './spans.ts';
import type { Stretch } from './stretch.ts';
import type { ViewKind } from './view.ts';

/** Where byte i of what was decoded came from. */
export type ByteOrigin = (byte: number) => readonly [start: number, end: number];

/** Fewer bytes than this say too little to be called a text. */
export const FEWEST_BYTES = 4;
/** Bytes that text does not begin with. */
const NOT_TEXT = /[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]/;

/**
 * The text that bytes hold (UTF-8; UTF-16 as Windows' tools write it), if they do. Pictures and hashes are turned away by their first
 * bytes.
 * @param origins made when the first span is asked for
 */
export function textStretch(
  kind: ViewKind,
  start: number,
  end: number,
  bytes: Buffer,
  origins: () => ByteOrigin,
): Stretch | undefined {
  if (bytes.length < FEWEST_BYTES) return;
  const wide = bytes.length % 2 === 0 && bytes[1] === 0 && bytes[3] === 0;
  if (!wide && (NOT_TEXT.test(bytes.toString('latin1', 0, 48)) || !isUtf8(bytes))) return;
  const text = bytes.toString(wide ? 'utf16le' : 'utf8');
  if (NOT_TEXT.test(text)) return;
  const spanOf = wide
    ? byOrigins(() => unitsOf(text, origins(), () => 2), { start, end })
    : textSpans(text, origins, start, end);
  return { kind, start, end, text, spanOf, doubtful: true };
}

/** The way back from text to the bytes it was in (UTF-8), and on to where they came from. */
export function textSpans(text: string, origins: () => ByteOrigin, start: number, end: number): SpanOf {
  return byOrigins(() => unitsOf(text, origins(), utf8Length), { start, end });
}

const utf8Length = (point: number) => (point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4);

function unitsOf(text: string, origin: ByteOrigin, sizeOf: (point: number) => number) {
  const starts = new Int32Array(text.length);
  const ends = new Int32Array(text.length);
  let byte = 0;
  for (let i = 0; i < text.length; ) {
    const point = text.codePointAt(i) ?? 0;
    const units = point > 0xffff ? 2 : 1;
    const size = sizeOf(point) * (sizeOf(point) === 2 && point > 0xffff ? 2 : 1);
    const [start] = origin(byte);
    const [, end] = origin(byte + size - 1);
    for (let unit = 0; unit < units; unit++, i++) {
      starts[i] = start;
      ends[i] = end;
    }
    byte += size;
  }
  return { starts, ends };
}
