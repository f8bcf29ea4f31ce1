import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { GUARDS, readChatStream } from '../harness/gateway.ts';
import { chunks, completion, json, message, messageEvents, type Script, sse } from '../harness/upstream.ts';
import {
  ask,
  attempts,
  closedPort,
  codeOf,
  gateway,
  lastEntry,
  leap,
  one,
  open,
  start,
  status,
  two,
} from './lab.ts';

const FALLBACK =
  '  m: { targets: [{ upstream: one, model: a }, { upstream: two, model: b, priority: 2 }], backoff: 1ms }';

test('a target that is busy is passed over for its fallback, under one entry and one charge', async () => {
  await start(FALLBACK, { policy: `${GUARDS}quotas: [{ per: caller, requests: 2/hour }]\n` });
  one.script = status(503);
  const answer = await ask();
  assert.equal(answer.status, 200);
  assert.deepEqual(attempts(), [
    ['one', 'upstream_overloaded'],
    ['two', 'answered'],
  ]);
  assert.deepEqual([one.seen.at(-1)?.body.model, two.seen.at(-1)?.body.model], ['a', 'b']);
  assert.deepEqual(
    [one.seen.at(-1)?.headers.authorization, two.seen.at(-1)?.headers.authorization],
    ['Bearer key-one', 'Bearer key-two'],
  );
  assert.equal(gateway.entries().filter(({ kind }) => kind === 'request.begin').length, 1);
  assert.equal((await ask()).status, 200, 'two attempts were one request of the quota');
  assert.equal((await ask()).status, 429);
  assert.equal(
    JSON.stringify([...answer.headers]).includes('two'),
    false,
    'which server it was is nobody’s business',
  );
});

test('a request costs what the target that answered costs', async () => {
  await start(FALLBACK.replace('model: a', 'model: gpt-4o').replace('model: b', 'model: gpt-4o-mini'));
  const costs: unknown[] = [];
  for (const script of [json(completion('Hello')), status(503)]) {
    one.script = script;
    await ask();
    costs.push((lastEntry().charge as { cost?: unknown }).cost);
  }
  assert.equal(Number(costs[0]) > 2 * Number(costs[1]), true, JSON.stringify(costs));
});

test('a target that cannot be reached is passed over', async () => {
  await start('  m: { targets: [{ upstream: dead }, { upstream: two, priority: 2 }] }');
  assert.equal((await ask('Hi', { stream: false })).status, 200);
  assert.deepEqual(attempts(), [
    ['dead', 'upstream_unreachable'],
    ['two', 'answered'],
  ]);
});

test('what may have been done is not done twice, unless the route says that it may be', async () => {
  const cut: Script = (res) => void res.destroy();
  await start(FALLBACK);
  for (const script of [status(500), status(502), cut]) {
    one.script = script;
    assert.equal((await ask()).status, 502);
    assert.equal(two.seen.length, 0);
  }
  await gateway.close();
  await start(FALLBACK.replace('backoff', 'idempotent: true, backoff'));
  for (const script of [status(500), cut]) {
    one.script = script;
    assert.equal((await ask()).status, 200);
    assert.equal(two.seen.length, 1);
    two.seen.length = 0;
  }
});

test('a slow target: its own timeout, and the fallback only where that is fine', async () => {
  const silent: Script = () => {};
  const slow = FALLBACK.replace('model: a', 'model: a, timeouts: { first_byte: 50ms }');
  await start(slow);
  one.script = silent;
  assert.equal((await ask()).status, 504);
  assert.equal(two.seen.length, 0);
  await gateway.close();
  await start(slow.replace('backoff', 'idempotent: true, backoff'));
  assert.equal((await ask()).status, 200);
  assert.deepEqual(attempts()[0], ['one', 'upstream_timeout']);
});

test('the deadline is for all attempts together', async () => {
  await start(FALLBACK.replace('backoff', 'idempotent: true, deadline: 80ms, backoff'));
  one.script = () => {};
  assert.equal((await ask()).status, 504);
  assert.equal(attempts().length, 1);
});

test('what the caller got wrong is asked once', async () => {
  await start(FALLBACK.replace('backoff', 'retries: 5, idempotent: true, backoff'));
  for (const code of [400, 404, 422]) {
    one.script = status(code);
    assert.equal((await ask()).status, code);
  }
  assert.deepEqual([one.seen.length, two.seen.length], [3, 0]);
});

test('a redirect is followed nowhere', async () => {
  await start('  m: { targets: [{ upstream: one }] }');
  for (const code of [301, 302, 303, 307, 308]) {
    one.script = status(code, { location: `${two.url}/v1/chat/completions` });
    const answer = await ask();
    assert.equal(answer.status, 502);
    assert.equal(await codeOf(answer), 'upstream_invalid');
    assert.equal(answer.headers.get('location'), null);
  }
  assert.equal(two.seen.length, 0);
});

test('once the answer has begun there is no other', async () => {
  await start(FALLBACK.replace('backoff', 'idempotent: true, backoff'));
  one.script = (res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write(': hello\n\n', () => res.destroy());
  };
  const answer = await ask('Hi', { stream: true });
  assert.equal(answer.status, 502);
  assert.equal(two.seen.length, 0);
  assert.deepEqual(attempts(), [['one', 'answered']]);
});

test('retries of one target: within its patience, as often as the route says', async () => {
  await start('  m: { targets: [{ upstream: one }], retries: 2, backoff: 1ms, patience: 1500ms }');
  let times = 0;
  one.script = (res, seen) => (++times < 3 ? status(429)(res, seen) : json(completion('Hello'))(res, seen));
  assert.equal((await ask()).status, 200);
  assert.equal(times, 3);
  one.script = status(529);
  const refused = await ask();
  assert.equal(refused.status, 529);
  assert.equal(attempts().length, 3);
  one.seen.length = 0;
  one.script = status(429, { 'retry-after': '30' });
  const limited = await ask();
  assert.deepEqual([limited.status, limited.headers.get('retry-after')], [429, '30']);
  assert.equal(one.seen.length, 1, 'it wants a longer wait than anyone here has the patience for');
});

test('a client that goes away while its request waits for a retry', async () => {
  await start(
    '  m: { targets: [{ upstream: one }], retries: 5, backoff: 60s, patience: 60s, deadline: 300s }',
  );
  const leaving = new AbortController();
  one.script = (res, seen) => {
    void status(503, { 'retry-after': '30' })(res, seen);
    setTimeout(() => leaving.abort(), 20);
  };
  await assert.rejects(
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      signal: leaving.signal,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.key}` },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] }),
    }),
  );
  while (lastEntry().kind !== 'request.end') await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(lastEntry().code, 'client_gone');
  assert.equal(one.seen.length, 1);
});

test('a breaker opens, is recorded, spares its target, stays over a reload, and closes', async () => {
  await start(
    '  m: { targets: [{ upstream: one }, { upstream: two, priority: 2 }], breaker: { attempts: 3, pause: 1h } }',
  );
  one.script = status(503);
  for (let i = 0; i < 3; i++) assert.equal((await ask()).status, 200);
  assert.equal(one.seen.length, 3);
  await ask();
  assert.equal(one.seen.length, 3, 'left alone');
  await gateway.gateway.reload();
  await ask();
  assert.equal(one.seen.length, 3, 'still, with the new configuration');
  one.script = json(completion('Hello'));
  leap(3_600_000);
  await ask();
  await ask();
  assert.equal(one.seen.length, 5);
  const states = gateway.entries().flatMap(({ kind, state }) => (kind === 'route.breaker' ? [state] : []));
  assert.deepEqual(states, ['open', 'half-open', 'closed']);
  const metrics = await gateway.gateway.gate.metrics.registry.metrics();
  assert.match(metrics, /gatehouse_breaker_changes_total\{target="m>one\/m",state="open"\} 1/);
  assert.match(metrics, /gatehouse_attempts_total\{upstream="one",outcome="upstream_overloaded"\} 3/);
});

test('a target at its limit is passed over; where all are, the caller is told to wait', async () => {
  await start(
    `  m: { targets: [{ upstream: one, limits: { concurrency: 1 } }, { upstream: two, priority: 2, limits: { requests: 1/hour } }] }`,
  );
  let finish = () => {};
  one.script = (res, seen) =>
    new Promise<void>((resolve) => {
      finish = () => {
        void json(completion('Hello'))(res, seen);
        resolve();
      };
    });
  const first = ask();
  while (one.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal((await ask()).status, 200);
  assert.equal(two.seen.length, 1);
  const refused = await ask();
  assert.equal(refused.status, 503);
  assert.equal(await codeOf(refused), 'upstream_overloaded');
  finish();
  assert.equal((await first).status, 200);
  one.script = json(completion('Hello'));
  assert.equal((await ask()).status, 200, 'its place is free again');
});

test('a canary takes the callers of its share, always the same ones', async () => {
  await start(
    '  m: { targets: [{ upstream: one }, { upstream: two, model: new, canary: { share: 50%, sticky: subject } }] }',
  );
  const armOf = async (subject: string) => {
    const before = two.seen.length;
    const answer = await gateway.post(
      '/v1/chat/completions',
      { model: 'm', messages: [{ role: 'user', content: `Hi ${Math.random()}` }] },
      { 'x-gatehouse-subject': subject },
    );
    assert.equal(answer.status, 200);
    return two.seen.length > before;
  };
  const subjects = Array.from({ length: 60 }, (_, i) => `person-${i}`);
  const arms: boolean[] = [];
  for (const subject of subjects) arms.push(await armOf(subject));
  // Binomial, 60 draws of ½: four standard deviations are 15.
  const canaries = arms.filter(Boolean).length;
  assert.ok(canaries > 15 && canaries < 45, `${canaries}`);
  for (const [i, subject] of subjects.slice(0, 20).entries()) assert.equal(await armOf(subject), arms[i]);
});

test('a canary that fails falls back to the others', async () => {
  await start('  m: { targets: [{ upstream: one }, { upstream: two, canary: { share: 100% } }] }');
  two.script = status(503);
  assert.equal((await ask()).status, 200);
  assert.deepEqual(attempts(), [
    ['two', 'upstream_overloaded'],
    ['one', 'answered'],
  ]);
});

test('routes are listed as models', async () => {
  await start(FALLBACK);
  const answer = await fetch(`${gateway.url}/v1/models`, {
    headers: { authorization: `Bearer ${gateway.key}` },
  });
  const { data } = (await answer.json()) as { data: { id: string; owned_by: string }[] };
  assert.deepEqual(
    data.map(({ id, owned_by }) => [id, owned_by]),
    [
      ['dead-own', 'dead'],
      ['m', 'gatehouse'],
      ['one-own', 'one'],
      ['two-own', 'two'],
    ],
  );
});

test('a reload takes new routes, and a bad one changes nothing', async () => {
  await start('  m: { targets: [{ upstream: one }] }');
  const file = join(gateway.folder, 'gatehouse.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('upstream: one }]', 'upstream: nowhere }]'));
  await assert.rejects(gateway.gateway.reload(), /is no upstream that there is/);
  await ask();
  assert.equal(one.seen.length, 1);
  writeFileSync(file, text.replace('upstream: one }]', 'upstream: two }]'));
  await gateway.gateway.reload();
  await ask();
  assert.deepEqual([one.seen.length, two.seen.length], [1, 1]);
});

test('a fallback that speaks another dialect answers in the caller’s, whole and streamed', async () => {
  const port = await closedPort();
  await open({
    upstream: one.url,
    upstreams: `  dead: { dialect: openai, url: "http://127.0.0.1:${port}/v1", key: key-dead }
  anth: { dialect: anthropic, url: "${two.url}", key: key-anth }`,
    settings:
      'routes: { m: { targets: [{ upstream: dead }, { upstream: anth, model: claude, priority: 2 }] } }',
  });
  two.script = json(message([{ type: 'text', text: 'Hello' }]));
  const whole = (await (await ask()).json()) as {
    model: string;
    choices: { message: { content: string } }[];
  };
  assert.equal(whole.choices[0]?.message.content, 'Hello');
  assert.equal(whole.model, 'm', 'under the name that was asked for');
  assert.deepEqual([two.seen[0]?.path, two.seen[0]?.body.model], ['/v1/messages', 'claude']);
  assert.equal(two.seen[0]?.headers['x-api-key'], 'key-anth');
  two.script = sse(messageEvents(['Hel', 'lo']));
  const { content, done } = readChatStream(await (await ask('Hi', { stream: true })).text());
  assert.deepEqual([content, done], [['Hello'], true]);
});

test('a model server that the policy keeps from a caller is no fallback', async () => {
  await start(FALLBACK, {
    policy: `${GUARDS}authorization:
  policies: |
    @id("one-only")
    forbid (principal, action == Action::"route.use", resource == Route::"two");
`,
  });
  one.script = status(503);
  assert.equal((await ask()).status, 503);
  assert.equal(two.seen.length, 0);
});

test('answers that break off count against their target, and give its place back', async () => {
  await start(
    '  m: { targets: [{ upstream: one, limits: { concurrency: 1 } }, { upstream: two, priority: 2 }], breaker: { attempts: 2, pause: 1h } }',
  );
  const cut: Script = (res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write(chunks(['Hel'])[0] ?? '', () => res.destroy());
  };
  one.script = cut;
  for (let i = 0; i < 2; i++) await (await ask('Hi', { stream: true })).text().catch(() => '');
  assert.equal(one.seen.length, 2);
  two.script = sse(chunks(['Hel', 'lo']));
  await (await ask('Hi', { stream: true })).text();
  assert.deepEqual([one.seen.length, two.seen.length], [2, 1]);
});
