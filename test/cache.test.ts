import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { systemClock } from '../src/base/clock.ts';
import { GUARDS, startGateway, type TestGateway } from './harness/gateway.ts';
import { chunks, completion, json, type ScriptedUpstream, sse, startUpstream } from './harness/upstream.ts';

let upstream: ScriptedUpstream;
let other: ScriptedUpstream;
let gateway: TestGateway;
before(async () => {
  [upstream, other] = await Promise.all([startUpstream(), startUpstream()]);
});
afterEach(async () => {
  await gateway.close();
  for (const one of [upstream, other]) {
    one.seen.length = 0;
    one.script = numbered();
  }
});
after(async () => {
  await Promise.all([upstream.close(), other.close()]);
});

/** Every answer is another one, so that a kept one shows. */
const numbered = () => {
  let count = 0;
  return (...args: Parameters<ReturnType<typeof json>>) => json(completion(`answer ${++count}`))(...args);
};

async function start(options: { cache?: string; policy?: string; targets?: string; accepts?: string } = {}) {
  upstream.script = numbered();
  const { cache = '{ ttl: 1m }', targets = '[{ upstream: open }]', accepts = '' } = options;
  gateway = await startGateway({
    upstream: upstream.url,
    upstreams: `  open: { dialect: openai, url: "${upstream.url}/v1", key: k1 ${accepts} }
  home: { dialect: openai, url: "${other.url}/v1", key: k2, models: [home-own], accepts: { sensitivity: ["*"] } }`,
    settings: `routes: { m: { targets: ${targets}, cache: ${cache} }, n: { targets: ${targets}, cache: ${cache} } }`,
    ...(options.policy !== undefined && { policy: options.policy }),
  });
}

const ask = (more: object = {}, headers: Record<string, string> = {}) =>
  gateway.post(
    '/v1/chat/completions',
    { model: 'm', temperature: 0, messages: [{ role: 'user', content: 'Hi' }], ...more },
    headers,
  );
const said = async (answer: Promise<Response>) => {
  const body = (await (await answer).json()) as {
    choices?: { message: { content: string } }[];
    error?: { code: string };
  };
  return body.choices?.[0]?.message.content ?? body.error?.code;
};
const entries = () => gateway.entries() as Record<string, never>[];

/** A caller beside `app`, and its key. */
async function newCaller(name: string, team: string): Promise<string> {
  const answer = await fetch(`${gateway.url}/admin/v1/callers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.adminKey}` },
    body: JSON.stringify({ name, owner: 'someone', team, roles: ['app'] }),
  });
  assert.equal(answer.ok, true, String(answer.status));
  return ((await answer.json()) as { key: string }).key;
}
const as = (key: string) => ({ authorization: `Bearer ${key}` });

test('the very same request gets the very same answer, recorded as a hit, counted, and paid with nothing', async () => {
  await start({ policy: `${GUARDS}quotas: [{ per: caller, requests: 3/hour, tokens: 10k/hour }]\n` });
  assert.equal(await said(ask()), 'answer 1');
  const miss = entries().find(({ kind }) => kind === 'request.begin');
  assert.equal(miss?.cache, 'miss');
  const again = await ask();
  const left = Number(again.headers.get('x-ratelimit-remaining-tokens'));
  assert.equal(await said(Promise.resolve(again)), 'answer 1');
  assert.equal(upstream.seen.length, 1);
  const hit = entries().at(-1);
  assert.deepEqual([hit?.kind, hit?.cache, hit?.outcome], ['request.answered', 'hit', 'completed']);
  assert.deepEqual(hit?.usage, { input: 0, output: 0 });
  assert.ok(
    hit?.inspected !== undefined && hit.reply_inspected !== undefined,
    'guards on both sides are in the entry',
  );
  assert.equal(await said(ask()), 'answer 1');
  assert.ok(left > 9900, `${left}`);
  assert.equal(await said(ask()), 'quota_requests', 'a hit is a request');
});

test('members in another order are the same request; any other value is another one', async () => {
  await start();
  await ask();
  assert.equal(await said(ask({ messages: [{ content: 'Hi', role: 'user' }] })), 'answer 1');
  const others = [
    { messages: [{ role: 'user', content: 'Hi ' }] },
    { messages: [{ role: 'system', content: 'Hi' }] },
    { max_tokens: 10 },
    { model: 'n' },
    { made_up: null },
    { seed: 1 },
  ];
  for (const [i, more] of others.entries())
    assert.equal(await said(ask(more)), `answer ${i + 2}`, JSON.stringify(more));
});

test('wso2/api-platform#733, diegosouzapw/OmniRoute#3740: a kept answer never crosses to another caller', async () => {
  await start();
  const key = await newCaller('stranger', 'default');
  assert.equal(await said(ask()), 'answer 1');
  assert.equal(await said(ask({}, as(key))), 'answer 2');
  assert.equal(await said(ask({}, as(key))), 'answer 2');
  assert.equal(await said(ask()), 'answer 1');
});

test('maximhq/bifrost#5769: a team shares answers only where that is set, and only with itself', async () => {
  await start({ cache: '{ ttl: 1m, per: team }' });
  const [mate, friend, foreigner] = [
    await newCaller('mate', 'red'),
    await newCaller('friend', 'red'),
    await newCaller('foreigner', 'blue'),
  ];
  assert.equal(await said(ask({}, as(mate))), 'answer 1');
  assert.equal(await said(ask({}, as(friend))), 'answer 1');
  assert.equal(await said(ask({}, as(foreigner))), 'answer 2');
});

test('vllm-project/semantic-router#1448: only the same request hits, never one that is like it', async () => {
  await start();
  await ask({ messages: [{ role: 'user', content: 'What is the salary of employee 1?' }] });
  assert.equal(
    await said(ask({ messages: [{ role: 'user', content: 'What is the salary of employee 2?' }] })),
    'answer 2',
  );
});

test('a caller who may no longer ask gets no kept answer either', async () => {
  await start();
  const key = await newCaller('leaving', 'default');
  assert.equal(await said(ask({}, as(key))), 'answer 1');
  const list = (await (
    await fetch(`${gateway.url}/admin/v1/callers`, { headers: as(gateway.adminKey) })
  ).json()) as { callers: { id: string; name: string }[] };
  const id = list.callers.find(({ name }) => name === 'leaving')?.id;
  const gone = await fetch(`${gateway.url}/admin/v1/callers/${id}/revoke`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...as(gateway.adminKey) },
    body: '{}',
  });
  assert.equal(gone.ok, true);
  assert.equal((await ask({}, as(key))).status, 401);
});

test('guards read a kept answer as they read a new one', async () => {
  let answers = 0;
  const moody = {
    kind: 'moody',
    about: 'Finds something in every reply but the first.',
    settings: { type: 'object', properties: {} },
    build: (name: string) => ({
      name,
      open: () => ({
        push: () => ({ clear: 0, found: [] }),
        end: () => ({
          clear: 8,
          found: ++answers > 1 ? [{ start: 0, end: 6, reason: `${name}.now`, action: 'block' as const }] : [],
        }),
      }),
    }),
    proof: { settings: {}, catches: [], passes: [] },
  };
  upstream.script = numbered();
  gateway = await startGateway({
    upstream: upstream.url,
    upstreams: `  open: { dialect: openai, url: "${upstream.url}/v1", key: k1 }`,
    settings: 'routes: { m: { targets: [{ upstream: open }], cache: { ttl: 1m } } }',
    policy: 'guards: [{ use: moody, on: [reply], provenance: [assistant], action: block }]\n',
    kinds: [moody],
  });
  assert.equal(await said(ask()), 'answer 1');
  assert.equal(await said(ask()), 'reply_blocked');
  assert.equal(upstream.seen.length, 1);
  assert.deepEqual([entries().at(-1)?.cache, entries().at(-1)?.outcome], ['hit', 'blocked']);
});

test('what is not kept: streams, chance, failures, blocked replies, personal data, what the client forbids', async () => {
  await start({ policy: GUARDS });
  const twice = async (more: object, headers: Record<string, string> = {}) => {
    const before = upstream.seen.length;
    for (let i = 0; i < 2; i++) await (await ask(more, headers)).text();
    return upstream.seen.length - before;
  };
  assert.equal(await twice({ temperature: 0.7 }), 2);
  assert.equal(await twice({ temperature: undefined }), 2, 'the API’s own default is chance');
  assert.equal(await twice({ user: 'a' }, { 'cache-control': 'max-age=0, No-Store' }), 2);
  assert.equal(await twice({ user: 'b' }, { 'x-gatehouse-subject': 'ann@example.com' }), 2);
  upstream.script = sse(chunks(['Hel', 'lo']));
  assert.equal(await twice({ stream: true }), 2);
  upstream.script = json({ error: { message: 'no' } }, 500);
  assert.equal(await twice({ user: 'c' }), 2);
  upstream.script = json(completion('the forbidden fruit'));
  assert.equal(await twice({ user: 'd' }), 2);
  upstream.script = json(completion('Hello'));
  assert.equal(await twice({ user: 'e' }), 1, 'and what is kept');
});

test('no-cache asks anew, and keeps the new answer', async () => {
  await start();
  await ask();
  assert.equal(await said(ask({}, { 'cache-control': 'no-cache' })), 'answer 2');
  assert.equal(await said(ask()), 'answer 2');
});

test('with sampled: true one throw is enough for all', async () => {
  await start({ cache: '{ ttl: 1m, sampled: true }' });
  assert.equal(await said(ask({ temperature: 1 })), 'answer 1');
  assert.equal(await said(ask({ temperature: 1 })), 'answer 1');
});

test('purpose and consent are part of the request', async () => {
  await start();
  assert.equal(await said(ask({}, { 'x-gatehouse-purpose': 'support' })), 'answer 1');
  assert.equal(await said(ask({}, { 'x-gatehouse-purpose': 'research' })), 'answer 2');
  assert.equal(await said(ask()), 'answer 3');
});

test('a labelled request gets no answer of a server that it may not be sent to', async () => {
  await start({
    targets: '[{ upstream: open }, { upstream: home, priority: 2 }]',
    accepts: ', accepts: { sensitivity: [public] }',
    policy:
      'labels: { rules: [{ set: { sensitivity: public } }, { set: { sensitivity: restricted }, teams: [red] }] }\n',
  });
  other.script = json(completion('from home'));
  const red = await newCaller('red', 'red');
  assert.equal(await said(ask()), 'answer 1');
  assert.equal(await said(ask({}, as(red))), 'from home');
  assert.equal(await said(ask({}, as(red))), 'from home');
  assert.deepEqual([upstream.seen.length, other.seen.length], [1, 1]);
});

test('another configuration begins with nothing', async () => {
  await start();
  await ask();
  await gateway.gateway.reload();
  assert.equal(await said(ask()), 'answer 2');
});

test('answers grow old', async () => {
  let ahead = 0;
  upstream.script = numbered();
  gateway = await startGateway({
    upstream: upstream.url,
    upstreams: `  open: { dialect: openai, url: "${upstream.url}/v1", key: k1 }`,
    settings: 'routes: { m: { targets: [{ upstream: open }], cache: { ttl: 10m } } }',
    replace: (options) => ({
      ...options,
      clock: { now: systemClock.now, tick: () => systemClock.tick() + ahead },
    }),
  });
  await ask();
  ahead = 599_000;
  assert.equal(await said(ask()), 'answer 1');
  ahead = 601_000;
  assert.equal(await said(ask()), 'answer 2');
});
