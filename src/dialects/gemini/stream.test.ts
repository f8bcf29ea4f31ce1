import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { readGenerate } from './request.ts';
import { ContentStream } from './stream.ts';

const streamOf = (candidateCount = 1) =>
  new ContentStream(readGenerate(true)({ contents: [], generationConfig: { candidateCount } }, 'm'));
const read = (stream: ContentStream, body: JsonObject) =>
  stream.read({ event: 'message', data: JSON.stringify(body) });
const said = (text: string, more: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { role: 'model', parts: [{ text }] }, ...more }],
});
const bodiesIn = (wire: string) =>
  wire
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => JSON.parse(frame.slice('data: '.length)) as JsonObject);

test('the chunk that finishes waits for the connection to close', () => {
  const stream = streamOf();
  assert.notEqual(read(stream, said('a')).write(), '');
  assert.equal(stream.end(), undefined);
  assert.equal(read(stream, said('b', { finishReason: 'STOP' })).write(), '');
  const last = stream.end();
  assert.ok(last?.last);
  assert.equal(bodiesIn(last.write()).length, 1);
});

test('what comes after it is the one that waits', () => {
  const stream = streamOf();
  read(stream, said('b', { finishReason: 'STOP' })).write();
  const usage = read(stream, { usageMetadata: { promptTokenCount: 3 } });
  assert.equal(bodiesIn(usage.write()).length, 1);
  assert.equal(bodiesIn(stream.end()?.write() ?? '').length, 1);
});

test('an answer is complete when every candidate that began has finished', () => {
  const stream = streamOf(2);
  read(stream, { candidates: [{ index: 0 }, { index: 1 }] });
  read(stream, said('a', { index: 1, finishReason: 'STOP' }));
  assert.equal(stream.end(), undefined);
  read(stream, said('a', { index: 0, finishReason: 'MAX_TOKENS' }));
  assert.ok(stream.end());
});

test('a connection that closes before anything was said is no answer', () => {
  assert.equal(streamOf().end(), undefined);
});

test('a divided text goes out in pieces', () => {
  const stream = streamOf();
  const event = read(stream, said('Hello world'));
  assert.ok(event.divisible);
  event.slots[0]?.set('Hello ');
  const first = event.write();
  event.slots[0]?.set('[mask]');
  const texts = bodiesIn(first + event.write()).map(
    (body) => JSON.stringify(body).match(/"text":"([^"]*)"/)?.[1],
  );
  assert.deepEqual(texts, ['Hello ', '[mask]']);
});

test('a text with anything beside it is not divided', () => {
  for (const more of [
    { finishReason: 'STOP' },
    { groundingMetadata: { a: 'b' } },
    { citationMetadata: { a: 'b' } },
    { strange: 'x' },
  ])
    assert.equal(read(streamOf(), said('Hello', more)).divisible, false);
  const two = { candidates: [{ content: { parts: [{ text: 'a' }, { text: 'b' }] } }] };
  assert.equal(read(streamOf(), two).divisible, false);
  const signed = { candidates: [{ content: { parts: [{ text: 'a', thoughtSignature: 'EqQB' }] } }] };
  assert.equal(read(streamOf(), signed).divisible, false);
});

test('a cut finishes what the client has not seen finished, once', () => {
  const stream = streamOf(2);
  read(stream, { candidates: [{ index: 0 }, { index: 1 }] }).write();
  read(stream, said('a', { index: 0, finishReason: 'STOP' })).write();
  // Read, but held: the client has not seen it.
  read(stream, said('b', { index: 1, finishReason: 'STOP' })).write();
  const [body] = bodiesIn(stream.cut(new Refusal('reply_blocked'), 'req_1'));
  const candidates = body?.candidates as JsonObject[];
  assert.deepEqual(
    candidates.map(({ index, finishReason }) => [index, finishReason]),
    [[1, 'PROHIBITED_CONTENT']],
  );
});

test('a candidate out of range, and pieces of arguments, are refused', () => {
  const invalid = { code: 'upstream_invalid' };
  assert.throws(() => read(streamOf(), said('a', { index: 8 })), invalid);
  const partial = {
    candidates: [{ content: { parts: [{ functionCall: { name: 'f', partialArgs: [] } }] } }],
  };
  assert.throws(() => read(streamOf(), partial), invalid);
});
