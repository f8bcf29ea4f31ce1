import type { ElementType } from '../tensors/tensor.ts';

/** What a model may be asked: everything else is refused before the model sees it. */
export interface Contract {
  /** Rows of one question at the most. */
  readonly maxRows: number;
  readonly inputs: ReadonlyMap<string, InputContract>;
}

/** One tensor that the model takes. */
export interface InputContract {
  readonly type: ElementType;
  /** A word for what varies; the same word means the same size everywhere. */
  readonly dims: readonly (number | string)[];
  /** What all elements keep to, where there are no features. */
  readonly elements: Bounds | undefined;
  /** The columns of the last axis, in order; empty where they have no meaning of their own, as pixels. */
  readonly features: readonly Feature[];
}

export interface Bounds {
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** One thing that is known of what a row speaks of; it takes a column, or several. */
export interface Feature {
  readonly name: string;
  /** For people: `years`, `EUR`. */
  readonly unit: string | undefined;
  readonly kind: Kind;
  /** How the tensor says that the value is not known; undefined: it has to be. */
  readonly missing: Missing | undefined;
}

export type Kind =
  | ({ readonly is: 'number' } & Bounds)
  | ({ readonly is: 'whole' } & Bounds)
  | { readonly is: 'flag' }
  /** One column with the number of the value. */
  | { readonly is: 'codes'; readonly codes: ReadonlyMap<string, number> }
  /** A column for each value: 1 in its own, 0 in the others. */
  | { readonly is: 'one-hot'; readonly columns: ReadonlyMap<string, number> }
  /** One column of text. */
  | { readonly is: 'text'; readonly values: ReadonlySet<string> };

/** `nan`: not a number. `zeros`: no column of a one-hot category is 1. Else this number, or this text. */
export type Missing = 'nan' | 'zeros' | { readonly number: number } | { readonly text: string };

/** Sizes of axes that vary, other than that of rows. */
export const MOST_VARYING = 65_536;

export const widthOf = ({ kind }: Feature): number => (kind.is === 'one-hot' ? kind.columns.size : 1);

/** A number as a tensor of this type holds it: a bound of 0.1 is not overstepped by the float32 next to 0.1. */
export function heldBy(type: ElementType, value: number): number {
  if (type === 'float32') return Math.fround(value);
  return type === 'float16' ? Math.f16round(value) : value;
}

export const isFloat = (type: ElementType): boolean =>
  type === 'float32' || type === 'float64' || type === 'float16';

/** The least and the most that whole numbers of a type can be, as far as a double tells them apart. */
export const WHOLE_LIMITS: Readonly<Partial<Record<ElementType, readonly [number, number]>>> = {
  bool: [0, 1],
  uint8: [0, 0xff],
  uint16: [0, 0xffff],
  uint32: [0, 0xffff_ffff],
  uint64: [0, Number.MAX_SAFE_INTEGER],
  int8: [-0x80, 0x7f],
  int16: [-0x8000, 0x7fff],
  int32: [-0x8000_0000, 0x7fff_ffff],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};
