import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { chunks, completion, json, message, messageEvents, sse } from '../harness/upstream.ts';
import { place, policy, type Said } from './place.ts';

const ASK = 'a doubtful fruit';

test('a held prompt goes nowhere until somebody lets it pass, and then on the same connection', async (t) => {
  const { upstream, chat, held, admin, gateway } = await place(t, policy('hold: 20s'));
  upstream.script = json(completion('the answer'));
  const asked = chat(ASK);
  const { id, kind, connection } = await held();
  assert.deepEqual([kind, connection], ['prompt', 'held']);
  assert.equal(upstream.seen.length, 0);
  const content = await admin('GET', `/${id}/content`);
  assert.match(content.said.text ?? '', /a doubtful fruit/);
  const decided = await admin('POST', `/${id}/pass`, { reason: 'it is only fruit' });
  assert.equal(decided.status, 200, JSON.stringify(decided.said));
  const answer = await asked;
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /the answer/);
  assert.equal(upstream.seen.length, 1);
  const kinds = gateway.entries().filter(({ kind }) => String(kind).startsWith('review.'));
  assert.deepEqual(
    kinds.map(({ kind, decision = null, review }) => [kind, decision, review]),
    [
      ['review.held', null, id],
      ['review.decided', 'passed', id],
    ],
  );
  const ledger = JSON.stringify(gateway.allEntries());
  assert.doesNotMatch(ledger, /only fruit|doubtful fruit/);
});

test('what is blocked is refused as by a guard, and never reaches the model server', async (t) => {
  const { upstream, chat, held, admin } = await place(t, policy('hold: 20s'));
  const asked = chat(ASK);
  const { id } = await held();
  await admin('POST', `/${id}/block`, { reason: 'no' });
  const answer = await asked;
  assert.equal(answer.status, 403);
  assert.equal(((await answer.json()) as Said).error.code, 'prompt_blocked');
  const again = await chat(ASK);
  assert.equal(((await again.json()) as Said).error.code, 'prompt_blocked', 'the decision holds for an hour');
  assert.equal(upstream.seen.length, 0);
});

test('each dialect says that it is pending, for prompts and for replies, streamed or not', async (t) => {
  const { upstream, gateway, admin } = await place(t, policy('hold: 0s'));
  const dialects = [
    {
      path: '/v1/chat/completions',
      body: (content: string, stream: boolean) => ({
        model: 'm',
        stream,
        messages: [{ role: 'user', content }],
      }),
      reply: json(completion('one doubtful fruit')),
      events: sse(chunks(['one ', 'doubt', 'ful fruit', ' more'])),
    },
    {
      path: '/v1/messages',
      body: (content: string, stream: boolean) => ({
        model: 'claude-x',
        max_tokens: 5,
        stream,
        messages: [{ role: 'user', content }],
      }),
      reply: json(message([{ type: 'text', text: 'one doubtful fruit' }])),
      events: sse(messageEvents(['one ', 'doubt', 'ful fruit', ' more'])),
    },
    {
      path: '/v1beta/models/m:generateContent',
      streamed: '/v1beta/models/m:streamGenerateContent?alt=sse',
      body: (text: string) => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
      reply: json(completion('one doubtful fruit')),
      events: sse(chunks(['one ', 'doubt', 'ful fruit', ' more'])),
    },
  ];
  let reviews = 0;
  for (const { path, streamed = path, body, reply, events } of dialects)
    for (const stream of [false, true])
      for (const [text, seen] of [
        [ASK, 0],
        [`fine ${stream}`, 1],
      ] as const) {
        upstream.script = stream ? events : reply;
        const before = upstream.seen.length;
        const answer = await gateway.post(stream ? streamed : path, body(`${text} ${stream}`, stream), {
          'anthropic-version': '2023-06-01',
        });
        const said = await answer.text();
        const place = `${path} ${stream} ${text}: ${said}`;
        assert.equal(answer.status, 403, place);
        assert.match(said, /A person has to decide on this first\. It is held as rev_[0-9a-f]{24}\./, place);
        assert.match(answer.headers.get('x-gatehouse-review') ?? '', /^rev_/, place);
        assert.doesNotMatch(said, /fruit|one/, place);
        assert.equal(upstream.seen.length - before, seen, place);
        reviews += 1;
      }
  const { said } = await admin('GET', '?state=open');
  assert.equal(said.reviews.length, reviews);
  assert.ok(said.reviews.every(({ connection }) => connection === 'told'));
});

test('nothing of a held stream leaves before the decision; then all of it does', async (t) => {
  const { upstream, gateway, held, admin } = await place(t, policy('hold: 20s'));
  upstream.script = sse(chunks(['long ago ', 'a doubtful', ' fruit fell']));
  let first = false;
  const asked = gateway
    .post('/v1/chat/completions', { model: 'm', stream: true, messages: [{ role: 'user', content: 'go' }] })
    .then((answer) => {
      first = true;
      return answer.text();
    });
  const { id, kind } = await held();
  await pause(50);
  assert.equal(kind, 'reply');
  assert.equal(first, false);
  await admin('POST', `/${id}/pass`, { reason: 'fine' });
  const text = await asked;
  assert.match(text, /long ago/);
  assert.match(text, /\[DONE\]/);
  const end = gateway.entries().find(({ kind }) => kind === 'request.end') as Record<string, unknown>;
  assert.equal(end.outcome, 'completed');
  assert.equal((end.reply as { bytes: number }).bytes, Buffer.byteLength(text));
});

test('a stream in which nothing is found is held to its end, and is given whole', async (t) => {
  const { upstream, chat } = await place(t, policy('hold: 0s'));
  upstream.script = sse(chunks(['one ', 'two']));
  const answer = await chat('go', { stream: true });
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /one .*two.*\[DONE\]/s);
});

test('a reply longer than what may be held is refused', async (t) => {
  const { upstream, chat } = await place(t, policy('hold: 0s'), {
    settings: `vault: { masters: { main: { key: "${'11'.repeat(32)}" } } }\nlimits: { reply: 4KB }`,
  });
  upstream.script = sse(chunks(Array.from({ length: 60 }, () => 'words and words ')));
  const answer = await chat('go', { stream: true });
  assert.equal(((await answer.json()) as Said).error.code, 'upstream_invalid');
});

test('who prefers to come back is told where, and gets the reply there, once', async (t) => {
  const { upstream, chat, admin, poll, other } = await place(t, policy('hold: 20s'));
  upstream.script = json(completion('a doubtful fruit it is'));
  const answer = await chat('go', {}, { prefer: 'wait=1, respond-async' });
  assert.equal(answer.status, 202);
  assert.equal(answer.headers.get('preference-applied'), 'respond-async');
  const told = (await answer.json()) as Said;
  assert.equal(answer.headers.get('location'), told.poll);
  const open = await poll(told.review);
  assert.equal(open.headers.get('retry-after'), '5');
  const state = (await open.json()) as Said;
  assert.deepEqual([state.state, state.reasons], ['open', ['doubtful.fruit']]);
  const stranger = other('stranger', ['app']);
  assert.equal((await poll(told.review, stranger)).status, 404, 'another caller');
  await admin('POST', `/${told.review}/pass`, { reason: 'fine' });
  assert.equal((await poll(told.review, stranger)).status, 404, 'another caller, when it is decided');
  const both = await Promise.all([poll(told.review), poll(told.review)]);
  const texts = await Promise.all(both.map((one) => one.text()));
  assert.equal(texts.filter((text) => text.includes('it is')).length, 1, 'one of two at once');
  const after = (await (await poll(told.review)).json()) as Said;
  assert.equal(after.delivered, true);
  assert.equal(after.text, undefined);
});

test('a prompt that was let pass later may be asked again, by the same caller and as it was', async (t) => {
  const { upstream, chat, admin, poll, other, gateway } = await place(t, policy('hold: 0s'));
  upstream.script = json(completion('the answer'));
  const told = await chat(ASK);
  const id = told.headers.get('x-gatehouse-review') ?? '';
  const again = await chat(ASK);
  assert.equal(again.headers.get('x-gatehouse-review'), id, 'the same prompt waits once');
  await admin('POST', `/${id}/pass`, { reason: 'fine' });
  const state = (await (await poll(id)).json()) as Said;
  assert.ok(Date.parse(state.ask_again_until) > Date.now());
  assert.equal(upstream.seen.length, 0);
  assert.equal((await chat(ASK)).status, 200);
  assert.equal(upstream.seen.length, 1);
  assert.equal((await chat(`${ASK}, and more`)).status, 403, 'another prompt');
  const key = other('other', ['app']);
  const theirs = await gateway.post(
    '/v1/chat/completions',
    { model: 'm', messages: [{ role: 'user', content: ASK }] },
    { authorization: `Bearer ${key}` },
  );
  assert.equal(theirs.status, 403, 'another caller');
  assert.equal((await chat(`${ASK} and forbidden fruit`)).status, 403);
});

test('a finding that is to pass from now on is held no more for this caller, in prompts and replies', async (t) => {
  const { upstream, chat, admin, other, gateway } = await place(t, policy('hold: 0s'));
  upstream.script = json(completion('a doubtful fruit'));
  const told = await chat(ASK);
  const id = told.headers.get('x-gatehouse-review') ?? '';
  const { said } = await admin('POST', `/${id}/pass`, { reason: 'fine', always: true });
  assert.equal(said.state, 'passed', JSON.stringify(said));
  const answer = await chat(`quite another text with ${ASK} in it`);
  assert.equal(answer.status, 200);
  const begin = gateway.entries().find(({ kind }) => kind === 'request.begin') as Record<string, unknown>;
  assert.deepEqual(begin.reviewed, [id]);
  const key = other('other', ['app']);
  const theirs = await gateway.post(
    '/v1/chat/completions',
    { model: 'm', messages: [{ role: 'user', content: ASK }] },
    { authorization: `Bearer ${key}` },
  );
  assert.equal(theirs.status, 403);
});

test('where nobody decides in time the policy does', async (t) => {
  for (const [rule, status] of [
    ['block', 403],
    ['pass', 200],
  ] as const) {
    const { upstream, chat, gateway } = await place(
      t,
      policy(`hold: 20s, deadline: 1s, on_timeout: ${rule}`),
    );
    upstream.script = json(completion('the answer'));
    const answer = await chat(ASK);
    assert.equal(answer.status, status, 'whoever waited hears of it');
    assert.equal((await chat(ASK)).status, status);
    const decided = gateway.entries().find(({ kind }) => kind === 'review.decided');
    assert.deepEqual(decided?.by, { id: 'deadline' });
  }
});

test('a client that leaves is waited for no more, and what it asked stays in the queue', async (t) => {
  const { upstream, gateway, held, admin } = await place(t, policy('hold: 30s'));
  const leaving = new AbortController();
  const asked = fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    signal: leaving.signal,
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: ASK }] }),
  }).catch(() => undefined);
  const { id } = await held();
  leaving.abort();
  await asked;
  const gone = async () => (await admin('GET', `/${id}`)).said.connection === 'gone';
  for (let tries = 0; tries < 100 && !(await gone()); tries++) await pause(25);
  assert.ok(await gone());
  assert.equal(gateway.gateway.gate.waitingRoom.size, 0);
  assert.equal(upstream.seen.length, 0);
});

test('an error message of the model server in which something is found is told to nobody', async (t) => {
  const { upstream, chat } = await place(t, policy('hold: 0s'));
  upstream.script = json({ error: { message: 'a doubtful fruit was refused', type: 'x' } }, 400);
  const answer = await chat('go');
  assert.equal(answer.status, 400);
  assert.doesNotMatch(await answer.text(), /doubtful/);
});
