import { isObject, isRawNumber, type Json, type JsonObject } from '../../../src/base/json.ts';
import { Refusal } from '../../../src/base/refusal.ts';
import type { Dialect, Operation } from '../../../src/dialects/dialect.ts';
import { DIALECTS } from '../../../src/dialects/index.ts';
import type { Prompt } from '../../../src/exchange/exchange.ts';
import { parseJson } from '../../../src/wire/json.ts';
import { refusedBy } from '../expect.ts';

const OPERATIONS = new Map(DIALECTS.flatMap(({ operations }) => operations).map((one) => [one.id, one]));

export const dialectOf = (operation: Operation): Dialect =>
  DIALECTS.find(({ operations }) => operations.includes(operation)) as Dialect;

/** A request that every endpoint takes, to have an answer to it read. */
export const EMPTY = {
  model: 'm',
  messages: [],
  contents: [],
  content: { parts: [{ text: 'x' }] },
  requests: [],
  input: '',
  query: '',
  documents: [],
  max_tokens: 10,
};

/** The endpoint that a seed names in its first line, and the bytes behind it; undefined where there is none. */
export function addressed(input: Buffer): { operation: Operation; bytes: Buffer } | undefined {
  const end = input.indexOf('\n');
  const operation = OPERATIONS.get(input.toString('utf8', 0, Math.max(0, end)));
  return operation && { operation, bytes: input.subarray(end + 1) };
}

/** The same with a body; undefined also where the strict reader refuses that. */
export function addressedBody(
  input: Buffer,
): { operation: Operation; body: JsonObject; bytes: Buffer } | undefined {
  const found = addressed(input);
  if (found === undefined) return undefined;
  const body = refusedBy(() => parseJson(found.bytes, { maxDepth: 64 }), Refusal);
  return body instanceof Refusal ? undefined : { ...found, body };
}

/** A prompt to answer: the empty one, streamed where the endpoint says so in its body; no body where it takes none. */
export function emptyPrompt(operation: Operation, stream = false): Prompt {
  const body = structuredClone({ ...EMPTY, ...(stream && { stream }) }) as JsonObject;
  const prompt = refusedBy(() => operation.readPrompt(body, 'm'), Refusal);
  return prompt instanceof Refusal ? operation.readPrompt({}, 'm') : prompt;
}

/** Every string in a value. */
export function* stringsIn(value: Json): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null && !isRawNumber(value))
    for (const child of Object.values(value)) yield* stringsIn(child);
}

export function* objectsIn(value: Json): Generator<JsonObject> {
  if (isObject(value)) yield value;
  if (!isRawNumber(value) && typeof value === 'object' && value !== null)
    for (const child of Object.values(value)) yield* objectsIn(child);
}

/** Words that mean something in some dialect: the names of fields and the short values of the seeds. */
export function wordsIn(seeds: readonly string[]): string[] {
  const words = new Set<string>();
  for (const [, word = ''] of seeds.join('\n').matchAll(/"([\w.-]{1,30})"/g)) words.add(word);
  return [...words];
}
