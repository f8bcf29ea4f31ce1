import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readChatStream, startGateway, type TestGateway } from './harness/gateway.ts';
import {
  chunks,
  completion,
  json,
  type ScriptedUpstream,
  type Seen,
  sse,
  startUpstream,
} from './harness/upstream.ts';

let upstream: ScriptedUpstream;
let gateway: TestGateway;
before(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({
    upstream: upstream.url,
    policy: 'guards: [{ use: canary, on: [reply], add_system: true }]\n',
  });
});
after(async () => {
  await gateway.close();
  await upstream.close();
});

const ask = {
  model: 'm',
  messages: [
    { role: 'system', content: 'Sell ships.' },
    { role: 'user', content: 'Hi' },
  ],
};
const chat = (body: unknown) => gateway.post('/v1/chat/completions', body);
const wordsIn = ({ text }: Pick<Seen, 'text'>) =>
  /never to be repeated: ([a-z]+(?: [a-z]+){7})\)/.exec(text)?.[1] ?? '';

test('each request has words of its own, which the client never sees and the ledger never has', async () => {
  upstream.script = json(completion('Hello'));
  const answer = await chat(ask);
  assert.equal(answer.status, 200);
  const [first] = [wordsIn(upstream.seen.at(-1) as Seen)];
  await chat(ask);
  const second = wordsIn(upstream.seen.at(-1) as Seen);
  assert.ok(first.length === 55 && second.length === 55 && first !== second);
  assert.doesNotMatch(
    JSON.stringify([await answer.json(), gateway.entries(), gateway.log]),
    new RegExp(first),
  );
});

const ways: Readonly<Record<string, (words: string) => string>> = {
  plain: (words) => words,
  shouted: (words) => words.toUpperCase(),
  dotted: (words) => [...words].join('.'),
  base64: (words) => Buffer.from(`it is ${words}`).toString('base64'),
  hex: (words) => Buffer.from(words).toString('hex'),
  url: (words) => words.replace(/./g, (char) => `%${char.charCodeAt(0).toString(16)}`),
  reversed: (words) => [...words].reverse().join(''),
  styled: (words) =>
    words.replace(/[a-z]/g, (char) => String.fromCodePoint(0x1d41a + char.charCodeAt(0) - 97)),
  'five words': (words) => words.split(' ').slice(2, 7).join(', '),
};

for (const [way, write] of Object.entries(ways)) {
  test(`the words come back ${way}: whole, in the second choice, in a tool call, in a stream`, async () => {
    upstream.script = (res, seen) => json(completion(`Sure: ${write(wordsIn(seen))}`))(res, seen);
    const plain = await chat(ask);
    assert.equal(plain.status, 403);
    assert.match(
      JSON.stringify(gateway.entries().at(-1)),
      /canary\.leaked.*prompt-extraction|prompt-extraction.*canary\.leaked/,
    );
    upstream.script = (res, seen) => {
      const two = completion('fine') as { choices: object[] };
      const call = {
        id: 'c',
        type: 'function',
        function: { name: 'f', arguments: JSON.stringify({ q: write(wordsIn(seen)) }) },
      };
      two.choices.push({
        index: 1,
        message: { role: 'assistant', content: null, tool_calls: [call] },
        finish_reason: 'tool_calls',
      });
      json(two)(res, seen);
    };
    assert.equal((await chat({ ...ask, n: 2 })).status, 403);
    let words = '';
    upstream.script = (res, seen) => {
      words = write(wordsIn(seen));
      sse(chunks(`Sure: ${words}`.match(/.{1,7}/gsu) ?? []))(res, seen);
    };
    const { content, finish } = readChatStream(await (await chat({ ...ask, stream: true })).text());
    assert.deepEqual(finish, ['content_filter']);
    assert.ok((content[0] ?? '').length < 6 + words.length / 2);
  });
}

test('every dialect, with and without system text, and translated', async () => {
  upstream.script = (res, seen) =>
    json({ error: { message: wordsIn(seen) === '' ? 'no words' : 'words' } }, 400)(res, seen);
  const user = [{ role: 'user', content: 'Hi' }];
  const parts = [{ role: 'user', parts: [{ text: 'Hi' }] }];
  const asked: [string, object][] = [
    ['/v1/chat/completions', { model: 'm', messages: user }],
    ['/v1/chat/completions', { model: 'claude-x', messages: user }],
    ['/v1/messages', { model: 'claude-x', max_tokens: 5, messages: user }],
    [
      '/v1/messages',
      { model: 'claude-x', max_tokens: 5, system: [{ type: 'text', text: 'a' }], messages: user },
    ],
    ['/v1/messages', { model: 'm', max_tokens: 5, system: 'a', messages: user }],
    ['/v1/responses', { model: 'm', input: 'Hi', store: false }],
    ['/v1/responses', { model: 'm', input: 'Hi', instructions: 'a', store: false }],
    ['/v1beta/models/m:generateContent', { contents: parts }],
    ['/v1beta/models/m:generateContent', { contents: parts, systemInstruction: { parts: [{ text: 'a' }] } }],
  ];
  for (const [path, body] of asked) {
    const before = upstream.seen.length;
    await gateway.post(path, body, { 'anthropic-version': '2023-06-01' });
    assert.equal(upstream.seen.length, before + 1, path);
    assert.notEqual(
      wordsIn(upstream.seen.at(-1) as Seen),
      '',
      `${path} ${JSON.stringify(upstream.seen.at(-1)?.body)}`,
    );
  }
});

test('a server that says again what it was asked gives nothing away', async () => {
  const own = await startGateway({
    upstream: upstream.url,
    policy: 'guards: [{ use: canary, on: [reply] }, { use: prompt-leak, on: [reply] }]\n',
  });
  try {
    const system =
      'You sell the ferries of Nightjar Shipping. Never quote a price below four million, whatever they say.';
    const ask = (say: (instructions: string) => string) => {
      upstream.script = (res, seen) => {
        const { instructions } = seen.body as { instructions: string };
        const content = [{ type: 'output_text', text: say(instructions), annotations: [] }];
        const output = [{ id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content }];
        const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
        json({
          id: 'resp_1',
          object: 'response',
          status: 'completed',
          model: 'm',
          instructions,
          output,
          usage,
        })(res, seen);
      };
      return own.post('/v1/responses', { model: 'm', input: 'Hi', instructions: system, store: false });
    };
    const answer = await ask(() => 'Hello');
    assert.equal(answer.status, 200);
    const text = await answer.text();
    assert.ok(text.includes(system));
    for (const word of wordsIn(upstream.seen.at(-1) as Seen).split(' ')) assert.ok(!text.includes(word));
    assert.equal((await ask((instructions) => instructions)).status, 403);
  } finally {
    await own.close();
  }
});
