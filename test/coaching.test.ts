import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { GUARDS, startGateway, type TestGateway } from './harness/gateway.ts';
import { type ScriptedUpstream, startUpstream } from './harness/upstream.ts';

let upstream: ScriptedUpstream;
let gateway: TestGateway;
before(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({
    upstream: upstream.url,
    policy: `${GUARDS}coaching:
  page: https://intranet.example/ai
  messages:
    words.*: { en: "Fruit is not spoken of.", fr: "On ne parle pas de fruits." }
`,
  });
});
after(async () => {
  await gateway.close();
  await upstream.close();
});

const KEY = ['AKIA', 'Q7RT5XWZ2MNB4KPC'].join('');
const PAGE = 'https://intranet.example/ai';

test('each dialect says what was seen, what to do, and where more is said, and none of the text', async () => {
  const user = [{ role: 'user', content: `use ${KEY}` }];
  const asked: [string, object][] = [
    ['/v1/chat/completions', { model: 'm', messages: user }],
    ['/v1/responses', { model: 'm', input: `use ${KEY}` }],
    ['/v1/messages', { model: 'claude-x', max_tokens: 5, messages: user }],
    ['/v1beta/models/m:generateContent', { contents: [{ role: 'user', parts: [{ text: `use ${KEY}` }] }] }],
  ];
  for (const [path, body] of asked) {
    const answer = await gateway.post(path, body, { 'anthropic-version': '2023-06-01' });
    assert.equal(answer.status, 403);
    const { error } = (await answer.json()) as { error: { message: string } };
    assert.match(error.message, /blocked by a guard\. Seen: a key, token or password\. .*take it out/, path);
    assert.ok(error.message.endsWith(PAGE));
    assert.ok(!error.message.includes(KEY));
  }
});

test('in the language asked for, in the owner’s words where there are some', async () => {
  const say = async (content: string, language: string) => {
    const body = { model: 'm', messages: [{ role: 'user', content }] };
    const answer = await gateway.post('/v1/chat/completions', body, { 'accept-language': language });
    return ((await answer.json()) as { error: { message: string } }).error.message;
  };
  assert.match(await say(`use ${KEY}`, 'de-AT,en;q=0.8'), /Gesehen: ein Schlüssel/);
  assert.match(await say('forbidden fruit', 'en;q=0.5, fr-FR'), /On ne parle pas de fruits\./);
  assert.match(await say('forbidden fruit', 'ja, *;q=0.1'), /Fruit is not spoken of\./);
});
