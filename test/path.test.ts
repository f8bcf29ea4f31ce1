import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readChatStream, startGateway, type TestGateway } from './harness/gateway.ts';
import { chunks, completion, json, type ScriptedUpstream, sse, startUpstream } from './harness/upstream.ts';

let upstream: ScriptedUpstream;
let gateway: TestGateway;
before(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ upstream: upstream.url });
});
after(async () => {
  await gateway.close();
  await upstream.close();
});

const ask = (content: unknown, more: object = {}) => ({
  model: 'm',
  messages: [{ role: 'user', content }],
  ...more,
});
const chat = (body: unknown) => gateway.post('/v1/chat/completions', body);
const lastEntries = () => gateway.entries().slice(-2) as Record<string, never>[];

test('a plain request: forwarded with the upstream’s key, answered, and recorded before and after', async () => {
  upstream.script = json(completion('Hello'));
  const answer = await chat(ask('Hi', { temperature: 0.5, made_up: { kept: [1] } }));
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), completion('Hello'));
  const seen = upstream.seen.at(-1);
  assert.equal(seen?.headers.authorization, 'Bearer upstream-key-openai');
  assert.deepEqual(seen?.body, ask('Hi', { temperature: 0.5, made_up: { kept: [1] } }));
  assert.equal(JSON.stringify(seen?.headers).includes(gateway.key), false, 'the caller’s key goes nowhere');
  const [begin, end] = lastEntries();
  assert.equal(begin?.kind, 'request.begin');
  assert.equal(end?.kind, 'request.end');
  assert.equal(end?.begin, begin?.seq);
  assert.equal(end?.outcome, 'completed');
  assert.deepEqual(end?.usage, { input: 5, output: 7 });
  assert.equal(JSON.stringify(gateway.allEntries()).includes('Hello'), false, 'no text in the ledger');
});

test('a stream arrives whole, with the end the dialect has', async () => {
  upstream.script = sse(chunks(['Hel', 'lo ', 'world']));
  const answer = await chat(ask('Hi', { stream: true }));
  assert.match(answer.headers.get('content-type') ?? '', /^text\/event-stream/);
  const { content, finish, done } = readChatStream(await answer.text());
  assert.deepEqual([content, finish, done], [['Hello world'], ['stop'], true]);
  assert.equal(lastEntries()[1]?.outcome, 'completed');
});

test('a blocked prompt goes nowhere, is recorded, and its text is not echoed', async () => {
  const before = upstream.seen.length;
  const answer = await chat(ask('where is the Forbidden Fruit?'));
  assert.equal(answer.status, 403);
  const { error } = (await answer.json()) as { error: { code: string; message: string } };
  assert.equal(error.code, 'prompt_blocked');
  assert.doesNotMatch(JSON.stringify(error), /fruit/i);
  assert.equal(upstream.seen.length, before);
  const entry = lastEntries()[1] as { kind?: string; outcome?: string };
  assert.deepEqual([entry.kind, entry.outcome], ['request.refused', 'blocked']);
});

test('a reply that a guard blocks: an error before anything was sent, a legal end after', async () => {
  upstream.script = json(completion('the forbidden fruit'));
  const plain = await chat(ask('Hi'));
  assert.equal(plain.status, 403);
  assert.equal(((await plain.json()) as { error: { code: string } }).error.code, 'reply_blocked');
  upstream.script = sse(chunks(['eat the for', 'bidden ', 'fruit now']));
  const stream = await chat(ask('Hi', { stream: true }));
  const { content, finish, done } = readChatStream(await stream.text());
  assert.deepEqual([content, finish, done], [['eat the '], ['content_filter'], true]);
  assert.equal(lastEntries()[1]?.outcome, 'cut');
});

test('a mask in a stream, split at every point', async () => {
  const key = ['sk-proj-', 'Zx8Kq2Vw7Rt1Yb5Nc3Md', 'T3BlbkFJ', 'Hg6Jf4Ds9Pa0Lo2Ie8Uz'].join('');
  const text = `my key is ${key}, keep it`;
  for (let at = 1; at < text.length; at += 3) {
    upstream.script = sse(chunks([text.slice(0, at), text.slice(at)]));
    const { content } = readChatStream(await (await chat(ask('Hi', { stream: true }))).text());
    assert.match(content[0] ?? '', /^my key is \[secrets\.[a-z_]+\], keep it$/, `split at ${at}`);
  }
});

test('the model is named for the upstream as the settings say', async () => {
  upstream.script = json(completion('ok'));
  await chat({ ...ask('Hi'), model: 'renamed' });
  assert.equal(upstream.seen.at(-1)?.body.model, 'inner');
});
