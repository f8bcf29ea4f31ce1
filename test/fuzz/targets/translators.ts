import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/base/json.ts';
import { Refusal } from '../../../src/base/refusal.ts';
import type { Operation } from '../../../src/dialects/dialect.ts';
import { DIALECTS } from '../../../src/dialects/index.ts';
import { type Bridge, bridgeTo } from '../../../src/gateway/bridge.ts';
import { parseJson } from '../../../src/wire/json.ts';
import { SseReader } from '../../../src/wire/sse.ts';
import { CANARY, refusedBy } from '../expect.ts';
import { goldenSeeds } from '../golden.ts';
import { pure, type Target } from '../target.ts';
import { addressed, addressedBody, dialectOf, EMPTY, wordsIn } from './bodies.ts';

const LIMITS = { maxDepth: 64 };
const GIVEN = { assumeOutput: 64, now: 1_800_000_000_000 };
const REQUESTS = goldenSeeds('request');
const REPLIES = goldenSeeds('reply');
const STREAMS = goldenSeeds('stream');

const chats = DIALECTS.flatMap((dialect) =>
  dialect.operations
    .filter(({ translator }) => translator !== undefined)
    .map((operation) => ({ dialect, operation })),
);

/** From a request to each of the other dialects; the bridge reads what it has written, so only a refusal may come. */
const requests = pure({
  name: 'translators.request',
  words: wordsIn(REQUESTS),
  seeds: () => REQUESTS,
  quick: 800,
  check(input) {
    const found = addressedBody(input);
    if (found?.operation.translator === undefined) return;
    const { operation, bytes } = found;
    for (const to of DIALECTS) {
      const fresh = parseJson(bytes, LIMITS);
      const written = refusedBy(() => {
        const prompt = operation.readPrompt(fresh, 'm');
        const bridge = bridgeTo({ dialect: dialectOf(operation), operation, prompt }, to, GIVEN);
        return bridge.operation.readPrompt(bridge.body(prompt, 'inner'), 'inner').body;
      }, Refusal);
      if (!(written instanceof Refusal)) JSON.parse(JSON.stringify(written));
    }
  },
});

/** Bridges on which an answer of this endpoint comes back, one for each kind of client. */
function bridgesFrom(server: Operation, stream: boolean): Bridge[] {
  const to = dialectOf(server);
  return chats.flatMap(({ dialect, operation }) => {
    const body = {
      ...EMPTY,
      messages: [{ role: 'user', content: 'Hi' }],
      input: 'Hi',
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
    };
    const asked = structuredClone({ ...body, ...(stream && { stream: true }) }) as JsonObject;
    const made = refusedBy(() => {
      const prompt = operation.readPrompt(asked, 'm');
      const bridge = bridgeTo({ dialect, operation, prompt }, to, GIVEN);
      bridge.body(prompt, 'm');
      return bridge;
    }, Refusal);
    return made instanceof Refusal || made.operation !== server ? [] : [made];
  });
}

const replies = pure({
  name: 'translators.reply',
  words: wordsIn(REPLIES),
  seeds: () => REPLIES,
  quick: 500,
  check(input) {
    const found = addressedBody(input);
    if (found?.operation.translator === undefined) return;
    for (const bridge of bridgesFrom(found.operation, false)) {
      const body = parseJson(found.bytes, LIMITS);
      const reply = refusedBy(() => bridge.readReply(body), Refusal);
      if (!(reply instanceof Refusal)) JSON.parse(JSON.stringify(reply.body));
    }
  },
});

const streams = pure({
  name: 'translators.stream',
  words: [...wordsIn(STREAMS), 'data: ', 'event: ', '\n\n'],
  seeds: () => STREAMS,
  quick: 500,
  check(input) {
    const found = addressed(input);
    if (found?.operation.translator === undefined || found.operation.readStream === undefined) return;
    for (const bridge of bridgesFrom(found.operation, true)) {
      const reader = bridge.readStream();
      assert.ok(reader);
      let last = false;
      refusedBy(() => {
        for (const wire of new SseReader({ maxEvent: 1 << 16 }).push(found.bytes)) {
          for (const event of reader.read(wire)) {
            assert.ok(!last || event.write() === '', 'nothing comes after the last event');
            last ||= event.last;
          }
          if (last) return;
        }
        reader.end();
      }, Refusal);
      assert.ok(!reader.cut(new Refusal('reply_blocked'), 'req_1').includes(CANARY));
    }
  },
});

export const translatorTargets: readonly Target[] = [requests, replies, streams];
