import type { Source } from '../source.ts';

export const BLOCK = 512;

/** A header of 512 bytes (POSIX.1-1988, with what GNU and others made of it). */
export interface Header {
  readonly name: string;
  readonly size: number;
  /** One character. */
  readonly kind: string;
  readonly link: string;
  /** As programs differ in it: with the prefix, where that is one. */
  readonly prefix: string;
  /** GNU's old way to leave out holes goes on in further blocks. */
  readonly continued: boolean;
}

/** Undefined where the checksum does not fit, or a number is none. */
export function readHeader(source: Source, at: number): Header | undefined {
  const block = Buffer.from(source.read(at, BLOCK));
  if (block.length < BLOCK || !isSummed(block)) return;
  const size = number(block.subarray(124, 136));
  if (size === undefined) return;
  const magic = block.toString('latin1', 257, 263);
  const kind = String.fromCharCode(block[156] as number);
  return {
    name: text(block.subarray(0, 100)),
    size,
    kind: kind === '\0' ? '0' : kind,
    link: text(block.subarray(157, 257)),
    prefix: magic === 'ustar\0' ? text(block.subarray(345, 500)) : '',
    continued: kind === 'S' && block[482] !== 0,
  };
}

export const isEmpty = (block: Uint8Array): boolean => block.every((byte) => byte === 0);

/** The sum of all bytes, with spaces for the sum itself; old programs took bytes for signed. */
function isSummed(block: Buffer): boolean {
  const told = number(block.subarray(148, 156));
  if (told === undefined) return false;
  let unsigned = 8 * 0x20;
  let signed = unsigned;
  for (let i = 0; i < BLOCK; i++) {
    if (i >= 148 && i < 156) continue;
    unsigned += block[i] as number;
    signed += block.readInt8(i);
  }
  // A block of zeros has a sum, too, but it is not written there.
  return told === unsigned || told === signed;
}

/** Octal digits; or GNU's base 256, where the first byte is 0x80. Negative and enormous ones are none. */
function number(field: Buffer): number | undefined {
  if (field[0] === 0x80) {
    let value = 0;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = text(field).trim();
  if (!/^[0-7]*$/.test(digits)) return;
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

/** Up to the first NUL: UTF-8, or byte by byte where it is not. */
export function text(field: Buffer): string {
  const end = field.indexOf(0);
  const bytes = end < 0 ? field : field.subarray(0, end);
  const decoded = bytes.toString('utf8');
  return decoded.includes('\ufffd') ? bytes.toString('latin1') : decoded;
}

/** Records of an extended header (POSIX.1-2001): `length key=value\n`. Undefined where they do not fit together. */
export function readRecords(bytes: Buffer): ReadonlyMap<string, string> | undefined {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    // Padding, which Python accepts, too.
    if (bytes[at] === 0) break;
    const space = bytes.indexOf(0x20, at);
    if (space < 0 || space - at > 10) return;
    const digits = bytes.toString('latin1', at, space);
    const end = at + Number(digits);
    if (!/^[1-9]\d*$/.test(digits) || end > bytes.length || end <= space || bytes[end - 1] !== 0x0a) return;
    const record = bytes.toString('utf8', space + 1, end - 1);
    const equals = record.indexOf('=');
    if (equals <= 0) return;
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at = end;
  }
  return records;
}
