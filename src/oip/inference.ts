import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import type { Tensors } from '../tensors/tensor.ts';
import { fault } from './fault.ts';
import { readMessage, writeMessage } from './message.ts';
import { nameOf, only, readTensors, writeTensors } from './tensor-list.ts';

// Inference requests and responses of the Open Inference Protocol, version 2: JSON and the binary tensor data extension
// (https://github.com/kserve/open-inference-protocol).

/** What is asked of a model. */
export interface InferenceRequest {
  readonly id: string | undefined;
  readonly inputs: Tensors;
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

/** Reads a client's request. Throws `request_invalid`, `unsupported` and what `parseJson` throws. */
export function readRequest({ body, length }: WireBody): InferenceRequest {
  const { json, tail } = readMessage(body, length, 'request_invalid');
  const fail = fault('request_invalid', 'The request');
  only(json, ['id', 'parameters', 'inputs', 'outputs'], fail);
  const all = flag(json.parameters, 'binary_data_output');
  const wanted = json.outputs === undefined ? undefined : outputsOf(json.outputs, all);
  return {
    id: idOf(json.id),
    inputs: readTensors(json.inputs, tail, 'request_invalid', '/inputs'),
    outputs: wanted && [...wanted.keys()],
    binary: (output) => wanted?.get(output) ?? all,
  };
}

const LONGEST_ID = 256;

function idOf(id: Json | undefined): string | undefined {
  if (id === undefined) return undefined;
  if (typeof id === 'string' && id.length <= LONGEST_ID) return id;
  return fault('request_invalid', '/id')('is no text, or too long');
}

/** Parameters that ask for more than is done here are refused: shared memory, sequences, classification. */
function flag(parameters: Json | undefined, name: string): boolean {
  if (parameters === undefined) return false;
  if (!isObject(parameters)) return fault('request_invalid', 'parameters')('is no object');
  const other = Object.keys(parameters).find((key) => key !== name);
  if (other !== undefined)
    throw new Refusal('unsupported', { hint: `Of the parameters only ${name} is taken.` });
  const value = parameters[name];
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  return fault('request_invalid', `parameters/${name}`)('is neither true nor false');
}

function outputsOf(outputs: Json, all: boolean): Map<string, boolean> {
  if (!Array.isArray(outputs) || outputs.length === 0)
    return fault('request_invalid', '/outputs')('is no list of outputs');
  const wanted = new Map<string, boolean>();
  for (const [index, item] of outputs.entries()) {
    const fail = fault('request_invalid', `/outputs/${index}`);
    if (!isObject(item)) return fail('is no object');
    only(item, ['name', 'parameters'], fail);
    const name = nameOf(item, fail);
    if (wanted.has(name)) return fail('has a name that another has, too');
    const { parameters } = item;
    const said = isObject(parameters) && 'binary_data' in parameters;
    wanted.set(
      name,
      said || parameters !== undefined ? flag(parameters, 'binary_data') || (!said && all) : all,
    );
  }
  return wanted;
}

/** Writes an answer as it was asked for. Throws `upstream_invalid` where there is no JSON for a number. */
export function writeResponse(
  { model, version, id, outputs }: InferenceResponse,
  request: InferenceRequest,
): WireBody {
  const { list, tail } = writeTensors(outputs, request.binary, 'upstream_invalid');
  const json: JsonObject = {
    model_name: model,
    ...(version === undefined ? {} : { model_version: version }),
    ...(id === undefined ? {} : { id }),
    outputs: list,
  };
  const { body, length } = writeMessage(json, tail);
  return { body, length: length === undefined ? undefined : String(length) };
}

/** Writes a request to another server: inputs as binary data, and outputs asked for as such. */
export function writeRequest(
  inputs: Tensors,
  outputs: readonly string[] | undefined,
  id: string | undefined,
): WireBody {
  const { list, tail } = writeTensors(inputs, () => true, 'request_invalid');
  const json: JsonObject = {
    ...(id === undefined ? {} : { id }),
    inputs: list,
    parameters: { binary_data_output: true },
    ...(outputs === undefined ? {} : { outputs: outputs.map((name) => ({ name })) }),
  };
  const { body, length } = writeMessage(json, tail);
  return { body, length: String(length ?? body.length) };
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
