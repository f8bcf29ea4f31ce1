import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import { fault } from './fault.ts';

/**
 * What clients of Triton and MLServer may ask for beside what is done here. They are told by its name that it is refused; a
 * name of their own is not repeated.
 */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'binary_data',
  'binary_data_output',
  'binary_data_size',
  'classification',
  'content_type',
  'headers',
  'priority',
  'sequence_end',
  'sequence_id',
  'sequence_start',
  'shared_memory_byte_size',
  'shared_memory_offset',
  'shared_memory_region',
  'timeout',
]);

/**
 * Parameters of a request, an input or an output. Throws `unsupported` where there are others than those that are taken: they
 * would change what is done.
 */
export function readParameters(
  parameters: Json | undefined,
  taken: readonly string[],
  place: string,
): JsonObject {
  if (parameters === undefined || parameters === null) return {};
  if (!isObject(parameters)) return fault('request_invalid', place)('is no object');
  const other = Object.keys(parameters).find((key) => !taken.includes(key));
  if (other === undefined) return parameters;
  const what = ELSEWHERE.has(other) ? `The parameter “${other}”` : 'A parameter';
  throw new Refusal('unsupported', { hint: `${what} is not taken there.`, field: place });
}

/** A parameter that switches something. Throws `request_invalid`. */
export function flagOf(parameters: JsonObject, name: string, place: string): boolean | undefined {
  const value = parameters[name];
  if (value === undefined || typeof value === 'boolean') return value;
  return fault('request_invalid', `${place}/${name}`)('is neither true nor false');
}

/**
 * How MLServer’s clients say what they encoded (https://docs.seldon.ai/mlserver/user-guide/content-type): `np`, an array; `str`,
 * texts; `base64`, bytes in texts; `pd`, a data frame with an input for each column.
 */
export type ContentType = 'np' | 'str' | 'base64' | 'pd';

/** Throws `unsupported` for content types other than these. */
export function contentTypeOf<const T extends ContentType>(
  { content_type: written }: JsonObject,
  taken: readonly T[],
  place: string,
): T | undefined {
  if (written === undefined || written === null) return undefined;
  const found = taken.find((type) => type === written);
  if (found !== undefined) return found;
  throw new Refusal('unsupported', {
    hint: `Content types are ${taken.join(', ')} there.`,
    field: `${place}/content_type`,
  });
}
