/** The arrays that hold the elements of each type; `string` in an array of texts. The names are those of ONNX Runtime. */
export interface Elements {
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly float16: Uint16Array;
  readonly int8: Int8Array;
  readonly int16: Int16Array;
  readonly int32: Int32Array;
  readonly int64: BigInt64Array;
  readonly uint8: Uint8Array;
  readonly uint16: Uint16Array;
  readonly uint32: Uint32Array;
  readonly uint64: BigUint64Array;
  /** One byte each, 0 or 1. */
  readonly bool: Uint8Array;
  readonly string: readonly string[];
}

export type ElementType = keyof Elements;

/** What a tensor of one type is. Elements in row-major order; a scalar has no dims and one element. */
export interface TensorOf<T extends ElementType> {
  readonly type: T;
  readonly dims: readonly number[];
  readonly data: Elements[T];
}

export type Tensor = { readonly [T in ElementType]: TensorOf<T> }[ElementType];

/** The array of each type of numbers. */
export const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const satisfies Partial<Record<ElementType, unknown>>;

/** Tensors by the names of a model's inputs or outputs. */
export type Tensors = ReadonlyMap<string, Tensor>;

export const elementCount = (dims: readonly number[]): number => dims.reduce((count, dim) => count * dim, 1);

export const float32 = (dims: readonly number[], data: ArrayLike<number>): TensorOf<'float32'> => ({
  type: 'float32',
  dims,
  data: data instanceof Float32Array ? data : Float32Array.from(data),
});

export const int64 = (dims: readonly number[], data: readonly (number | bigint)[]): TensorOf<'int64'> => ({
  type: 'int64',
  dims,
  data: BigInt64Array.from(data, BigInt),
});

/** The elements as numbers; whole numbers beyond 2⁵³ lose their last digits. Throws a TypeError for texts and `float16`. */
export function numbersOf({ type, data }: Tensor): Float32Array | Float64Array {
  if (type === 'string' || type === 'float16') throw new TypeError(`a tensor of ${type} is not of numbers`);
  if (type === 'float32' || type === 'float64') return data;
  return Float64Array.from(data as ArrayLike<number | bigint>, Number);
}
