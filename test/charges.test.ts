import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startGateway, type TestGateway } from './harness/gateway.ts';
import {
  chunks,
  completion,
  json,
  message,
  messageEvents,
  type ScriptedUpstream,
  sse,
  startUpstream,
} from './harness/upstream.ts';

/** What is charged where no model server says what was used: nobody uses tokens for nothing. */

const PRICES = `version: 1
as_of: "2026-01-01"
prices:
  - { models: [c], input: 1, output: 1 }
  - { models: [d], input: 100, output: 100 }
  - { models: [m, "claude*"], input: 10, output: 10 }
`;
const WORDS = 'twelve words of text that go on and on and on and on ';
const PIECES = Array.from({ length: 400 }, () => WORDS);
/** A quarter of each character. */
const WRITTEN = (WORDS.length * PIECES.length) / 4;

let cheap: ScriptedUpstream;
let dear: ScriptedUpstream;
let gateway: TestGateway;
before(async () => {
  cheap = await startUpstream();
  dear = await startUpstream();
  gateway = await startGateway({
    upstream: cheap.url,
    upstreams: `  open: { dialect: openai, url: "${cheap.url}/v1", key: k, models: [m] }
  anth: { dialect: anthropic, url: "${cheap.url}", key: k, models: ["claude*"] }
  cheap: { dialect: openai, url: "${cheap.url}/v1", key: k, models: [c] }
  dear: { dialect: openai, url: "${dear.url}/v1", key: k, models: [d] }
routes:
  mix: { targets: [{ upstream: cheap, model: c, priority: 1 }, { upstream: dear, model: d, priority: 2 }] }
  back: { targets: [{ upstream: dear, model: d, priority: 1 }, { upstream: cheap, model: c, priority: 2 }] }`,
    files: { 'prices.yaml': PRICES },
    policy: `prices: prices.yaml
guards: [{ use: bounds }]
quotas: [{ per: caller, tokens: 100000000/day }]
budgets: [{ per: caller, dollars: 1000/month }]
`,
  });
});
after(async () => {
  await gateway.close();
  await cheap.close();
  await dear.close();
});

interface Ended {
  readonly outcome: string;
  readonly upstream?: string;
  readonly charge: {
    readonly input: number;
    readonly output: number;
    readonly cost: string;
    readonly basis: string;
  };
}

/** What the closing entry of the next request says. */
async function ended(act: () => Promise<unknown>): Promise<Ended> {
  const ends = () => gateway.entries().filter(({ kind }) => kind === 'request.end');
  const before = ends().length;
  await act();
  for (let tries = 0; tries < 500; tries++) {
    const now = ends();
    if (now.length > before) return now.at(-1) as unknown as Ended;
    await pause(10);
  }
  throw new Error('no closing entry came');
}

const chat = (more: object) => ({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...more });
const ask = (more: object) => gateway.post('/v1/chat/completions', chat(more));

/** Reads until these words have come, and leaves. */
async function leaveAt(words: string, path: string, body: object, headers: Record<string, string> = {}) {
  const away = new AbortController();
  const { body: answer } = await fetch(gateway.url + path, {
    method: 'POST',
    signal: away.signal,
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes(words)) break;
  }
  away.abort();
}

test('whoever leaves a stream before its usage pays for the text that came', async () => {
  const frames = [...chunks(PIECES).slice(0, -2), ': wait\n\n'];
  cheap.script = sse(frames, { end: false });
  const body = chat({ stream: true, max_completion_tokens: 1 });
  const { charge } = await ended(() => leaveAt('"finish_reason":"stop"', '/v1/chat/completions', body));
  assert.equal(charge.basis, 'estimated');
  assert.equal(charge.output, WRITTEN);
  assert.ok(Number(charge.cost) >= (WRITTEN * 10) / 1e6, charge.cost);

  cheap.script = sse([...messageEvents(PIECES).slice(0, -2), ': wait\n\n'], { end: false });
  const messages = { model: 'claude-x', max_tokens: 1, stream: true, messages: chat({}).messages };
  const version = { 'anthropic-version': '2023-06-01' };
  const anthropic = await ended(() => leaveAt('content_block_stop', '/v1/messages', messages, version));
  assert.equal(anthropic.charge.output, WRITTEN);
});

test('a server that reports no usage is paid for by the text that came', async () => {
  cheap.script = sse(chunks(PIECES, { usage: false }));
  const streamed = await ended(async () => (await ask({ stream: true, max_tokens: 1 })).text());
  assert.deepEqual([streamed.outcome, streamed.charge.output], ['completed', WRITTEN]);
  cheap.script = json(completion(PIECES.join(''), { usage: undefined }));
  const whole = await ended(async () => (await ask({ max_tokens: 1 })).text());
  assert.deepEqual([whole.charge.basis, whole.charge.output], ['estimated', WRITTEN]);
});

test('what a server reports is believed where its answer is whole', async () => {
  cheap.script = sse(chunks(PIECES));
  const streamed = await ended(async () => (await ask({ stream: true, max_tokens: 1 })).text());
  assert.deepEqual([streamed.charge.basis, streamed.charge.output], ['reported', 7]);
  cheap.script = json(message([{ type: 'text', text: 'x'.repeat(1000) }]));
  const body = { model: 'claude-x', max_tokens: 1, messages: chat({}).messages };
  const whole = await ended(async () =>
    (await gateway.post('/v1/messages', body, { 'anthropic-version': '2023-06-01' })).text(),
  );
  assert.deepEqual([whole.charge.basis, whole.charge.output], ['reported', 7]);
});

/** Leaves when this upstream has been asked, and never answers. */
async function leaveAsking(upstream: ScriptedUpstream, model: string): Promise<Ended> {
  const asked = Promise.withResolvers<void>();
  upstream.script = () => asked.resolve();
  const away = new AbortController();
  return ended(async () => {
    const gone = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      signal: away.signal,
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(chat({ model, max_tokens: 1000 })),
    }).catch(() => {});
    await asked.promise;
    away.abort();
    await gone;
  });
}

test('whoever leaves a fallback pays the dearest server that was asked, and the ledger names the last', async () => {
  cheap.script = json({ error: { message: 'busy' } }, 429);
  const { charge, upstream } = await leaveAsking(dear, 'mix');
  assert.equal(upstream, 'dear');
  assert.ok(Number(charge.cost) >= 0.1, charge.cost);

  dear.script = json({ error: { message: 'busy' } }, 429);
  const back = await leaveAsking(cheap, 'back');
  assert.equal(back.upstream, 'cheap');
  assert.ok(Number(back.charge.cost) >= 0.1, back.charge.cost);

  cheap.script = json(completion('Hello'));
  const fell = await ended(async () => (await ask({ model: 'back' })).text());
  assert.deepEqual([fell.upstream, fell.charge.cost], ['cheap', '0.000012']);
});
