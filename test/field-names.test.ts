import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isObject, type Json, type JsonObject } from '../src/base/json.ts';
import { Refusal, type RefusalCode } from '../src/base/refusal.ts';
import type { Operation } from '../src/dialects/dialect.ts';
import { DIALECTS } from '../src/dialects/index.ts';
import type { Slot } from '../src/exchange/part.ts';
import { SseReader } from '../src/wire/sse.ts';
import { GOLDEN } from './fuzz/golden.ts';

/**
 * Go's encoding/json, and so Ollama and many a model server, takes `Messages` and `meſſages` for `messages`: what stood
 * there would reach the model, and no guard, policy or quota would have read it for what it is.
 */

/** Other spellings of a name that some reader of JSON takes for it. */
const twinsOf = (name: string): string[] =>
  [
    name.toUpperCase(),
    name.charAt(0).toUpperCase() + name.slice(1),
    name.replaceAll('s', 'ſ'),
    name.replaceAll('k', '\u212a'),
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    name.replace(/[A-Z]/g, (letter) => `_${letter}`),
  ].filter((twin, at, all) => twin !== name && all.indexOf(twin) === at);

function* objectsIn(value: Json, way: readonly (string | number)[] = []): Generator<(string | number)[]> {
  if (isObject(value)) yield [...way];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) yield* objectsIn(child, [...way, key]);
}

const at = (body: JsonObject, way: readonly (string | number)[]): JsonObject =>
  way.reduce<Json>((value, key) => (value as JsonObject)[key] as Json, body) as JsonObject;

const withField = (body: JsonObject, way: readonly (string | number)[], name: string, value: Json) => {
  const copy = structuredClone(body);
  at(copy, way)[name] = value;
  return copy;
};

type Read = (body: JsonObject) => readonly Slot[];

const accepted = (read: Read, body: JsonObject): readonly Slot[] | undefined => {
  try {
    return read(structuredClone(body));
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
};

/** Marks what a shape does not know: in free JSON, where names are the caller's own, it is not found by itself. */
const MARK = 'a mark that nobody knows';
const marksOf = (slots: readonly Slot[]): JsonObject[] =>
  slots
    .filter(({ path, text }) => path.endsWith('/(unknown)') && text.includes(MARK))
    .map(({ text }) => JSON.parse(text) as JsonObject)
    .filter((unknown) => Object.hasOwn(unknown, MARK));

/** Asserts it for every field of every object that a shape reads; how many there were. */
function assertTwinsRefused(body: JsonObject, read: Read, code: RefusalCode): number {
  let tried = 0;
  for (const way of objectsIn(body)) {
    const [unknown] = marksOf(accepted(read, withField(body, way, MARK, 1)) ?? []);
    if (unknown === undefined) continue;
    for (const [name, value] of Object.entries(at(body, way))) {
      if (Object.hasOwn(unknown, name)) continue;
      for (const twin of twinsOf(name)) {
        const refused = (error: unknown) =>
          error instanceof Refusal && error.code === code && (error.field ?? '').length > 0;
        const both = withField(body, way, twin, value);
        assert.throws(() => read(both), refused, `${twin} beside /${[...way, name].join('/')}`);
        tried++;
      }
    }
  }
  return tried;
}

const OPERATIONS = DIALECTS.flatMap(({ operations }) => operations);
const goldenOf = ({ id }: Operation, kind: (typeof GOLDEN)[number]['kind']): string[] =>
  GOLDEN.filter((golden) => golden.operation === id && golden.kind === kind).map(({ content }) => content);
const parsed = (text: string): JsonObject[] => {
  try {
    const body: Json = JSON.parse(text);
    return isObject(body) ? [body] : [];
  } catch {
    return [];
  }
};

for (const operation of OPERATIONS) {
  const requests = goldenOf(operation, 'request').flatMap(parsed);
  if (requests.length === 0 || operation.method === 'GET' || operation.kept === true) continue;

  test(`${operation.id}: another spelling of a field is refused, wherever it stands in a request`, () => {
    const read: Read = (body) => operation.readPrompt(body, 'm').slots;
    let tried = 0;
    for (const body of requests)
      if (accepted(read, body) !== undefined) tried += assertTwinsRefused(body, read, 'request_invalid');
    assert.ok(tried > 0);
  });

  test(`${operation.id}: and in an answer`, () => {
    const [asked = {}] = requests.filter((body) =>
      accepted((one) => operation.readPrompt(one, 'm').slots, body),
    );
    const prompt = () => operation.readPrompt(structuredClone(asked), 'm');
    const whole: Read = (body) => operation.readReply(body, prompt()).slots;
    for (const body of goldenOf(operation, 'reply').flatMap(parsed))
      if (accepted(whole, body) !== undefined) assertTwinsRefused(body, whole, 'upstream_invalid');

    for (const wire of goldenOf(operation, 'stream')) {
      const events = new SseReader({ maxEvent: 1 << 20 }).push(Buffer.from(`${wire}\n\n`));
      for (const [place, event] of events.entries()) {
        const [body] = parsed(event.data);
        if (body === undefined) continue;
        const read: Read = (one) => {
          const reader = operation.readStream?.(prompt());
          for (const before of events.slice(0, place)) reader?.read(before);
          return reader?.read({ ...event, data: JSON.stringify(one) }).slots ?? [];
        };
        if (accepted(read, body) !== undefined) assertTwinsRefused(body, read, 'upstream_invalid');
      }
    }
  });
}
