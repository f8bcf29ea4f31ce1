import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Victim } from '../../attacks/attack.ts';
import { Problem } from '../../base/problem.ts';
import type { Secret } from '../../base/secret.ts';
import { decodeModel } from '../../graph/decode.ts';
import { treeThresholds } from '../../graph/thresholds.ts';
import { openVictim } from '../../runtime/onnx/victim.ts';
import type { Environment } from '../../settings/substitute.ts';
import { elementCount } from '../../tensors/tensor.ts';
import type { Data } from './data/read-data.ts';
import { type SampleOptions, type Samples, samplesOf } from './data/samples.ts';
import { isMapping, readMapping } from './endpoints/mapping.ts';
import { type Meter, metered } from './endpoints/meter.ts';
import { openOip } from './endpoints/oip.ts';
import { ModelServer, placeOf, type ServerOptions } from './endpoints/server.ts';
import { openService } from './endpoints/service.ts';

/** What is attacked, and the rows in its form. */
export interface Target {
  readonly kind: 'onnx' | 'oip' | 'http';
  /** As it may stand in a report. */
  readonly name: string;
  /** Of the file of the model, or of the mapping. */
  readonly sha256: string | undefined;
  readonly size: number;
  readonly victim: Victim;
  readonly samples: Samples;
  /** The sizes of a row. */
  readonly dims: readonly number[];
  /** Names of classes that the mapping says. */
  readonly classes: readonly string[] | undefined;
  readonly opaque: string | undefined;
  readonly flat: readonly string[];
  /** Of trees: where answers may change. */
  readonly thresholds?: readonly Float32Array[] | undefined;
  close(): Promise<void>;
}

export interface TargetOptions extends Omit<SampleOptions, 'features'> {
  /** A file in ONNX, the address of a model behind the Open Inference Protocol, or a mapping file; else a name. */
  readonly model: string;
  /** The model in ONNX, where it is in no file: a sealed one, which `model` names. */
  readonly bytes: Uint8Array | undefined;
  readonly cwd: string;
  readonly env: Environment;
  readonly headers: Readonly<Record<string, Secret>>;
  readonly timeout: number;
  readonly rate: number | undefined;
  readonly batch: number;
  readonly output: string | undefined;
  readonly classes: number | undefined;
  readonly shape: readonly number[] | undefined;
  readonly threads: number | undefined;
  /** Gradients pass rounding as if it were not there. */
  readonly straightThrough: boolean;
  readonly signal: AbortSignal;
}

/** Opens what is to be attacked. Rejects with Problem. */
export function openTarget(data: Data, meter: Meter, options: TargetOptions): Promise<Target> {
  if (isAddress(options.model)) return oipTarget(data, meter, options);
  return isMapping(options.model) ? serviceTarget(data, meter, options) : fileTarget(data, meter, options);
}

type Named = Pick<TargetOptions, 'bytes' | 'cwd' | 'model'>;

async function bytesOf({ bytes, cwd, model }: Named): Promise<Uint8Array> {
  if (bytes !== undefined) return bytes;
  try {
    return await readFile(resolve(cwd, model));
  } catch (cause) {
    throw new Problem('environment', `cannot read ${model}`, 'Check the path.', cause);
  }
}

/** SHA-256 of the file that says what is attacked, hex; undefined of a server. */
export const modelDigest = async (options: Named): Promise<string | undefined> =>
  isAddress(options.model) ? undefined : digestOf(await bytesOf(options));

export const isAddress = (model: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(model);

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function fileTarget(data: Data, meter: Meter, options: TargetOptions): Promise<Target> {
  const bytes = await bytesOf(options);
  const model = await openVictim(bytes, options);
  return {
    kind: 'onnx',
    name: basename(options.model),
    sha256: digestOf(bytes),
    size: bytes.length,
    victim: metered(model, meter),
    samples: samplesOf(data, { ...options, features: model.features }),
    dims: model.dims,
    classes: undefined,
    opaque: model.opaque,
    flat: model.flat,
    thresholds:
      model.gradients === undefined ? treeThresholds(decodeModel(bytes), model.features) : undefined,
    close: () => model.close(),
  };
}

async function oipTarget(data: Data, meter: Meter, options: TargetOptions): Promise<Target> {
  const server = new ModelServer(options satisfies ServerOptions);
  try {
    const { victim, dims } = await openOip(options.model, server, meter, {
      ...options,
      dims: options.shape,
      first: (features) => samplesOf(data, { ...options, features }).rows.slice(0, features),
    });
    return {
      kind: 'oip',
      name: placeOf(options.model),
      sha256: undefined,
      size: 0,
      victim,
      samples: samplesOf(data, { ...options, features: victim.features }),
      dims,
      classes: undefined,
      opaque: undefined,
      flat: [],
      close: () => server.close(),
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function serviceTarget(data: Data, meter: Meter, options: TargetOptions): Promise<Target> {
  const bytes = await bytesOf(options);
  const mapping = readMapping(new TextDecoder().decode(bytes), options.model, options.env);
  const shape = options.shape ?? mapping.shape;
  const samples = samplesOf(data, { ...options, features: shape && elementCount(shape) });
  const server = new ModelServer({
    headers: { ...mapping.headers, ...options.headers },
    timeout: mapping.timeout,
    rate: options.rate ?? mapping.rate,
    signal: options.signal,
  });
  try {
    const first = samples.rows.slice(0, samples.features);
    return {
      kind: 'http',
      name: placeOf(mapping.url),
      sha256: digestOf(bytes),
      size: bytes.length,
      victim: await openService(mapping, server, meter, samples.fields, first),
      samples,
      dims: shape ?? samples.dims,
      classes: mapping.classes,
      opaque: undefined,
      flat: [],
      close: () => server.close(),
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}
