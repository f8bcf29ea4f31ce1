import assert from 'node:assert/strict';
import type { Json, JsonObject } from '../../../src/base/json.ts';
import { Refusal } from '../../../src/base/refusal.ts';
import type { Opaque, Slot } from '../../../src/exchange/part.ts';
import { parseJson } from '../../../src/wire/json.ts';
import { SseReader } from '../../../src/wire/sse.ts';
import { assertSilent, CANARY, refusedBy } from '../expect.ts';
import { goldenSeeds } from '../golden.ts';
import type { Random } from '../random.ts';
import { pure, type Target } from '../target.ts';
import { addressed, addressedBody, dialectOf, emptyPrompt, objectsIn, wordsIn } from './bodies.ts';

/** A body with a text planted in it: where the reader takes it, the text is in a slot, or is named as not readable. */
function checkBody(
  body: JsonObject,
  random: Random,
  read: (body: JsonObject) => { readonly slots: readonly Slot[]; readonly opaque: readonly Opaque[] },
): void {
  plant(body, random);
  const found = refusedBy(() => read(body), Refusal);
  if (found instanceof Refusal) {
    assertSilent(`${found.message} ${found.hint} ${found.field}`, 'the refusal');
    return;
  }
  const { slots, opaque } = found;
  // What is left out (an answer that is half done) needs no reader.
  const seen = slots.some(({ text }) => text.includes(CANARY)) || !holdsCanary(body);
  assert.ok(seen || opaque.some(({ path }) => holdsCanary(at(body, path))), 'a text was read by nobody');
  for (const slot of slots) {
    const { text } = slot;
    const set = refusedBy(() => {
      slot.set(slot.format === 'json' ? '{"stranger":1}' : `${text} `);
      slot.set(text);
    }, Refusal);
    if (set instanceof Refusal) assert.ok(slot.fixed || slot.format === 'json', slot.path);
  }
  parseJson(Buffer.from(JSON.stringify(body)), { maxDepth: 200 });
}

/** In the place of a text, as a member with a strange name, or as such a name. */
function plant(body: JsonObject, random: Random): void {
  const object = random.pick([...objectsIn(body)]);
  const texts = Object.entries(object).filter(([, value]) => typeof value === 'string');
  const way = random.below(3);
  if (way === 0 && texts.length > 0) object[random.pick(texts)[0]] = CANARY;
  else if (way === 1) object[`stranger ${random.below(100)}`] = [[{ deep: CANARY }]];
  else object[CANARY] = random.pick<Json>([1, 'x', null, []]);
}

const holdsCanary = (value: Json | undefined): boolean => JSON.stringify(value ?? null).includes(CANARY);

const at = (body: JsonObject, path: string): Json | undefined =>
  path
    .split('/')
    .slice(1)
    .reduce<Json | undefined>((value, key) => (value as JsonObject | undefined)?.[key], body);

const REQUESTS = goldenSeeds('request');
const REPLIES = goldenSeeds('reply');
const STREAMS = goldenSeeds('stream');

const prompts = pure({
  name: 'dialects.prompt',
  words: wordsIn(REQUESTS),
  seeds: () => REQUESTS,
  quick: 1500,
  check(input, random) {
    const found = addressedBody(input);
    // Lists of models are asked for without a body.
    if (found === undefined || found.operation.method === 'GET') return;
    checkBody(found.body, random, (body) => found.operation.readPrompt(body, 'm'));
  },
});

const replies = pure({
  name: 'dialects.reply',
  words: wordsIn(REPLIES),
  seeds: () => REPLIES,
  quick: 1200,
  check(input, random) {
    const found = addressedBody(input);
    if (found === undefined) return;
    const { readModels, readError } = dialectOf(found.operation);
    for (const readMore of [readModels, readError])
      refusedBy(() => readMore(parseJson(found.bytes, { maxDepth: 64 })), Refusal);
    const prompt = emptyPrompt(found.operation);
    checkBody(found.body, random, (body) => found.operation.readReply(body, prompt));
  },
});

const streams = pure({
  name: 'dialects.stream',
  words: [...wordsIn(STREAMS), 'data: ', 'event: ', '[DONE]', '\n\n'],
  seeds: () => STREAMS,
  quick: 1200,
  check(input) {
    const found = addressed(input);
    const reader = found?.operation.readStream?.(emptyPrompt(found.operation, true));
    if (found === undefined || reader === undefined) return;
    const sse = new SseReader({ maxEvent: 1 << 16 });
    const refused = refusedBy(() => {
      for (const wire of sse.push(found.bytes)) {
        const event = reader.read(wire);
        for (const slot of event.slots) assert.ok(slot.text !== '' && slot.path.startsWith('/'));
        // What goes out is read again by whoever gets it.
        new SseReader({ maxEvent: 1 << 17 }).push(Buffer.from(event.write()));
        if (event.last) break;
      }
      reader.end?.();
    }, Refusal);
    const refusal = refused instanceof Refusal ? refused : new Refusal('reply_blocked');
    for (const way of ['cut', 'fail'] as const) {
      const closing = new SseReader({ maxEvent: 1 << 20 });
      closing.push(Buffer.from(reader[way](refusal, 'req_1')));
      closing.end();
    }
  },
});

export const dialectTargets: readonly Target[] = [prompts, replies, streams];
