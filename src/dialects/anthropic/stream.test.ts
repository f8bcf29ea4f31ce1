import assert from 'node:assert/strict';
import { test } from 'node:test';
import Anthropic, { APIError, PermissionDeniedError, RateLimitError } from '@anthropic-ai/sdk';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { refuse } from './errors.ts';
import { MessageStream } from './stream.ts';

const START: JsonObject = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 5, output_tokens: 1 },
  },
};
const begin = (index: number, block: JsonObject): JsonObject => ({
  type: 'content_block_start',
  index,
  content_block: block,
});
const delta = (index: number, change: JsonObject): JsonObject => ({
  type: 'content_block_delta',
  index,
  delta: change,
});
const stop = (index: number): JsonObject => ({ type: 'content_block_stop', index });
const TEXT = { type: 'text', text: '' };
const text = (value: string) => ({ type: 'text_delta', text: value });

const read = (reader: MessageStream, body: JsonObject) =>
  reader.read({ event: body.type as string, data: JSON.stringify(body) });
const send = (reader: MessageStream, ...bodies: JsonObject[]) =>
  bodies.map((body) => read(reader, body).write()).join('');
const invalid = (error: unknown) => error instanceof Refusal && error.code === 'upstream_invalid';

/** The whole message as the client puts it together. */
function client(wire: string): Promise<Anthropic.Message> {
  const api = new Anthropic({
    apiKey: 'k',
    maxRetries: 0,
    fetch: async () => new Response(wire, { headers: { 'content-type': 'text/event-stream' } }),
  });
  return api.messages.stream({ model: 'm', max_tokens: 1, messages: [] }).finalMessage();
}

test('a divisible delta goes out in pieces that the client adds up', async () => {
  const reader = new MessageStream();
  let wire = send(reader, START, begin(0, TEXT), { type: 'ping' });
  const event = read(reader, delta(0, text('Hello world')));
  assert.ok(event.divisible);
  event.slots[0]?.set('Hello ');
  wire += event.write();
  event.slots[0]?.set('[mask]');
  wire += event.write();
  const end = {
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 4 },
  };
  wire += send(reader, stop(0), end, { type: 'message_stop' });
  const message = await client(wire);
  assert.deepEqual(
    message.content.map((block) => block.type === 'text' && block.text),
    ['Hello [mask]'],
  );
  assert.equal(message.usage.output_tokens, 4);
});

test('a cut is a refusal, and the text before it stays', async () => {
  const reader = new MessageStream();
  const wire = send(reader, START, begin(0, TEXT), delta(0, text('ok ')));
  // Read, but held back: the client has not seen the block end.
  read(reader, stop(0));
  const message = await client(wire + reader.cut(new Refusal('reply_blocked'), 'req_1'));
  assert.equal(message.stop_reason, 'refusal');
  assert.equal(message.stop_details?.explanation, 'The reply was blocked by a guard.');
  assert.deepEqual(
    message.content.map((block) => block.type === 'text' && block.text),
    ['ok '],
  );
});

test('a cut in the middle of a tool call is an error, so that nobody runs half of it', async () => {
  const reader = new MessageStream();
  const tool = { type: 'tool_use', id: 't', name: 'run', input: {} };
  const wire = send(
    reader,
    START,
    begin(0, tool),
    delta(0, { type: 'input_json_delta', partial_json: '{"a":' }),
  );
  await assert.rejects(
    client(wire + reader.cut(new Refusal('reply_blocked'), 'req_1')),
    (error: unknown) =>
      error instanceof APIError && error.type === 'permission_error' && error.errorCode === 'reply_blocked',
  );
});

test('usage is the whole so far, cache included', () => {
  const reader = new MessageStream();
  const cached = {
    ...START,
    message: {
      ...(START.message as JsonObject),
      usage: { input_tokens: 5, cache_read_input_tokens: 7, output_tokens: 1 },
    },
  };
  assert.deepEqual(read(reader, cached).usage, { input: 12, output: 1, cached: 7 });
  assert.deepEqual(read(reader, { type: 'message_delta', delta: {}, usage: { output_tokens: 9 } }).usage, {
    input: 12,
    output: 9,
    cached: 7,
  });
});

test('events out of order are refused', () => {
  const cases: readonly (readonly JsonObject[])[] = [
    [begin(0, TEXT)],
    [START, START],
    [START, begin(1, TEXT)],
    [START, begin(0, TEXT), begin(1, TEXT)],
    [START, begin(0, TEXT), stop(1)],
    [START, begin(0, TEXT), delta(1, text('x'))],
    [START, begin(0, TEXT), { type: 'message_delta', delta: {} }],
    [START, { type: 'message_delta', delta: {} }, begin(0, TEXT)],
    [{ ...START, message: { ...(START.message as JsonObject), content: [{ type: 'text', text: 'x' }] } }],
  ];
  for (const bodies of cases) {
    const reader = new MessageStream();
    assert.throws(() => send(reader, ...bodies), invalid, JSON.stringify(bodies));
  }
  assert.throws(() => new MessageStream().read({ event: 'ping', data: JSON.stringify(START) }), invalid);
});

test('each refusal is the typed error of the client', () => {
  const make = (refusal: Refusal) => {
    const { status, headers, body } = refuse(refusal, 'req_1');
    return APIError.generate(status, JSON.parse(body), undefined, new Headers(headers));
  };
  const blocked = make(new Refusal('prompt_blocked'));
  assert.ok(blocked instanceof PermissionDeniedError);
  assert.deepEqual(
    [blocked.type, blocked.errorCode, blocked.requestID],
    ['permission_error', 'prompt_blocked', 'req_1'],
  );
  assert.ok(make(new Refusal('quota_tokens', { retryAfter: 5 })) instanceof RateLimitError);
});
