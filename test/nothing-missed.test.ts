import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { isObject, type Json, type JsonObject } from '../src/base/json.ts';
import { Refusal } from '../src/base/refusal.ts';
import { DIALECTS } from '../src/dialects/index.ts';
import type { Opaque, Slot } from '../src/exchange/part.ts';
import { parseJson } from '../src/wire/json.ts';

/**
 * No text can be missed: into every object of every body of the golden cases, strangers put fields of their own, and
 * each string, names included, must turn up in a slot. Only what is listed here may stay outside.
 */
const OUTSIDE = new Set(
  `developer system user assistant tool function text image_url input_audio file refusal content custom grammar
   image document search_result tool_use tool_result thinking redacted_thinking base64 url none auto any enabled
   low default ephemeral direct chat.completion message stop tool_calls content_filter stop_sequence standard
   list embedding model float text/plain application/pdf image/png bash_20250124 EqQB+/== EqQB AAAAPw==
   text_completion response completed failed in_progress incomplete max_output_tokens server_error disabled final_answer
   input_text input_image output_text summary_text reasoning_text reasoning function_call function_call_output
   custom_tool_call custom_tool_call_output item_reference compaction allowed_tools reasoning.encrypted_content high length input_file
   STOP MAX_TOKENS PROHIBITED_CONTENT TEXT ANY SILENT NON_BLOCKING LOW HIGH PYTHON OUTCOME_OK application/json models/m`.split(
    /\s+/,
  ),
);

const FOLDER = join(import.meta.dirname, 'wire');
const cases = readdirSync(FOLDER).flatMap((file) => {
  const [input = '', expected = ''] = readFileSync(join(FOLDER, file), 'utf8').split('\n----------\n');
  const [head = '', ...sections] = input.split(/^== /m);
  const last = sections.at(-1) ?? '';
  const kind = last.slice(0, last.indexOf('\n'));
  if (expected.includes('refused ') || (kind !== 'request' && kind !== 'reply')) return [];
  const id = head.split('\n').find((line) => line !== '' && !line.startsWith('#'));
  const operation = DIALECTS.flatMap(({ operations }) => operations).find((one) => one.id === id);
  assert.ok(operation);
  const body = (): JsonObject => parseJson(Buffer.from(last.slice(kind.length)), { maxDepth: 64 });
  const prompt = { model: 'm', stream: false, choices: 9, maxOutput: 1, slots: [], opaque: [], body: {} };
  const read = (value: JsonObject): { slots: readonly Slot[]; opaque: readonly Opaque[] } =>
    kind === 'request' ? operation.readPrompt(value, 'm') : operation.readReply(value, prompt);
  return [{ file, body, read }];
});

function* objectsIn(value: Json): Generator<JsonObject> {
  if (isObject(value)) yield value;
  if (typeof value === 'object' && value !== null)
    for (const child of Object.values(value)) yield* objectsIn(child);
}

/** Ids of the items of a Responses request. */
const idsOf = ({ input }: JsonObject): string[] =>
  Array.isArray(input)
    ? input.flatMap((item) => (isObject(item) && typeof item.id === 'string' ? [item.id] : []))
    : [];

/** Every string in it, and the names of the fields that were put in. */
function* textsIn(value: Json): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) {
      if (key.startsWith('stranger')) yield key;
      yield* textsIn(child);
    }
  }
}

/** True where a guard reads the text in this slot. */
const holds = (slot: Slot, text: string): boolean =>
  slot.text.includes(text) ||
  (slot.format === 'json' && [...strings(JSON.parse(slot.text))].join('\n').includes(text));
function* strings(value: Json): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) {
      yield key;
      yield* strings(child);
    }
  }
}

const stranger = fc.tuple(fc.nat(1000), fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 3 }));

for (const { file, body: fresh, read } of cases) {
  test(`${file}: every string is found, and every text is written back where it stood`, () => {
    fc.assert(
      fc.property(fc.array(stranger, { maxLength: 6 }), (strangers) => {
        const body = fresh();
        const objects = [...objectsIn(body)];
        for (const [at, name, value] of strangers) {
          const object = objects[at % objects.length];
          if (object !== undefined) object[`stranger ${name}`] = JSON.parse(JSON.stringify(value)) as Json;
        }
        const expected = [...textsIn(body)];
        const { slots, opaque } = readOrSkip(read, body, strangers.length > 0);
        const after = written(body);

        // Ids of items that come whole are taken out, and nothing else is: what is not sent on needs no slot.
        const kept = new Set(textsIn(JSON.parse(after) as Json));
        const dropped = idsOf(fresh()).filter((id) => !kept.has(id));
        const media = opaque.map(({ path }) => at(body, path));
        for (const text of expected) {
          if (text === '' || dropped.includes(text) || OUTSIDE.has(text) || media.includes(text)) continue;
          assert.ok(
            slots.some((slot) => holds(slot, text)),
            JSON.stringify(text),
          );
        }

        for (const slot of slots) {
          if (slot.path.includes('/logprobs/')) continue;
          const { text } = slot;
          slot.set(slot.format === 'json' ? '{"stranger":1}' : `${text} `);
          slot.set(text);
          assert.equal(written(body), withoutLogprobs(after, body), slot.path);
        }
      }),
      { numRuns: 30 },
    );
  });
}

/** There are places where nothing strange may stand: a tool of Gemini's is known by the name of its field. */
function readOrSkip<T>(read: (body: JsonObject) => T, body: JsonObject, strange: boolean): T {
  try {
    return read(body);
  } catch (error) {
    fc.pre(!(strange && error instanceof Refusal && error.field?.startsWith('/tools/')));
    throw error;
  }
}

/** A mask takes the token probabilities of its choice or part with it; all else must be as before. */
const withoutLogprobs = (before: string, body: JsonObject): string => {
  const value = JSON.parse(before) as JsonObject;
  drop(value, body);
  return JSON.stringify(value);
};

function drop(before: Json, now: Json | undefined): void {
  if (typeof before !== 'object' || before === null || typeof now !== 'object' || now === null) return;
  const after = now as JsonObject;
  if (isObject(before) && (after.logprobs === null || isEmpty(after.logprobs))) {
    if (before.logprobs !== undefined) before.logprobs = structuredClone(after.logprobs);
  }
  for (const [key, child] of Object.entries(before)) drop(child, after[key]);
}

const isEmpty = (value: Json | undefined): value is Json[] => Array.isArray(value) && value.length === 0;

/** What would be sent, fields in order: a mask may change their order. */
const written = (body: JsonObject): string => JSON.stringify(sorted(JSON.parse(JSON.stringify(body))));

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, sorted(child)]),
  );
}

const at = (body: JsonObject, path: string): Json | undefined =>
  path
    .split('/')
    .slice(1)
    .reduce<Json | undefined>((value, key) => (value as JsonObject | undefined)?.[key], body);

test('a wrong type anywhere is refused or found, never passed over', () => {
  const odd = fc.oneof(fc.constant('a text'), fc.constant(['a text']), fc.constant({ k: 'a text' }));
  for (const { body: fresh, read } of cases) {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), odd, (where, which, value) => {
        const body = fresh();
        const objects = [...objectsIn(body)];
        const object = objects[where % objects.length] as JsonObject;
        const keys = Object.keys(object);
        const key = keys[which % keys.length];
        if (key === undefined) return;
        object[key] = structuredClone(value) as Json;
        try {
          const { slots, opaque } = read(body);
          assert.ok(
            slots.some(({ text }) => text.includes('a text')) ||
              opaque.some(({ path }) => path.endsWith(key)),
          );
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
        }
      }),
      { numRuns: 60 },
    );
  }
});
