import { ARRAYS, type ElementType, elementCount, type Tensor } from '../tensors/tensor.ts';
import type { OnnxNode, StoredTensor } from './onnx.ts';
import { fieldsOf, MalformedModel, signedList, textOf } from './wire.ts';

type NumericType = keyof typeof ARRAYS;

/** Fields of TensorProto that hold elements one by one, by type; all smaller whole numbers are in `int32_data`. */
const LISTS: Readonly<Partial<Record<ElementType, number>>> = {
  float32: 4,
  string: 6,
  int64: 7,
  float64: 10,
  uint32: 11,
  uint64: 11,
};

/**
 * The elements of a tensor of a model. Throws {@link MalformedModel} where they are fewer or more than its dims say, in
 * another file, or of a type that is not read.
 */
export function tensorOf(stored: StoredTensor): Tensor {
  const { type, dims, name, external } = stored;
  if (type === undefined) throw new MalformedModel(`tensor “${name}” is of a type that is not read`);
  if (external) throw new MalformedModel(`tensor “${name}” has its elements in another file`);
  const count = elementCount(dims);
  const tensor = type === 'string' ? textsOf(stored) : numericOf(stored, type);
  if (tensor.data.length !== count)
    throw new MalformedModel(`tensor “${name}” has not as many elements as it says`);
  return tensor;
}

function textsOf({ dims, proto }: StoredTensor): Tensor {
  const data = [...fieldsOf(proto)].filter(({ number }) => number === 6).map(({ bytes }) => textOf(bytes));
  return { type: 'string', dims, data };
}

function numericOf({ dims, proto, name }: StoredTensor, type: NumericType): Tensor {
  const list = LISTS[type] ?? 5;
  const width = ARRAYS[type].BYTES_PER_ELEMENT;
  const values: (number | bigint)[] = [];
  for (const field of fieldsOf(proto)) {
    if (field.number === 9) {
      if (field.bytes.length % width !== 0)
        throw new MalformedModel(`tensor “${name}” ends within an element`);
      // Copied (a Buffer’s own slice would not): typed arrays must begin at a multiple of their width.
      return { type, dims, data: new ARRAYS[type](new Uint8Array(field.bytes).buffer) } as Tensor;
    }
    if (field.number !== list) continue;
    const some =
      list === 4 || list === 10 ? fixedList(field.bytes, list === 4 ? 4 : 8, name) : signedList(field);
    for (const value of some) values.push(value);
  }
  if (type === 'int64') return { type, dims, data: BigInt64Array.from(values, BigInt) };
  if (type === 'uint64') return { type, dims, data: BigUint64Array.from(values, BigInt) };
  return { type, dims, data: new ARRAYS[type](values.map(Number)) } as Tensor;
}

function fixedList(bytes: Uint8Array, width: 4 | 8, name: string): number[] {
  if (bytes.length % width !== 0) throw new MalformedModel(`tensor “${name}” ends within an element`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / width }, (_, index) =>
    width === 4 ? view.getFloat32(index * 4, true) : view.getFloat64(index * 8, true),
  );
}

/** What a `Constant` node gives; undefined where it is no such node, or of a kind that is not read. */
export function constantOf(node: OnnxNode): Tensor | undefined {
  if (node.op !== 'Constant' || node.domain !== '') return undefined;
  const [[name, attribute] = []] = [...node.attributes];
  if (name === undefined || attribute === undefined) return undefined;
  const { kind, value } = attribute;
  if (kind === 'tensor') return tensorOf(value);
  if (kind === 'float' || kind === 'floats') {
    const list = typeof value === 'number' ? [value] : value;
    return { type: 'float32', dims: kind === 'float' ? [] : [list.length], data: Float32Array.from(list) };
  }
  if (kind === 'int' || kind === 'ints') {
    const list = typeof value === 'number' ? [value] : value;
    return {
      type: 'int64',
      dims: kind === 'int' ? [] : [list.length],
      data: BigInt64Array.from(list, BigInt),
    };
  }
  return undefined;
}
