import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type Json } from '../../base/json.ts';
import { Problem } from '../../base/problem.ts';
import type { EncoderSettings } from '../../settings/encoders.ts';

/** An encoder's folder, looked at: what its thread loads, and what its scores mean. */
export interface EncoderFiles {
  readonly model: string;
  readonly tokenizer: string;
  /** Undefined where there is no tokenizer_config.json, which is not needed. */
  readonly tokenizerConfig: string | undefined;
  /** By the index of the output; renamed as the settings say. */
  readonly labels: readonly string[];
  /** Tokens of one run, those of beginning and end included. */
  readonly maxTokens: number;
  readonly padId: number;
}

/** Texts of JSON that are read whole. A vocabulary of 250,000 pieces has 17 MB. */
const MAX_JSON = 64 * 1024 * 1024;
const MAX_LABELS = 1000;
const MOST_TOKENS = 512;

/** Looks at the files; throws a Problem that says what is wrong with them. The model itself is opened by its thread. */
export function findFiles(settings: EncoderSettings): EncoderFiles {
  const { name, path, labels: names, max_size } = settings;
  const fail = (message: string, advice?: string): never => {
    throw new Problem('usage', `encoders.${name}: ${message}`, advice);
  };
  const need = (file: string, most: number): string => {
    const full = join(path, file);
    const size = statSync(full, { throwIfNoEntry: false });
    if (size === undefined || !size.isFile()) {
      return fail(
        `there is no file ${file} in its folder`,
        'It needs an ONNX model (model.onnx), tokenizer.json and config.json.',
      );
    }
    return size.size > most ? fail(`${file} is longer than ${most} bytes`) : full;
  };
  const candidates = settings.model === '' ? ['model.onnx', 'onnx/model.onnx'] : [settings.model];
  const model = need(
    candidates.find((file) => existsSync(join(path, file))) ?? (candidates[0] as string),
    max_size,
  );
  const tokenizer = need('tokenizer.json', MAX_JSON);
  const config = readObject(need('config.json', MAX_JSON)) ?? fail('config.json is not a JSON object');
  const own = labelsOf(config);
  if (own.length < 2 || own.length > MAX_LABELS)
    fail('config.json names no labels (id2label), or only one', 'Only sequence classifiers can be used.');
  for (const label of Object.keys(names)) {
    if (!own.includes(label))
      fail(`labels names “${label}”, which the model has not`, `It has ${own.join(', ')}.`);
  }
  const labels = own.map((label) => names[label] ?? label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_'));
  if (new Set(labels).size !== labels.length) fail('two of its labels have one name');
  const places = config.max_position_embeddings;
  // RoBERTa and its kin count two places for padding.
  const room =
    typeof places === 'number' && places >= 16
      ? places - (places % 2 === 0 && places % 16 === 2 ? 2 : 0)
      : MOST_TOKENS;
  if (settings.max_tokens !== undefined && settings.max_tokens > room)
    fail(`max_tokens is more than its ${room}`);
  const beside = join(path, 'tokenizer_config.json');
  return {
    model,
    tokenizer,
    tokenizerConfig: existsSync(beside) ? need('tokenizer_config.json', MAX_JSON) : undefined,
    labels,
    maxTokens: settings.max_tokens ?? Math.min(room, MOST_TOKENS),
    padId: typeof config.pad_token_id === 'number' ? config.pad_token_id : 0,
  };
}

function readObject(file: string): Readonly<Record<string, Json>> | undefined {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `id2label` in the order of its numbers, where it is whole. */
function labelsOf({ id2label }: Readonly<Record<string, Json>>): readonly string[] {
  if (id2label === undefined || !isObject(id2label)) return [];
  const labels = Object.keys(id2label).map((_, index) => id2label[String(index)]);
  return labels.every((label) => typeof label === 'string' && label !== '') ? (labels as string[]) : [];
}
