import { isUtf8 } from 'node:buffer';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { Refusal, type RefusalCode } from '../base/refusal.ts';
import { elementCount, type Tensor, type Tensors } from '../tensors/tensor.ts';
import { bytesOf, fromBfloat16, tensorFrom } from './binary.ts';
import { DATATYPES, type Datatype, datatypeOf, isDatatype } from './datatypes.ts';
import { elementsToJson, tensorFromJson } from './elements.ts';
import { type Fault, fault } from './fault.ts';
import { type ContentType, contentTypeOf, readParameters } from './parameters.ts';

// `inputs` of a request and `outputs` of a response are the same on the wire.

const MOST_DIMS = 16;
const LONGEST_NAME = 256;

/** A tensor as it stands in a message. */
interface Entry {
  readonly name: string;
  readonly datatype: Datatype | 'BF16';
  readonly dims: readonly number[];
  /** JSON, or its binary data. */
  readonly data: Json | Uint8Array;
  readonly form: ContentType | undefined;
  readonly fail: Fault;
}

/** A list of tensors, whose binary data stand one after the other in `tail`, which they must use up. */
export function readTensors(
  list: Json | undefined,
  tail: Uint8Array,
  code: RefusalCode,
  field: string,
): Tensors {
  const tensors = new Map<string, Tensor>();
  for (const entry of entriesOf(list, tail, code, field)) tensors.set(entry.name, tensorOf(entry));
  return tensors;
}

/**
 * A data frame, whose columns stand as inputs: row by row, by the names of the columns. A value that is null is missing, which
 * tensors have no way to say.
 *
 * @param most rows: two bytes of a body can be a row, and an object takes a hundred times as much
 */
export function readFrame(
  list: Json | undefined,
  tail: Uint8Array,
  field: string,
  most: number,
): JsonObject[] {
  let rows: [string, Json][][] | undefined;
  for (const entry of entriesOf(list, tail, 'request_invalid', field)) {
    const { name, dims, fail } = entry;
    const [count = 0, ...rest] = dims;
    if (dims.length === 0 || elementCount(rest) !== 1) return fail('is no column');
    if (count > most) return fail('has more rows than there may be');
    const values = columnOf(entry, count);
    rows ??= values.map(() => []);
    if (values.length !== rows.length) return fail('has another number of rows than another column');
    for (const [row, value] of values.entries()) rows[row]?.push([name, value]);
  }
  return (rows ?? []).map((row) => Object.fromEntries(row));
}

/** The values that are there are of the type of the column; others are null. */
function columnOf(entry: Entry, count: number): Json[] {
  const { data, fail } = entry;
  if (!Array.isArray(data)) return elementsToJson(tensorOf(entry), fail);
  const items = data.flat();
  // Before anything is made as long as the shape says.
  if (items.length !== count) return fail('has another size than its shape says');
  const there = items.filter((item) => item !== null);
  const values = elementsToJson(tensorOf({ ...entry, dims: [there.length], data: there }), fail).values();
  return items.map((item) => (item === null ? null : (values.next().value ?? null)));
}

/** Throws by `code` where what is said of a tensor cannot be, before its elements are read. */
function* entriesOf(
  list: Json | undefined,
  tail: Uint8Array,
  code: RefusalCode,
  field: string,
): Generator<Entry> {
  if (!Array.isArray(list) || list.length === 0) return fault(code, field)('is no list of tensors');
  const names = new Set<string>();
  let at = 0;
  for (const [index, item] of list.entries()) {
    const place = `${field}/${index}`;
    const fail = fault(code, place);
    if (!isObject(item)) return fail('is no object');
    const name = nameOf(item, fail);
    if (names.has(name)) return fail('has a name that another has, too');
    names.add(name);
    const { datatype: written, data } = item;
    const dims = dimsOf(item, fail);
    only(item, ['name', 'shape', 'datatype', 'data', 'parameters'], fail);
    const { size, form } = aboutOf(item.parameters, code, place, fail);
    if (written === 'BF16' && code === 'request_invalid')
      throw new Refusal('unsupported', { hint: `${place} is of BF16: send it as FP32.`, field: place });
    const datatype: Entry['datatype'] =
      written === 'BF16' || isDatatype(written) ? written : fail('is of a datatype that is not known');
    const about = { name, datatype, dims, form, fail };
    if (size === undefined) {
      if (data === undefined) return fail('has no data');
      yield { ...about, data };
    } else {
      if (data !== undefined && data !== null) return fail('has its data twice');
      if (size > tail.length - at) return fail('has more binary data than there is');
      yield { ...about, data: tail.subarray(at, at + size) };
      at += size;
    }
  }
  if (at !== tail.length) return fault(code, field)('leave binary data unused');
}

function tensorOf({ datatype, dims, data, form, fail }: Entry): Tensor {
  if (datatype === 'BF16')
    return data instanceof Uint8Array
      ? fromBfloat16(dims, data, fail)
      : fail('is of BF16, which is sent as binary data');
  if ((form === 'str' || form === 'base64') && datatype !== 'BYTES')
    return fail('has a content type of texts, and is not of BYTES');
  const type = DATATYPES[datatype];
  const tensor =
    data instanceof Uint8Array ? tensorFrom(type, dims, data, fail) : tensorFromJson(type, dims, data, fail);
  return form === 'base64' && tensor.type === 'string'
    ? { ...tensor, data: tensor.data.map((text) => decodeBase64(text, fail)) }
    : tensor;
}

/** Only what an encoder writes: one text for the same bytes. */
function decodeBase64(text: string, fail: Fault): string {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) return fail('holds what is not base64');
  return isUtf8(bytes) ? bytes.toString('utf8') : fail('holds what is not UTF-8');
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
function aboutOf(
  written: Json | undefined,
  code: RefusalCode,
  place: string,
  fail: Fault,
): { readonly size: number | undefined; readonly form: ContentType | undefined } {
  const asked = code === 'request_invalid';
  if (written === undefined || written === null) return { size: undefined, form: undefined };
  if (!isObject(written)) return fail('has parameters that are no object');
  const about = asked
    ? readParameters(written, ['binary_data_size', 'content_type'], `${place}/parameters`)
    : written;
  const { binary_data_size: size } = about;
  if (size !== undefined && !(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0))
    return fail('has a size that cannot be');
  return {
    size,
    form: asked ? contentTypeOf(about, ['np', 'str', 'base64'], `${place}/parameters`) : undefined,
  };
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
