import { Unverified } from './unverified.ts';

/** One element of DER (X.690): its tag, what is in it, and all of it. */
export interface Der {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  printable: 0x13,
  ia5: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** `[n]`, constructed. */
export const context = (n: number): number => 0xa0 + n;

const wrong = (how: string) => new Unverified('malformed', `not DER: ${how}`);

/**
 * Reads DER strictly: definite lengths in their shortest form, low tag numbers, nothing beyond the end. Every function
 * here throws {@link Unverified} `malformed`, and none calls itself: whoever reads a structure goes down level by level.
 */
export function readDer(bytes: Uint8Array): Der {
  const [element, end] = elementAt(bytes, 0);
  if (end !== bytes.length) throw wrong('bytes after the end');
  return element;
}

/** The elements inside of one that is constructed. */
export function inside(element: Der, tag?: number, most = 4096): Der[] {
  if (tag !== undefined) expect(element, tag);
  const found: Der[] = [];
  for (let at = 0; at < element.content.length; ) {
    if (found.length >= most) throw wrong(`more than ${most} elements`);
    const [one, end] = elementAt(element.content, at);
    found.push(one);
    at = end;
  }
  return found;
}

function elementAt(bytes: Uint8Array, start: number): [Der, number] {
  const tag = bytes[start];
  let length = bytes[start + 1];
  if (tag === undefined || length === undefined) throw wrong('it breaks off');
  if ((tag & 0x1f) === 0x1f) throw wrong('a tag of several bytes');
  let at = start + 2;
  if (length >= 0x80) {
    const more = length & 0x7f;
    if (more === 0 || more > 4) throw wrong('a length that is indefinite or enormous');
    length = 0;
    for (let i = 0; i < more; i++) length = length * 256 + (bytes[at++] ?? Number.NaN);
    if (!(length >= 0x80 && length >= 256 ** (more - 1))) throw wrong('a length that is not its shortest');
  }
  if (at + length > bytes.length) throw wrong('it breaks off');
  const end = at + length;
  return [{ tag, content: bytes.subarray(at, end), whole: bytes.subarray(start, end) }, end];
}

export function expect(element: Der | undefined, tag: number): Der {
  if (element?.tag !== tag) throw wrong(`something else where 0x${tag.toString(16)} should be`);
  return element;
}

/** `1.2.840.10045.2.1`. */
export function oidOf(element: Der | undefined): string {
  const { content } = expect(element, TAG.oid);
  const arcs: number[] = [];
  let arc = 0;
  for (const [i, byte] of content.entries()) {
    if (arc > 2 ** 40 || (arc === 0 && byte === 0x80)) throw wrong('an object identifier');
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    } else if (i === content.length - 1) throw wrong('an object identifier');
  }
  const [first = 0, ...rest] = arcs;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join('.');
}

/** A whole number from 0 on that fits. */
export function smallIntegerOf(element: Der | undefined): number {
  const { content } = expect(element, TAG.integer);
  if (content.length === 0 || content.length > 6 || ((content[0] as number) & 0x80) !== 0)
    throw wrong('a number');
  return content.reduce((number, byte) => number * 256 + byte, 0);
}

/** UTCTime or GeneralizedTime in UTC, in milliseconds since 1970. A year of two digits is 1950 to 2049 (RFC 5280, 4.1.2.5.1). */
export function timeOf(element: Der | undefined): number {
  const text = Buffer.from(element?.content ?? []).toString('latin1');
  const parts =
    element?.tag === TAG.utcTime
      ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)()Z$/.exec(text)
      : element?.tag === TAG.generalizedTime
        ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(text)
        : null;
  if (parts === null) throw wrong('a time');
  const [, y = '', month, day, hour, minute, second, fraction] = parts;
  const year = y.length === 4 ? y : `${Number(y) < 50 ? '20' : '19'}${y}`;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction ?? ''}Z`);
  if (Number.isNaN(time)) throw wrong('a time');
  return time;
}

/** The bytes of a bit string that has no bits to spare. */
export function bitsOf(element: Der | undefined): Uint8Array {
  const { content } = expect(element, TAG.bits);
  if (content[0] !== 0) throw wrong('a bit string');
  return content.subarray(1);
}

/** Writes one element. */
export function writeDer(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const size: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256);
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 + size.length, ...size];
  return Buffer.concat([Buffer.from(head), ...parts]);
}
