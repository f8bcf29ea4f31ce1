import { isObject, type Json, type JsonObject } from '../base/json.ts';
import type { RefusalCode } from '../base/refusal.ts';
import { elementCount, type Tensor, type Tensors } from '../tensors/tensor.ts';
import { bytesOf, tensorFrom } from './binary.ts';
import { DATATYPES, datatypeOf, isDatatype } from './datatypes.ts';
import { elementsToJson, tensorFromJson } from './elements.ts';
import { type Fault, fault } from './fault.ts';

// `inputs` of a request and `outputs` of a response are the same on the wire.

const MOST_DIMS = 16;
const LONGEST_NAME = 256;

/** A list of tensors, whose binary data stand one after the other in `tail`, which they must use up. */
export function readTensors(
  list: Json | undefined,
  tail: Uint8Array,
  code: RefusalCode,
  field: string,
): Tensors {
  if (!Array.isArray(list) || list.length === 0) return fault(code, field)('is no list of tensors');
  const tensors = new Map<string, Tensor>();
  let at = 0;
  for (const [index, item] of list.entries()) {
    const fail = fault(code, `${field}/${index}`);
    if (!isObject(item)) return fail('is no object');
    const name = nameOf(item, fail);
    if (tensors.has(name)) return fail('has a name that another has, too');
    const { datatype, data, parameters } = item;
    if (!isDatatype(datatype)) return fail('is of a datatype that is not known');
    const dims = dimsOf(item, fail);
    only(item, ['name', 'shape', 'datatype', 'data', 'parameters'], fail);
    const size = binarySize(parameters, code, fail);
    if (size === undefined) {
      if (data === undefined) return fail('has no data');
      tensors.set(name, tensorFromJson(DATATYPES[datatype], dims, data, fail));
    } else {
      if (data !== undefined) return fail('has its data twice');
      if (size > tail.length - at) return fail('has more binary data than there is');
      tensors.set(name, tensorFrom(DATATYPES[datatype], dims, tail.subarray(at, at + size), fail));
      at += size;
    }
  }
  if (at !== tail.length) return fault(code, field)('leave binary data unused');
  return tensors;
}

/** Throws where there are members that nothing is known of: they might change what is meant. */
export function only(item: JsonObject, known: readonly string[], fail: Fault): void {
  if (Object.keys(item).some((key) => !known.includes(key))) fail('has a member that is not known');
}

export function nameOf({ name }: JsonObject, fail: Fault): string {
  return typeof name === 'string' && name.length > 0 && name.length <= LONGEST_NAME
    ? name
    : fail('has no name');
}

function dimsOf({ shape }: JsonObject, fail: Fault): number[] {
  if (!Array.isArray(shape) || shape.length > MOST_DIMS) return fail('has no shape');
  const dims = shape.filter(
    (dim) => typeof dim === 'number' && Number.isSafeInteger(dim) && dim >= 0,
  ) as number[];
  if (dims.length !== shape.length || !Number.isSafeInteger(elementCount(dims)))
    return fail('has a shape that cannot be');
  return dims;
}

/** What else a server says of its answers, such as MLServer's `content_type`, changes nothing of their numbers. */
function binarySize(parameters: Json | undefined, code: RefusalCode, fail: Fault): number | undefined {
  if (parameters === undefined) return undefined;
  if (!isObject(parameters)) return fail('has parameters that are no object');
  if (code === 'request_invalid') only(parameters, ['binary_data_size'], fail);
  const { binary_data_size: size } = parameters;
  if (size === undefined) return undefined;
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0
    ? size
    : fail('has a size that cannot be');
}

/** Tensors as they are written: JSON, and, for those that are wanted so, bytes behind it. */
export function writeTensors(
  tensors: Tensors,
  binary: (name: string) => boolean,
  code: RefusalCode,
): { readonly list: JsonObject[]; readonly tail: Uint8Array[] } {
  const list: JsonObject[] = [];
  const tail: Uint8Array[] = [];
  for (const [name, tensor] of tensors) {
    const about = { name, datatype: datatypeOf(tensor.type), shape: [...tensor.dims] };
    if (binary(name)) {
      const bytes = bytesOf(tensor);
      tail.push(bytes);
      list.push({ ...about, parameters: { binary_data_size: bytes.length } });
    } else list.push({ ...about, data: elementsToJson(tensor, fault(code, `outputs/${list.length}`)) });
  }
  return { list, tail };
}
