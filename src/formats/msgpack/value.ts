import { type Cursor, Malformed } from '../source.ts';

/** A value: what it is, and where its content lies. */
export type Value =
  | { readonly is: 'map' | 'array'; readonly count: number }
  | Content
  | { readonly is: 'number'; readonly value: number };
export type Content =
  | { readonly is: 'text' | 'bytes'; readonly length: number }
  | { readonly is: 'extension'; readonly length: number; readonly type: number };

/** The next value: of texts and bytes only how long they are. */
export function readValue(cursor: Cursor): Value {
  const first = cursor.u8();
  if (first < 0x80 || first >= 0xe0) return { is: 'number', value: first < 0x80 ? first : first - 256 };
  if (first < 0x90) return { is: 'map', count: first & 15 };
  if (first < 0xa0) return { is: 'array', count: first & 15 };
  if (first < 0xc0) return { is: 'text', length: first & 31 };
  const sized = (width: number): number =>
    width === 0 ? cursor.u8() : width === 1 ? cursor.u16(true) : cursor.u32(true);
  if (first === 0xc1) throw new Malformed('a value is of no kind', cursor.at - 1);
  if (first <= 0xc3) return { is: 'number', value: first & 1 };
  if (first <= 0xc6) return { is: 'bytes', length: sized(first - 0xc4) };
  if (first <= 0xc9) {
    const length = sized(first - 0xc7);
    return { is: 'extension', length, type: (cursor.u8() << 24) >> 24 };
  }
  if (first <= 0xcb) return { is: 'number', value: first === 0xca ? cursor.f32(true) : cursor.f64(true) };
  if (first <= 0xce) return { is: 'number', value: sized(first - 0xcc) };
  if (first === 0xcf) return { is: 'number', value: cursor.u64(true) };
  if (first <= 0xd3) {
    cursor.skip(2 ** (first - 0xd0));
    return { is: 'number', value: -1 };
  }
  if (first <= 0xd8) return { is: 'extension', length: 2 ** (first - 0xd4), type: (cursor.u8() << 24) >> 24 };
  if (first <= 0xdb) return { is: 'text', length: sized(first - 0xd9) };
  return {
    is: first <= 0xdd ? 'array' : 'map',
    count: first % 2 === 0 ? cursor.u16(true) : cursor.u32(true),
  };
}
