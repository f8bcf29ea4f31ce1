import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { TestGateway } from '../harness/gateway.ts';
import { place, policy } from './place.ts';

/** What reviewers are shown: the queue as it changes, and where findings stand. */

interface Waiting {
  readonly reviews: readonly {
    readonly id: string;
    readonly name: string;
    readonly on_timeout: string;
    readonly claimed: { readonly name: string } | null;
  }[];
}

const LIVE = '/admin/v1/reviews/live';

/** Looks on with this key, to the end of the test. @returns what waits for the next queue that is told */
async function watching(t: TestContext, { url }: TestGateway, key: string): Promise<() => Promise<Waiting>> {
  const stopping = new AbortController();
  t.after(() => stopping.abort());
  const live = await fetch(`${url}${LIVE}`, {
    headers: { authorization: `Bearer ${key}` },
    signal: stopping.signal,
  });
  assert.match(live.headers.get('content-type') ?? '', /^text\/event-stream/);
  const events = (async function* () {
    let text = '';
    for await (const chunk of live.body ?? []) {
      text += Buffer.from(chunk).toString();
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (line.startsWith('data: ')) yield JSON.parse(line.slice(6)) as Waiting;
      }
    }
  })();
  return async () => (await events.next()).value as Waiting;
}

const masked = (rules: string) =>
  rules.replace(
    '  - use: patterns\n    name: words\n    action: block',
    '  - use: patterns\n    name: words\n    action: mask',
  );

test('findings are marked where they stand; where another guard has changed the text before them, none is', async (t) => {
  const { chat, admin } = await place(t, masked(policy('hold: 0s')));
  const marksOf = async (content: string) => {
    const id = (await chat(content)).headers.get('x-gatehouse-review');
    const { said } = await admin('GET', `/${id}/content`);
    return (said as unknown as { marks: readonly object[] }).marks;
  };
  assert.deepEqual(await marksOf('is it a doubtful fruit?'), [
    { guard: 'doubtful', reason: 'doubtful.fruit', path: '/messages/0/content', start: 8, end: 22 },
  ]);
  assert.deepEqual(await marksOf('a forbidden fruit, a doubtful fruit'), []);
  assert.equal((await marksOf('a doubtful fruit, a forbidden fruit')).length, 1);
});

test('the queue is told whenever it is another one, the next deadline first, by whoever may read it', async (t) => {
  const { chat, admin, gateway, other } = await place(t, policy('hold: 0s, on_timeout: pass'));
  const key = other('dora', ['decider'], 'dora');
  const kept = await fetch(`${gateway.url}${LIVE}`, { headers: { authorization: `Bearer ${gateway.key}` } });
  assert.equal(kept.status, 403);
  const next = await watching(t, gateway, key);
  assert.deepEqual((await next()).reviews, []);
  const id = (await chat('a doubtful fruit')).headers.get('x-gatehouse-review') ?? '';
  const [held, ...more] = (await next()).reviews;
  assert.equal(more.length, 0);
  assert.deepEqual([held?.id, held?.name, held?.on_timeout, held?.claimed], [id, 'app', 'pass', null]);
  await admin('POST', `/${id}/claim`, {}, key);
  assert.equal((await next()).reviews[0]?.claimed?.name, 'dora');
  await admin('POST', `/${id}/block`, { reason: 'no' }, key);
  assert.deepEqual((await next()).reviews, []);
});

test('who looks on is shown what the policy of now lets them see, not that of when they came', async (t) => {
  const rules = policy('hold: 0s');
  const { chat, gateway, other } = await place(t, rules);
  const key = other('dora', ['decider'], 'dora');
  const next = await watching(t, gateway, key);
  assert.deepEqual((await next()).reviews, []);
  await chat('a doubtful fruit');
  assert.equal((await next()).reviews.length, 1);
  writeFileSync(
    join(gateway.folder, 'others.cedar'),
    `forbid (principal, action == Action::"reviews.read", resource)
     when { resource has team && resource.team != principal.team };`,
  );
  writeFileSync(join(gateway.folder, 'policy.yaml'), `${rules}authorization: { files: [others.cedar] }\n`);
  await gateway.gateway.gate.reload();
  await chat('another doubtful fruit');
  assert.deepEqual((await next()).reviews, []);
});
