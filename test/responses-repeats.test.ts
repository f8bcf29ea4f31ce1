import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isObject, type Json, type JsonObject } from '../src/base/json.ts';
import { Refusal } from '../src/base/refusal.ts';
import { responses } from '../src/dialects/openai/responses.ts';
import { ResponseStream } from '../src/dialects/openai/responses-stream.ts';
import { openInspection } from '../src/gateway/inspect/inspect.ts';
import type { GuardPost } from '../src/gateway/inspect/posts.ts';
import { StreamInspection } from '../src/gateway/inspect/stream.ts';
import { post, watchOf, wordGuard } from '../src/gateway/inspect/testing.ts';
import { SseReader } from '../src/wire/sse.ts';

/**
 * A streamed answer of the Responses API says each text up to five times. However it is cut into pieces: a mask holds
 * in all of them, they agree with each other and with the same answer unstreamed, and events are numbered without gaps.
 */

interface Part {
  readonly pieces: readonly string[];
}

const message = (id: string, parts: readonly Part[]): JsonObject => ({
  id,
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: parts.map(({ pieces }) => ({
    type: 'output_text',
    text: pieces.join(''),
    annotations: [],
    logprobs: [],
  })),
});

/** The events of an answer of messages, as OpenAI's servers send them. */
function* events(items: readonly (readonly Part[])[]): Iterable<JsonObject> {
  const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'm', instructions: 'a secret' };
  yield { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } };
  yield { type: 'response.in_progress', response: { ...response, status: 'in_progress', output: [] } };
  for (const [output_index, parts] of items.entries()) {
    const item_id = `msg_${output_index}`;
    const item = message(item_id, []);
    yield { type: 'response.output_item.added', output_index, item: { ...item, status: 'in_progress' } };
    for (const [content_index, { pieces }] of parts.entries()) {
      const at = { item_id, output_index, content_index };
      const part = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] });
      yield { type: 'response.content_part.added', ...at, part: part('') };
      for (const delta of pieces) yield { type: 'response.output_text.delta', ...at, delta, logprobs: [] };
      const text = pieces.join('');
      yield { type: 'response.output_text.done', ...at, text, logprobs: [] };
      yield { type: 'response.content_part.done', ...at, part: part(text) };
    }
    yield { type: 'response.output_item.done', output_index, item: message(item_id, parts) };
  }
  const output = items.map((parts, i) => message(`msg_${i}`, parts));
  const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };
  yield { type: 'response.completed', response: { ...response, status: 'completed', output, usage } };
}

async function through(
  posts: readonly GuardPost[],
  said: Iterable<JsonObject>,
): Promise<{ events: JsonObject[]; findings: number }> {
  const inspection = openInspection(watchOf(posts), 'reply');
  const stream = new StreamInspection(inspection, 100_000);
  const reader = new ResponseStream(responses.readPrompt({ model: 'm', input: 'hi', stream: true }));
  let wire = '';
  let number = 7;
  try {
    for (const event of said) {
      const data = JSON.stringify({ ...event, sequence_number: number++ });
      await stream.push(reader.read({ event: String(event.type), data }));
      wire += stream.take().value;
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    wire += stream.take().value + reader.cut(error);
  }
  const parsed = new SseReader({ maxEvent: 1 << 20 }).push(Buffer.from(wire));
  const { guards } = inspection.book.verdicts;
  return {
    events: parsed.map(({ data }) => JSON.parse(data) as JsonObject),
    findings: guards.reduce((sum, { findings }) => sum + findings.length, 0),
  };
}

/** What each kind of event says of each text. */
function texts(said: readonly JsonObject[]): Map<string, Set<string>> {
  const by = new Map<string, Set<string>>();
  const deltas = new Map<string, string>();
  const note = (at: string, text: Json | undefined) => {
    const known = by.get(at) ?? new Set();
    by.set(at, known.add(String(text)));
  };
  const items = (list: Json | undefined) => (Array.isArray(list) ? list.filter(isObject) : []);
  const noteItem = (index: Json | undefined, item: JsonObject) => {
    for (const [i, part] of items(item.content).entries()) note(`${index}/${i}`, part.text);
  };
  for (const event of said) {
    const at = `${event.output_index}/${event.content_index}`;
    const { type } = event;
    if (type === 'response.output_text.delta') deltas.set(at, `${deltas.get(at) ?? ''}${event.delta}`);
    if (type === 'response.output_text.done') note(at, event.text);
    if (type === 'response.content_part.done') note(at, (event.part as JsonObject).text);
    if (type === 'response.output_item.done') noteItem(event.output_index, event.item as JsonObject);
    if (type === 'response.completed' || type === 'response.incomplete')
      for (const [i, item] of items((event.response as JsonObject).output).entries()) noteItem(i, item);
  }
  for (const at of by.keys()) note(at, deltas.get(at) ?? '');
  return by;
}

const numbered = (said: readonly JsonObject[]) =>
  assert.deepEqual(
    said.map(({ sequence_number }) => sequence_number),
    said.map((_, i) => i + 7),
  );

const piece = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 4 });
const part = fc.record({ pieces: fc.array(piece, { maxLength: 6 }) });
const items = fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });

test('any cuts: a mask holds in all repetitions, and numbers have no gaps', async () => {
  const mask = [post(wordGuard('aab', '*')), post(wordGuard('secret', '***'))];
  await fc.assert(
    fc.asyncProperty(items, async (answer) => {
      const { events: said } = await through(mask, events(answer));
      numbered(said);
      const all = texts(said);
      for (const [at, versions] of all) assert.equal(versions.size, 1, `${at}: ${[...versions].join('|')}`);
      const whole = answer.flatMap((parts) => parts.flatMap(({ pieces }) => pieces)).join('');
      const got = [...all.values()].map((versions) => [...versions][0]).join('');
      assert.equal(got, whole.replaceAll('aab', '*'));
      assert.ok(!JSON.stringify(said).includes('secret'));
      assert.equal(said.at(-1)?.type, 'response.completed');
    }),
    { numRuns: 200 },
  );
});

test('any cuts: what a block leaves is nowhere said in full, and ends as the API ends', async () => {
  const block = [post(wordGuard('aab'), { action: { prompt: 'block', reply: 'block' } })];
  await fc.assert(
    fc.asyncProperty(items, async (answer) => {
      const { events: said } = await through(block, events(answer));
      numbered(said);
      const whole = answer.flatMap((parts) => parts.flatMap(({ pieces }) => pieces)).join('');
      const blocked = whole.includes('aab');
      assert.equal(said.at(-1)?.type, blocked ? 'response.incomplete' : 'response.completed');
      const all = texts(said);
      for (const [at, versions] of all) assert.equal(versions.size, 1, `${at}: ${[...versions].join('|')}`);
      const got = [...all.values()].map((versions) => [...versions][0]).join('');
      assert.ok(!got.includes('aab'));
      assert.ok(whole.startsWith(got));
    }),
    { numRuns: 200 },
  );
});

test('a text is found once, however often it is said', async () => {
  const mask = [post(wordGuard('aab', '*'))];
  const { findings } = await through(mask, events([[{ pieces: ['x a', 'ab'] }]]));
  assert.equal(findings, 1);
});

test('a text that comes back as another is refused', async () => {
  const said = [...events([[{ pieces: ['harmless'] }]])];
  const done = said.find(({ type }) => type === 'response.output_text.done') as JsonObject;
  done.text = 'something else';
  await assert.rejects(
    async () => {
      const reader = new ResponseStream(responses.readPrompt({ model: 'm', input: 'hi', stream: true }));
      for (const event of said) reader.read({ event: String(event.type), data: JSON.stringify(event) });
    },
    { code: 'upstream_invalid' },
  );
});
