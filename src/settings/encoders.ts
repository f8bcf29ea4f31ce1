import Type, { type Static } from 'typebox';
import { closed, count, duration, size } from './fields.ts';
import type { SettingsReader } from './reader.ts';

/** A supplied encoder: an ONNX sequence classifier with its tokenizer, in a folder. */
export interface EncoderSettings {
  readonly name: string;
  /** Folder, absolute. */
  readonly path: string;
  /** The model file within it. */
  readonly model: string;
  /** Names for the model's own labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** Score from which a label counts, 0..1, where a policy says nothing else. */
  readonly threshold: number;
  /** Undefined: as the model says of itself, 512 at the most. */
  readonly max_tokens: number | undefined;
  /** Worker threads, each with the model in memory. */
  readonly workers: number;
  /** Threads for one run. */
  readonly threads: number;
  /** Stretches of text in one run. */
  readonly batch: number;
  /** UTF-16 units that may wait. */
  readonly queue: number;
  /** Milliseconds for a text, waiting included. */
  readonly timeout: number;
  /** Bytes of the model file. */
  readonly max_size: number;
}

const FileName = Type.String({
  pattern: '^(?!.*\\.\\.)[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}$|\\$\\{',
  description: 'a file below the folder',
});

const Encoder = Type.Object(
  {
    path: Type.String({
      minLength: 1,
      description: 'Folder with model.onnx, tokenizer.json and config.json.',
    }),
    model: Type.Optional(
      Type.Union([FileName], {
        description:
          'The model file below it (onnx/model_quantized.onnx). Default: model.onnx, or onnx/model.onnx.',
      }),
    ),
    labels: Type.Optional(
      Type.Record(Type.String({ minLength: 1 }), Type.String({ pattern: '^[a-z][a-z0-9_]{0,62}$|\\$\\{' }), {
        description: "Names for the model's labels: { LABEL_1: injection }. Default: its own, in lower case.",
      }),
    ),
    threshold: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: 'Score from which a label counts. Default: 0.5.' }),
    ),
    max_tokens: Type.Optional(
      Type.Integer({
        minimum: 16,
        maximum: 8192,
        description: 'Longest window in tokens. Default: as config.json says, 512 at the most.',
      }),
    ),
    workers: Type.Optional(count('Worker threads, each with the model in memory.', 1)),
    threads: Type.Optional(count('Threads for one run of the model.', 1)),
    batch: Type.Optional(count('Stretches of text in one run.', 4)),
    queue: Type.Optional(size('Text that may wait for the encoder.', '4MB')),
    timeout: Type.Optional(duration('For one text, waiting included.', '2s')),
    max_size: Type.Optional(size('Longest model file.', '1GB')),
  },
  { ...closed, description: 'A supplied encoder: an ONNX sequence classifier with its tokenizer.' },
);

/** `encoders:` of `gatehouse.yaml`. */
export const Encoders = Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' }), Encoder, {
  ...closed,
  description: 'Encoders that guards may ask, by name: lower-case letters, digits, - and _',
});

/** More threads than any machine gives to one model. */
const MOST_THREADS = 64;

/** @param place makes a path absolute */
export function readEncoders(
  read: SettingsReader,
  place: (path: string) => string,
  written: Static<typeof Encoders> = {},
): Readonly<Record<string, EncoderSettings>> {
  return Object.fromEntries(
    Object.entries(written).map(([name, entry]) => {
      const at = ['encoders', name];
      const threads = (key: 'workers' | 'threads' | 'batch', normal: number) => {
        const number = read.count([...at, key], entry[key], normal);
        if (number > MOST_THREADS) read.report([...at, key], `must be ${MOST_THREADS} at the most`);
        return number;
      };
      const settings: EncoderSettings = {
        name,
        path: place(entry.path),
        model: entry.model ?? '',
        labels: entry.labels ?? {},
        threshold: entry.threshold ?? 0.5,
        max_tokens: entry.max_tokens,
        workers: threads('workers', 1),
        threads: threads('threads', 1),
        batch: threads('batch', 4),
        queue: read.size([...at, 'queue'], entry.queue, '4MB'),
        timeout: read.duration([...at, 'timeout'], entry.timeout, '2s'),
        max_size: read.size([...at, 'max_size'], entry.max_size, '1GB'),
      };
      return [name, settings];
    }),
  );
}
