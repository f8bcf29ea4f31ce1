import assert from 'node:assert/strict';
import { test } from 'node:test';
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
  const watch = (as: string, stopping = new AbortController()) =>
    fetch(`${gateway.url}/admin/v1/reviews/live`, {
      headers: { authorization: `Bearer ${as}` },
      signal: stopping.signal,
    });
  assert.equal((await watch(gateway.key)).status, 403);
  const stopping = new AbortController();
  t.after(() => stopping.abort());
  const live = await watch(key, stopping);
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
  const next = async () => (await events.next()).value as Waiting;
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
