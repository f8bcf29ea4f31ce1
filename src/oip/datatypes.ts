import type { ElementType } from '../tensors/tensor.ts';

/** The names of the Open Inference Protocol (required_api.md, tensor data types) for the types of tensors. */
export const DATATYPES = {
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
  BYTES: 'string',
} as const satisfies Readonly<Record<string, ElementType>>;

export type Datatype = keyof typeof DATATYPES;

export const isDatatype = (name: unknown): name is Datatype =>
  typeof name === 'string' && Object.hasOwn(DATATYPES, name);

const BY_TYPE = new Map(
  Object.entries(DATATYPES).map(([name, type]) => [type as ElementType, name as Datatype]),
);

export const datatypeOf = (type: ElementType): Datatype => BY_TYPE.get(type) ?? 'BYTES';

/** The least and the most of each type of whole numbers. */
export const WHOLE: Readonly<Partial<Record<ElementType, readonly [bigint, bigint]>>> = {
  uint8: [0n, 2n ** 8n - 1n],
  uint16: [0n, 2n ** 16n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  int8: [-(2n ** 7n), 2n ** 7n - 1n],
  int16: [-(2n ** 15n), 2n ** 15n - 1n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
};
