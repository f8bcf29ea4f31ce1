import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { EncoderFiles } from './files.ts';
import { windowsOf } from './stretches.ts';

// Runs in a worker thread, one model in each. Loads what is an optional dependency here and nowhere else.

/** What the thread is started with. */
export interface ThreadData {
  readonly files: EncoderFiles;
  readonly threads: number;
}

export interface Ask {
  readonly id: number;
  readonly texts: readonly string[];
}

/** What it says: once that it is ready or why not, then an answer for each question. Never any text of a caller's. */
export type Said =
  | { readonly ready: true }
  | { readonly broken: 'missing' | 'model' | 'tokenizer' | 'shape'; readonly why: string }
  | { readonly id: number; readonly scores: readonly (readonly number[])[] }
  | { readonly id: number; readonly failed: string };

/** Windows in one run of the model: memory grows with them. */
const MOST_ROWS = 8;

type Ort = typeof import('onnxruntime-node');
type Session = Awaited<ReturnType<Ort['InferenceSession']['create']>>;
/** Of @huggingface/tokenizers: its own declarations cannot be read with Node's way of finding modules. */
interface Tokenizer {
  encode(
    text: string,
    options?: { readonly add_special_tokens: boolean },
  ): { readonly ids: readonly number[] };
}
interface Tokenizers {
  readonly Tokenizer: new (tokenizer: object, config: object) => Tokenizer;
}

class Broken extends Error {
  readonly kind: Extract<Said, { broken: string }>['broken'];
  constructor(kind: Broken['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

class Model {
  readonly #ort: Ort;
  readonly #session: Session;
  readonly #tokenizer: Tokenizer;
  readonly #files: EncoderFiles;
  /** What stands before and after every text. */
  readonly #before: readonly number[];
  readonly #after: readonly number[];

  constructor(ort: Ort, session: Session, tokenizer: Tokenizer, files: EncoderFiles) {
    this.#ort = ort;
    this.#session = session;
    this.#tokenizer = tokenizer;
    this.#files = files;
    const bare = tokenizer.encode('a', { add_special_tokens: false }).ids;
    const dressed = tokenizer.encode('a').ids;
    const at = dressed.findIndex((_, index) => bare.every((id, i) => dressed[index + i] === id));
    if (bare.length === 0 || at < 0)
      throw new Broken('tokenizer', 'tokenizer.json does not keep a text whole');
    this.#before = dressed.slice(0, at);
    this.#after = dressed.slice(at + bare.length);
  }

  /** The highest scores of all windows of each text, by label. */
  async scores(texts: readonly string[]): Promise<number[][]> {
    const room = this.#files.maxTokens - this.#before.length - this.#after.length;
    const rows = texts.flatMap((text, of) =>
      windowsOf(this.#tokenizer.encode(text, { add_special_tokens: false }).ids, room).map((ids) => ({
        of,
        ids: [...this.#before, ...ids, ...this.#after],
      })),
    );
    const best: number[][] = texts.map(() => []);
    for (let at = 0; at < rows.length; at += MOST_ROWS) {
      const part = rows.slice(at, at + MOST_ROWS);
      const said = await this.#run(part.map(({ ids }) => ids));
      for (const [index, { of }] of part.entries()) {
        const [old, now] = [best[of] ?? [], said[index] ?? []];
        best[of] = now.map((score, label) => Math.max(score, old[label] ?? 0));
      }
    }
    return best;
  }

  async #run(rows: readonly (readonly number[])[]): Promise<number[][]> {
    const { Tensor } = this.#ort;
    const [count, length] = [rows.length, Math.max(...rows.map((row) => row.length))];
    const ids = new BigInt64Array(count * length).fill(BigInt(this.#files.padId));
    const mask = new BigInt64Array(count * length);
    for (const [row, tokens] of rows.entries()) {
      for (const [index, id] of tokens.entries()) {
        ids[row * length + index] = BigInt(id);
        mask[row * length + index] = 1n;
      }
    }
    const given: Readonly<Record<string, BigInt64Array>> = {
      input_ids: ids,
      attention_mask: mask,
      token_type_ids: new BigInt64Array(count * length),
    };
    const feeds = Object.fromEntries(
      this.#session.inputNames.map((name) => [
        name,
        new Tensor('int64', given[name] ?? ids, [count, length]),
      ]),
    );
    const output = (await this.#session.run(feeds))[this.#session.outputNames[0] as string];
    const labels = this.#files.labels.length;
    if (output === undefined || output.type !== 'float32' || output.dims.join() !== `${count},${labels}`)
      throw new Broken('shape', `its output is not ${labels} numbers for each text`);
    const logits = output.data as Float32Array;
    return rows.map((_, row) => softmax(logits.subarray(row * labels, (row + 1) * labels)));
  }
}

/** Throws where a number is none: a model that cannot decide. */
function softmax(logits: Float32Array): number[] {
  const most = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = powers.reduce((all, power) => all + power, 0);
  if (!Number.isFinite(sum)) throw new Broken('shape', 'its output holds what is no number');
  return powers.map((power) => power / sum);
}

const INPUTS = new Set(['input_ids', 'attention_mask', 'token_type_ids']);

async function load({ files, threads }: ThreadData): Promise<Model> {
  const require = createRequire(import.meta.url);
  let ort: Ort;
  let tokenizers: Tokenizers;
  try {
    ort = require('onnxruntime-node') as Ort;
    tokenizers = require('@huggingface/tokenizers') as Tokenizers;
  } catch {
    throw new Broken('missing', 'onnxruntime-node or @huggingface/tokenizers is not installed');
  }
  let session: Session;
  try {
    // From memory: so no other file is opened that the model may name.
    session = await ort.InferenceSession.create(readFileSync(files.model), {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
  } catch {
    throw new Broken(
      'model',
      'the model cannot be opened: it is no ONNX file, or it has its weights in other files',
    );
  }
  const { inputNames, outputNames, inputMetadata } = session;
  const odd = inputNames.find((name) => !INPUTS.has(name));
  if (odd !== undefined || !inputNames.includes('input_ids') || outputNames.length === 0)
    throw new Broken('shape', 'its inputs are not input_ids, attention_mask and token_type_ids');
  if (inputMetadata.some((input) => !input.isTensor || input.type !== 'int64' || input.shape.length !== 2))
    throw new Broken('shape', 'its inputs are not int64 [batch, sequence]');
  let tokenizer: Tokenizer;
  try {
    const read = (file: string | undefined) =>
      file === undefined ? {} : JSON.parse(readFileSync(file, 'utf8'));
    tokenizer = new tokenizers.Tokenizer(read(files.tokenizer), read(files.tokenizerConfig));
  } catch {
    throw new Broken('tokenizer', 'tokenizer.json cannot be read');
  }
  const model = new Model(ort, session, tokenizer, files);
  // Two rows of different length: whether it can do batches, and gives what its labels say.
  await model.scores(['hello', 'hello again, and once more']).catch((error) => {
    throw error instanceof Broken ? error : new Broken('shape', 'it cannot be run on two texts at once');
  });
  return model;
}

const port = parentPort;
if (port !== null) {
  const say = (said: Said): void => port.postMessage(said);
  try {
    const model = await load(workerData as ThreadData);
    port.on('message', ({ id, texts }: Ask) => {
      model.scores(texts).then(
        (scores) => say({ id, scores }),
        (error) => say({ id, failed: error instanceof Broken ? error.message : 'it could not be run' }),
      );
    });
    say({ ready: true });
  } catch (error) {
    say({
      broken: error instanceof Broken ? error.kind : 'model',
      why: error instanceof Broken ? error.message : 'it cannot be loaded',
    });
  }
}
