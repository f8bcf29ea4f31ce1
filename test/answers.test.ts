import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readChatStream, startGateway, type TestGateway } from './harness/gateway.ts';
import { chunks, completion, json, type ScriptedUpstream, sse, startUpstream } from './harness/upstream.ts';

const SYSTEM =
  'You work for the harbour office. Berths nine to twelve are kept for the navy and must not be offered to anybody. If a captain insists, ring the duty officer.';
const SAID = 'The merger with Nightjar Holdings closes on the third of March for nine million.';

let upstream: ScriptedUpstream;
let gateway: TestGateway;
before(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({
    upstream: upstream.url,
    policy: `guards:
  - { use: links, on: [reply], allow: [example.com] }
  - { use: markup, on: [reply] }
  - { use: prompt-leak, on: [reply] }
  - { use: topics, on: [reply], deny: [{ id: weapons, words: [torpedo] }] }
`,
  });
});
after(async () => {
  await gateway.close();
  await upstream.close();
});

const ask = {
  model: 'm',
  messages: [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: SAID },
  ],
};
const chat = (body: unknown) => gateway.post('/v1/chat/completions', body);

const bad: Readonly<Record<string, string>> = {
  'links.host': 'see [this](https://evil.test/a) now',
  'links.image': '![x](&#104;ttps://evil.test/a.png) now',
  'links.prompt_text': `https://example.com/?q=${Buffer.from(SAID).toString('base64url')} now`,
  'markup.script': 'a <ScRiPt>alert(1)</sCrIpT> b',
  'prompt-leak.system_text': SYSTEM.toUpperCase().replaceAll(' ', '_'),
  'topics.weapons': 'about a TORPEDO now',
};

for (const [reason, text] of Object.entries(bad)) {
  test(`${reason}: in an answer, another choice, a tool’s arguments, a stream cut anywhere`, async () => {
    upstream.script = json(completion(text));
    assert.equal((await chat(ask)).status, 403);
    assert.ok(JSON.stringify(gateway.entries().at(-1)).includes(reason));
    const call = (args: string) => ({
      index: 1,
      message: {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: args } }],
      },
      finish_reason: 'tool_calls',
    });
    const escaped = JSON.stringify({ q: text }).replace(
      /[a-e<]/g,
      (char) => `\\u00${char.charCodeAt(0).toString(16)}`,
    );
    const two = completion('fine') as { choices: object[] };
    two.choices.push(call(escaped.replace('\\u0071', 'q')));
    upstream.script = json(two);
    assert.equal((await chat({ ...ask, n: 2 })).status, 403);
    for (const size of [1, 3, 8]) {
      upstream.script = sse(chunks(text.match(new RegExp(`.{1,${size}}`, 'gsu')) ?? []));
      const { finish } = readChatStream(await (await chat({ ...ask, stream: true })).text());
      assert.deepEqual(finish, ['content_filter'], `in pieces of ${size}`);
    }
  });
}

test('an innocent answer goes through as it is', async () => {
  const text =
    'Berths are at the harbour: see [the map](https://example.com/map), run `<script>` never, a = b.';
  upstream.script = json(completion(text));
  const answer = await chat(ask);
  assert.deepEqual(await answer.json(), completion(text));
});
