import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import type { Tensors } from '../tensors/tensor.ts';
import { fault } from './fault.ts';
import { readMessage, writeMessage } from './message.ts';
import { contentTypeOf, flagOf, readParameters } from './parameters.ts';
import { nameOf, only, readFrame, readTensors, writeTensors } from './tensor-list.ts';

// Inference requests and responses of the Open Inference Protocol, version 2: JSON and the binary tensor data extension
// (https://github.com/kserve/open-inference-protocol).

/** What is asked of a model. */
export interface InferenceRequest {
  readonly id: string | undefined;
  /** The model that the body names, as clients of KServe do. */
  readonly model: string | undefined;
  readonly inputs: Tensors;
  /** Instead of inputs, a data frame: rows by the names of its columns. */
  readonly rows: readonly Json[] | undefined;
  /** Outputs by name; undefined: all. */
  readonly outputs: readonly string[] | undefined;
  /** Whether an output is wanted as binary data. */
  readonly binary: (output: string) => boolean;
}

export interface InferenceResponse {
  readonly model: string;
  readonly version: string | undefined;
  readonly id: string | undefined;
  readonly outputs: Tensors;
}

/** A body on the wire, and the value of the header that says how much of it is JSON. */
export interface WireBody {
  readonly body: Uint8Array;
  readonly length: string | undefined;
}

/**
 * Reads a client's request. Throws `request_invalid`, `unsupported` and what `parseJson` throws.
 *
 * @param mostRows of a data frame
 */
export function readRequest(
  { body, length }: WireBody,
  mostRows = Number.POSITIVE_INFINITY,
): InferenceRequest {
  const { json, tail } = readMessage(body, length, 'request_invalid');
  only(
    json,
    ['id', 'model_name', 'parameters', 'inputs', 'outputs'],
    fault('request_invalid', 'The request'),
  );
  const parameters = readParameters(json.parameters, ['binary_data_output', 'content_type'], '/parameters');
  const all = flagOf(parameters, 'binary_data_output', '/parameters') ?? false;
  const wanted = outputsOf(json.outputs, all);
  const frame = contentTypeOf(parameters, ['np', 'str', 'pd'], '/parameters') === 'pd';
  return {
    id: shortText(json.id, '/id'),
    model: shortText(json.model_name, '/model_name'),
    inputs: frame ? new Map() : readTensors(json.inputs, tail, 'request_invalid', '/inputs'),
    rows: frame ? readFrame(json.inputs, tail, '/inputs', mostRows) : undefined,
    outputs: wanted && [...wanted.keys()],
    binary: (output) => wanted?.get(output) ?? all,
  };
}

const LONGEST = 256;

/** What is null was not said: clients of MLServer write so what they leave out. */
function shortText(text: Json | undefined, field: string): string | undefined {
  if (text === undefined || text === null) return undefined;
  if (typeof text === 'string' && text.length <= LONGEST) return text;
  return fault('request_invalid', field)('is no text, or too long');
}

function outputsOf(outputs: Json | undefined, all: boolean): Map<string, boolean> | undefined {
  if (outputs === undefined || outputs === null) return undefined;
  if (!Array.isArray(outputs) || outputs.length === 0)
    return fault('request_invalid', '/outputs')('is no list of outputs');
  const wanted = new Map<string, boolean>();
  for (const [index, item] of outputs.entries()) {
    const place = `/outputs/${index}`;
    const fail = fault('request_invalid', place);
    if (!isObject(item)) return fail('is no object');
    only(item, ['name', 'parameters'], fail);
    const name = nameOf(item, fail);
    if (wanted.has(name)) return fail('has a name that another has, too');
    const parameters = readParameters(
      item.parameters,
      ['binary_data', 'content_type'],
      `${place}/parameters`,
    );
    contentTypeOf(parameters, ['np', 'str'], `${place}/parameters`);
    wanted.set(name, flagOf(parameters, 'binary_data', `${place}/parameters`) ?? all);
  }
  return wanted;
}

/** Writes an answer as it was asked for. Throws `upstream_invalid` where there is no JSON for a number. */
export function writeResponse(
  { model, version, id, outputs }: InferenceResponse,
  { binary }: Pick<InferenceRequest, 'binary'>,
): WireBody {
  const { list, tail } = writeTensors(outputs, binary, 'upstream_invalid');
  const json: JsonObject = {
    model_name: model,
    ...(version === undefined ? {} : { model_version: version }),
    ...(id === undefined ? {} : { id }),
    outputs: list,
  };
  const { body, length } = writeMessage(json, tail);
  return { body, length: length === undefined ? undefined : String(length) };
}

/**
 * Writes a request to another server. Throws `request_invalid` where there is no JSON for a number.
 *
 * @param binary inputs are sent as binary data, and outputs asked for as such; else all is JSON
 */
export function writeRequest(
  inputs: Tensors,
  outputs: readonly string[] | undefined,
  id: string | undefined,
  binary = true,
): WireBody {
  const { list, tail } = writeTensors(inputs, () => binary, 'request_invalid');
  const json: JsonObject = {
    ...(id === undefined ? {} : { id }),
    inputs: list,
    ...(binary && { parameters: { binary_data_output: true } }),
    ...(outputs === undefined ? {} : { outputs: outputs.map((name) => ({ name })) }),
  };
  const { body, length } = writeMessage(json, tail);
  return { body, length: binary ? String(length ?? body.length) : undefined };
}

/** Reads what a server answered. Throws `upstream_invalid`. */
export function readResponse({ body, length }: WireBody): InferenceResponse {
  try {
    const { json, tail } = readMessage(body, length, 'upstream_invalid');
    const text = (value: Json | undefined) => (typeof value === 'string' ? value : undefined);
    return {
      model: text(json.model_name) ?? '',
      version: text(json.model_version),
      id: text(json.id),
      outputs: readTensors(json.outputs, tail, 'upstream_invalid', '/outputs'),
    };
  } catch (error) {
    if (error instanceof Refusal && error.code !== 'upstream_invalid')
      throw new Refusal('upstream_invalid', { cause: error });
    throw error;
  }
}
