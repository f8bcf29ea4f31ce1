import { createRequire } from 'node:module';
import { Problem } from '../../base/problem.ts';
import type { ElementType, Tensor, Tensors } from '../../tensors/tensor.ts';

type Ort = typeof import('onnxruntime-node');
type InferenceSession = Awaited<ReturnType<Ort['InferenceSession']['create']>>;
type OrtTensor = InstanceType<Ort['Tensor']>;

let ort: Ort | undefined;

/** ONNX Runtime, an optional dependency that is loaded when it is first used. Throws `Problem('environment')` without it. */
function loaded(from = 'onnxruntime-node'): Ort {
  try {
    ort ??= createRequire(import.meta.url)(from) as Ort;
    return ort;
  } catch {
    throw new Problem(
      'environment',
      'onnxruntime-node is not installed, and models are run by it: npm install onnxruntime-node',
    );
  }
}

/** An input or output of a model that can be run: -1 or a word for what varies. */
export interface Port {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly (number | string)[];
}

export interface SessionOptions {
  /** Threads of one run; default 1. */
  readonly threads?: number | undefined;
  /** `none`: nodes run as they stand, so that each can be looked at. Default `all`. */
  readonly optimize?: 'none' | 'all' | undefined;
  /** The file of ONNX Runtime, for a process that may not look for it. */
  readonly runtime?: string | undefined;
}

/** A model that ONNX Runtime has read. A run holds the thread that asks for it until it ends. */
export class OnnxSession {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
    this.inputs = ports(session.inputMetadata);
    this.outputs = ports(session.outputMetadata);
  }

  /**
   * Opens a model from memory, so that no other file is opened that it may name. Rejects with `Problem('usage')` where it
   * cannot be read, in the runtime's own words.
   */
  static async open(model: Uint8Array, options: SessionOptions = {}): Promise<OnnxSession> {
    const { InferenceSession } = loaded(options.runtime);
    try {
      const session = await InferenceSession.create(model, {
        executionProviders: ['cpu'],
        intraOpNumThreads: options.threads ?? 1,
        interOpNumThreads: 1,
        graphOptimizationLevel: options.optimize === 'none' ? 'disabled' : 'all',
        logSeverityLevel: 4,
      });
      return new OnnxSession(session);
    } catch (error) {
      throw new Problem('usage', `ONNX Runtime does not open the model: ${lineOf(error)}`);
    }
  }

  /** Runs the model. Rejects with the runtime's own error where the inputs are not what the model wants. */
  async run(feeds: Tensors, wanted?: readonly string[]): Promise<Map<string, Tensor>> {
    const { Tensor } = loaded();
    const given = Object.fromEntries(
      [...feeds].map(([name, { type, data, dims }]) => [name, new Tensor(type, data as never, dims)]),
    );
    const results = await (wanted === undefined
      ? this.#session.run(given)
      : this.#session.run(given, wanted));
    return new Map(
      Object.entries(results as Record<string, OrtTensor>).map(([name, tensor]) => [
        name,
        { type: tensor.type, dims: tensor.dims, data: elementsOf(tensor) } as Tensor,
      ]),
    );
  }

  /** The same for inputs that fit: where it does not run, it is the model’s fault. Rejects with `Problem('usage')`. */
  async probe(feeds: Tensors, wanted: readonly string[]): Promise<Map<string, Tensor>> {
    try {
      return await this.run(feeds, wanted);
    } catch (error) {
      throw new Problem('usage', `ONNX Runtime does not run the model: ${lineOf(error)}`);
    }
  }

  close(): Promise<void> {
    return this.#session.release();
  }
}

/** Half precision as its bits, whatever array the runtime has for it. */
const elementsOf = ({ type, data }: OrtTensor): unknown =>
  type === 'float16' && !(data instanceof Uint16Array) && ArrayBuffer.isView(data)
    ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2)
    : data;

/** Sequences and maps, which scikit-learn's converters write for probabilities, are left out: they are no tensors. */
const ports = (metadata: InferenceSession['inputMetadata']): Port[] =>
  metadata.flatMap((value) =>
    value.isTensor ? [{ name: value.name, type: value.type as ElementType, dims: value.shape }] : [],
  );

/** The first line of what the runtime says, without places in its source. */
const lineOf = (error: unknown): string =>
  ((error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '')
    .replace(/\/onnxruntime_src\/\S+ .*?\)(?: const)? (?=\S)/, '')
    .slice(0, 300);
