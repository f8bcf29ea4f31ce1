import { isFloat } from '../../contracts/contract.ts';
import { feedsOf, shapeOf } from '../../runtime/onnx/classifier.ts';
import { OnnxSession } from '../../runtime/onnx/session.ts';
import { elementCount, numbersOf, type Tensor } from '../../tensors/tensor.ts';

/** Rows that are asked at once, where the model does not say. */
const BATCH = 256;

/** What one output says of the rows: `width` values for each, one row after the other. */
export interface Answers {
  readonly output: string;
  readonly width: number;
  readonly real: boolean;
  readonly values: ArrayLike<number | string>;
}

/** A model that is asked as the gateway asks it: as it is, with all that it answers. */
export interface ServedAnswers {
  readonly features: number;
  /**
   * Outputs that have something to say of each row, in the model's order. Rejects with an AbortError.
   * @param rows [count × features]
   */
  ask(rows: Float32Array, options: AskOptions): Promise<Answers[]>;
  close(): Promise<void>;
}

export interface AskOptions {
  readonly progress?: ((done: number, of: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Opens a model. Rejects with Problem('usage') for one that takes other things than rows of numbers. */
export async function openAsServed(bytes: Uint8Array): Promise<ServedAnswers> {
  const session = await OnnxSession.open(bytes);
  try {
    const shape = shapeOf(session);
    return {
      features: shape.features,
      ask: (rows, options) => askAll(session, shape, rows, options),
      close: () => session.close(),
    };
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function askAll(
  session: OnnxSession,
  shape: ReturnType<typeof shapeOf>,
  rows: Float32Array,
  { progress, signal }: AskOptions,
): Promise<Answers[]> {
  const names = session.outputs.map(({ name }) => name);
  const count = rows.length / shape.features;
  const size = shape.batch ?? Math.min(BATCH, count);
  const parts: { readonly rows: number; readonly made: ReadonlyMap<string, Tensor> }[] = [];
  for (let from = 0; from < count; from += size) {
    signal?.throwIfAborted();
    const some = rows.slice(from * shape.features, (from + size) * shape.features);
    const full = shape.batch === undefined ? some : filledUp(some, size * shape.features);
    parts.push({ rows: full.length / shape.features, made: await session.run(feedsOf(shape, full), names) });
    progress?.(Math.min(count, from + size), count);
  }
  return names.flatMap((output) => {
    const found = parts.flatMap(({ rows, made }) => {
      const tensor = made.get(output);
      return tensor !== undefined && tensor.dims[0] === rows ? [tensor] : [];
    });
    const [first] = found;
    if (first === undefined || found.length < parts.length) return [];
    const width = elementCount(first.dims.slice(1));
    const real = isFloat(first.type);
    return [{ output, width, real, values: joined(found, count * width) }];
  });
}

/** A model of a fixed batch takes no fewer rows: zeros make up for them. */
function filledUp(rows: Float32Array, length: number): Float32Array {
  const out = new Float32Array(length);
  out.set(rows);
  return out;
}

/** Without what the model said of rows that were filled up. */
function joined(parts: readonly Tensor[], length: number): Answers['values'] {
  const [first] = parts;
  if (first?.type === 'string')
    return parts.flatMap(({ type, data }) => (type === 'string' ? data : [])).slice(0, length);
  const out =
    first !== undefined && isFloat(first.type) ? new Float32Array(length) : new Float64Array(length);
  let from = 0;
  for (const part of parts) {
    const values = numbersIn(part).subarray(0, length - from);
    out.set(values, from);
    from += values.length;
  }
  return out;
}

const numbersIn = (tensor: Tensor): Float32Array | Float64Array =>
  tensor.type === 'float16'
    ? Float32Array.from(new Float16Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.length))
    : numbersOf(tensor);
