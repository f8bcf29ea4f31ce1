import type { Cursor } from '../source.ts';
import { Malformed } from '../source.ts';
import type { H5 } from './file.ts';

/** What an element is, as far as somebody looks at it. */
export interface Datatype {
  /** `text` of fixed length, `list` and `texts` of variable length in the global heap, `bytes` of no known meaning. */
  readonly is: 'number' | 'text' | 'bytes' | 'texts' | 'list' | 'other';
  /** Bytes of one. */
  readonly size: number;
}

const CLASSES: Readonly<Record<number, Datatype['is']>> = {
  0: 'number',
  1: 'number',
  2: 'number',
  3: 'text',
  4: 'number',
  5: 'bytes',
  6: 'other',
  7: 'other',
  8: 'number',
  9: 'list',
  10: 'other',
};
const VARIABLE_TEXT = 1;

/** The head of a datatype message (IV.A.2.d); of composed types only how long they are. */
export function readDatatype(cursor: Cursor): Datatype {
  const at = cursor.at;
  const first = cursor.u8();
  const bits = cursor.u8();
  cursor.skip(2);
  const size = cursor.u32();
  const is = CLASSES[first & 15];
  if (is === undefined) throw new Malformed('an element is of no known class', at);
  if (is === 'list' && (bits & 15) === VARIABLE_TEXT) return { is: 'texts', size };
  return { is: is === 'number' && size === 1 ? 'bytes' : is, size };
}

const DIMENSIONS = 32;

/** How many elements there are (IV.A.2.b). */
export function readDataspace(h5: H5, cursor: Cursor): number {
  const at = cursor.at;
  const version = cursor.u8();
  const rank = cursor.u8();
  if (version < 1 || version > 2 || rank > DIMENSIONS)
    throw new Malformed('a shape is of no known version, or has too many dimensions', at);
  cursor.skip(1);
  if (version === 1) cursor.skip(5);
  else if (cursor.u8() === 2) return 0;
  let count = 1;
  for (let i = 0; i < rank; i++) count *= h5.length(cursor);
  return count;
}
