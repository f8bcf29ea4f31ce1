import type { Victim } from '../../../attacks/attack.ts';
import { isObject, type Json } from '../../../base/json.ts';
import { Problem } from '../../../base/problem.ts';
import { Refusal } from '../../../base/refusal.ts';
import { DATATYPES, isDatatype } from '../../../oip/datatypes.ts';
import { readResponse, writeRequest } from '../../../oip/inference.ts';
import { LENGTH_HEADER } from '../../../oip/message.ts';
import { type ElementType, elementCount, numbersOf, type Tensor } from '../../../tensors/tensor.ts';
import { areProbabilities, oneHot } from './answers.ts';
import type { Meter } from './meter.ts';
import { type ModelServer, placeOf, serverUrl } from './server.ts';

export interface OipOptions {
  /** Rows in one request. */
  readonly batch: number;
  /** Of several outputs, the one with the scores. */
  readonly output?: string | undefined;
  /** Of a model that says only labels: how many there are. */
  readonly classes?: number | undefined;
  /** Of an input whose sizes the metadata leave open. */
  readonly dims?: readonly number[] | undefined;
  /** A row that it is asked first, by its number of features: a contract may refuse what is not like its data. */
  readonly first: (features: number) => Float32Array;
}

interface Port {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
}

/**
 * A model behind the Open Inference Protocol, version 2: `…/v2/models/NAME`, as KServe, Triton and Gatehouse serve it. Its
 * metadata say what it takes; a row of the data, twice, what it answers. Rejects with Problem('usage') for models of another kind,
 * Problem('environment') where the server does not do its part.
 */
export async function openOip(
  address: string,
  server: ModelServer,
  meter: Meter,
  options: OipOptions,
): Promise<{ readonly victim: Victim; readonly dims: readonly number[] }> {
  const url = serverUrl(address);
  url.pathname = url.pathname.replace(/\/(infer)?$/, '');
  if (!/\/v2\/models\/[^/]+(\/versions\/[^/]+)?$/.test(url.pathname))
    throw new Problem(
      'usage',
      `${placeOf(url.href)} is no model of the Open Inference Protocol: …/v2/models/NAME`,
      'Other services are described by a mapping file: see docs/attack.md.',
    );
  const base = url.href;
  const meta = await server.ask({ url: base, method: 'GET' });
  const { inputs, outputs } = portsOf(meta.body, placeOf(base));
  const [input] = inputs;
  if (inputs.length !== 1 || input === undefined || !NUMBERS.has(input.type))
    throw new Problem(
      'usage',
      `the model takes ${inputs.map(({ name }) => name).join(', ')}: only models of one input of numbers can be attacked`,
    );
  const dims = options.dims ?? input.shape.slice(1);
  if (input.shape.length < 1 || dims.length === 0 || dims.some((dim) => dim < 1))
    throw new Problem(
      'usage',
      `input ${input.name} is [${input.shape.join(', ')}]: say with --shape what one row is`,
    );
  const features = elementCount(dims);
  url.pathname += '/infer';

  const infer = async (rows: Float32Array): Promise<ReadonlyMap<string, Tensor>> => {
    const count = rows.length / features;
    const { body, length } = writeRequest(
      new Map([[input.name, tensorOf(input.type, [count, ...dims], rows)]]),
      options.output === undefined ? undefined : [options.output],
      undefined,
    );
    const answer = await server.ask(
      {
        url: url.href,
        method: 'POST',
        headers: {
          'content-type': 'application/octet-stream',
          ...(length !== undefined && { [LENGTH_HEADER]: length }),
        },
        body,
      },
      () => meter.take(count),
    );
    try {
      return readResponse({ body: answer.body, length: answer.header(LENGTH_HEADER) }).outputs;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Problem(
        'environment',
        `${placeOf(base)} gives an answer that is not of the protocol`,
        undefined,
        error,
      );
    }
  };
  const first = options.first(features);
  const found = scoresIn(await infer(Float32Array.of(...first, ...first)), outputs, options);
  const scoresOf = (tensor: Tensor | undefined, count: number): Float32Array => {
    const wanted = found.says === 'scores' ? count * found.classes : count;
    if (tensor === undefined || elementCount(tensor.dims) !== wanted)
      throw new Problem('environment', `${placeOf(base)} answers in another shape than before`);
    const numbers = Float32Array.from(numbersOf(tensor));
    if (found.says === 'labels') return oneHot(numbers, found.classes);
    return found.says === 'scores' ? numbers : bothOf(numbers);
  };
  return {
    dims,
    victim: {
      features,
      classes: found.classes,
      answers: found.answers,
      async scores(rows) {
        const count = rows.length / features;
        const out = new Float32Array(count * found.classes);
        for (let from = 0; from < count; from += options.batch) {
          const to = Math.min(count, from + options.batch);
          const tensor = (await infer(rows.subarray(from * features, to * features))).get(found.name);
          out.set(scoresOf(tensor, to - from), from * found.classes);
        }
        return out;
      },
    },
  };
}

const NUMBERS: ReadonlySet<ElementType> = new Set([
  'float32',
  'float64',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
]);

/** Rows as the model takes them; of whole numbers the nearest. */
function tensorOf(type: ElementType, dims: readonly number[], rows: Float32Array): Tensor {
  if (type === 'float64') return { type, dims, data: Float64Array.from(rows) };
  if (type === 'int64')
    return { type, dims, data: BigInt64Array.from(rows, (value) => BigInt(Math.round(value))) };
  if (type === 'uint64')
    return { type, dims, data: BigUint64Array.from(rows, (value) => BigInt(Math.max(0, Math.round(value)))) };
  const rounded = rows.map(Math.round);
  if (type === 'int32') return { type, dims, data: Int32Array.from(rounded) };
  if (type === 'uint32') return { type, dims, data: Uint32Array.from(rounded) };
  if (type === 'int16') return { type, dims, data: Int16Array.from(rounded) };
  if (type === 'uint16') return { type, dims, data: Uint16Array.from(rounded) };
  if (type === 'int8') return { type, dims, data: Int8Array.from(rounded) };
  if (type === 'uint8') return { type, dims, data: Uint8Array.from(rounded) };
  return { type: 'float32', dims, data: rows };
}

function portsOf(body: Buffer, where: string): { inputs: Port[]; outputs: Port[] } {
  let meta: Json;
  try {
    meta = JSON.parse(body.toString('utf8')) as Json;
  } catch {
    meta = null;
  }
  const list = (ports: Json | undefined): Port[] =>
    (Array.isArray(ports) ? ports : []).flatMap((port) => {
      if (!isObject(port) || typeof port.name !== 'string' || !isDatatype(port.datatype)) return [];
      const shape = Array.isArray(port.shape) ? port.shape.map(Number) : [];
      return [{ name: port.name, type: DATATYPES[port.datatype], shape }];
    });
  const [inputs, outputs] = isObject(meta) ? [list(meta.inputs), list(meta.outputs)] : [[], []];
  if (inputs.length === 0)
    throw new Problem(
      'environment',
      `${where} does not say what the model takes: its metadata name no inputs`,
    );
  return { inputs, outputs };
}

interface Found {
  readonly name: string;
  readonly classes: number;
  /** `chance`: of the second of two classes. */
  readonly says: 'scores' | 'labels' | 'chance';
  readonly answers: Victim['answers'];
}

/** Which output has the scores of two rows; where none has, a chance, or their labels. */
function scoresIn(
  answer: ReadonlyMap<string, Tensor>,
  outputs: readonly Port[],
  { output, classes }: OipOptions,
): Found {
  const named = [...answer].filter(([name]) => output === undefined || name === output);
  const real = named.filter(([, { type }]) => type === 'float32' || type === 'float64');
  for (const [name, tensor] of real) {
    const [rows, count = 0] = tensor.dims;
    if (tensor.dims.length !== 2 || rows !== 2 || count < 2) continue;
    const sure = areProbabilities(Float32Array.from(numbersOf(tensor)), count);
    return { name, classes: count, says: 'scores', answers: sure ? 'probabilities' : 'logits' };
  }
  for (const [name, tensor] of real)
    if (elementCount(tensor.dims) === 2 && numbersOf(tensor).every((value) => value >= 0 && value <= 1))
      return { name, classes: 2, says: 'chance', answers: 'probabilities' };
  for (const [name, { type, dims }] of named)
    if (NUMBERS.has(type) && !type.startsWith('float') && elementCount(dims) === 2) {
      if (classes === undefined)
        throw new Problem(
          'usage',
          `the model says only labels (${name})`,
          'Say with --classes how many there are.',
        );
      return { name, classes, says: 'labels', answers: 'labels' };
    }
  throw new Problem(
    'usage',
    `the model has no output of scores, [batch, classes], and none of labels; its outputs are ${outputs.map(({ name }) => name).join(', ')}`,
  );
}

const bothOf = (chances: Float32Array): Float32Array =>
  Float32Array.from({ length: 2 * chances.length }, (_, at) => {
    const chance = chances[at >> 1] ?? 0;
    return at % 2 === 0 ? 1 - chance : chance;
  });
