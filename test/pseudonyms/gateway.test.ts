import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { seeded } from '../../src/pseudonyms/testing.ts';
import type { TestGateway, TestOptions } from '../harness/gateway.ts';
import { json, type ScriptedUpstream, startUpstream } from '../harness/upstream.ts';
import { ask, type Dialect } from './client.ts';
import { type Cut, model } from './model.ts';
import { FINDS, MESSAGE, open } from './scene.ts';

/** The whole gateway, with model servers of all dialects: what goes out, what comes back, and what is recorded. */

let upstream: ScriptedUpstream;
let gateway: TestGateway;
const start = async (policy: string, more: Partial<TestOptions> = {}) => {
  gateway = await open(upstream, policy, more);
};
before(async () => {
  upstream = await startUpstream();
});
afterEach(async () => {
  await gateway.close();
  upstream.seen.length = 0;
});
after(() => upstream.close());

/** Only what is between « and » in a prompt is data; so a test says what was meant, and sees what was sent. */
const VALUES = [
  'ada@example.org',
  'Ada Lovelace',
  '+44 20 7946 0018',
  '4111 1111 1111 1111',
  '«Hof "am See" \\ 3\nZürich»',
];
const question = `Write to ${VALUES.join(', ')}.`;
const withoutValues = (text: string) => {
  for (const value of VALUES)
    assert.ok(!text.includes(JSON.stringify(value).slice(1, -1)), `${value} was sent`);
};
const listOf = (heard: string) => heard.replace(/^Write to /, '').replace(/\.$/, '');
const saying = (heard: string) => ({
  text: `To ${listOf(heard)}: it’s done, **${listOf(heard).toUpperCase().replace('\\', '\\')}**'s.`,
  args: { to: listOf(heard), inner: JSON.stringify({ at: listOf(heard) }), count: 3 },
});
const list = VALUES.join(', ');
const wanted = (text: string) => {
  assert.ok(text.includes(`To ${list}: it’s done, **`), text);
  for (const value of VALUES.slice(0, 4)) assert.equal(text.split(value).length, 3, `${value} in ${text}`);
};
const args = { to: list, inner: JSON.stringify({ at: list }), count: 3 };

const WAYS: readonly (readonly [Dialect, string])[] = [
  ['chat', 'm'],
  ['responses', 'm'],
  ['messages', 'claude'],
  ['gemini', 'gemini-x'],
  ['chat', 'claude'],
  ['chat', 'gemini-x'],
  ['responses', 'claude'],
  ['responses', 'gemini-x'],
  ['messages', 'm'],
  ['messages', 'gemini-x'],
  ['gemini', 'm'],
  ['gemini', 'claude'],
];

test('in every dialect, over every bridge, whole and in pieces: values stay here and come back', async () => {
  await start(`guards:\n${FINDS}`);
  const random = seeded(11);
  const pieces: Cut = (text) => {
    const out: string[] = [];
    for (let at = 0; at < text.length; at += out.at(-1)?.length ?? 1)
      out.push(text.slice(at, at + 1 + random(9)));
    return out;
  };
  upstream.script = model(saying, pieces);
  for (const [dialect, name] of WAYS) {
    for (const stream of [false, true, true, true]) {
      const got = await ask(gateway, dialect, name, question, {
        stream,
        ...(dialect === 'chat' && name === 'm' && { more: { n: 2 } }),
      });
      assert.equal(got.status, 200, `${dialect} to ${name}: ${got.raw}`);
      assert.ok(got.texts.length > 0, `${dialect} to ${name}, stream: ${stream}: ${got.raw}`);
      for (const text of got.texts.filter((one) => one !== undefined)) wanted(text);
      assert.deepEqual(got.args, args, `${dialect} to ${name}, stream: ${stream}`);
      withoutValues(upstream.seen.at(-1)?.text ?? '');
    }
  }
});

test('a stream cut in two at every place, of text and of arguments', async () => {
  await start(`guards:\n${FINDS}`);
  const short = (heard: string) => ({ text: `(${heard})`, args: { to: heard } });
  for (const [dialect, name] of WAYS.slice(0, 4)) {
    for (let cut = 1; cut < 44; cut++) {
      upstream.script = model(short, (text) =>
        [text.slice(0, cut), text.slice(cut)].filter((one) => one !== ''),
      );
      const got = await ask(gateway, dialect, name, 'ada@example.org', { stream: true });
      assert.equal(got.texts[0], '(ada@example.org)', `${dialect}, cut at ${cut}`);
      assert.deepEqual(got.args, { to: 'ada@example.org' });
    }
  }
});

test('the ledger counts values by reason, and has none of them', async () => {
  await start(`guards:\n${FINDS}`);
  upstream.script = model((heard) => ({ text: `${heard} ${heard}` }));
  await ask(gateway, 'chat', 'm', 'Ada Lovelace, ada@example.org, Ada Lovelace');
  const [begin, end] = gateway.entries().slice(-2) as Record<string, Record<string, unknown>>[];
  assert.deepEqual(begin?.inspected?.pseudonyms, { 'pii.person': 2, 'pii.email_address': 1 });
  assert.deepEqual(end?.inspected?.pseudonyms, { 'pii.person': 4, 'pii.email_address': 2 });
  assert.equal(begin?.inspected?.outcome, 'masked');
  assert.equal(end?.inspected?.outcome, 'passed');
  const text = JSON.stringify(gateway.allEntries()) + gateway.log.join('');
  const metrics = await gateway.gateway.gate.metrics.exposition([]);
  assert.match(metrics, /gatehouse_pseudonyms_total\{reason="pii.person",direction="reply"\} 4/);
  for (const value of ['Lovelace', 'ada@', 'Person_A', 'pseudonym.example'])
    assert.ok(!text.includes(value), value);
});

test('a value over the seam of two parts, and stand-ins over the seams of a reply', async () => {
  await start(`guards:\n${FINDS}`);
  upstream.script = model(saying);
  const parts = ['Write to Ad', 'a Lovelace, ada@exam', 'ple.org.'];
  const messages = [{ role: 'user', content: parts.map((text) => ({ type: 'text', text })) }];
  await ask(gateway, 'messages', 'claude', '', { more: { messages } });
  assert.ok(!/Ada|lace|exam/.test((upstream.seen.at(-1)?.text ?? '').replaceAll('pseudonym.example', '')));
  upstream.script = (res, seen) => {
    const { messages: sent } = seen.body as { messages: { content: string }[] };
    const [, said = ''] = /is (.*)/.exec(JSON.stringify(sent).replace(/"\}\].*/, '')) ?? [];
    const content = [said.slice(0, 9), said.slice(9)].map((text) => ({ type: 'text', text }));
    return json({ ...MESSAGE, content })(res, seen);
  };
  const got = await ask(gateway, 'messages', 'claude', 'It is Ada Lovelace');
  assert.equal(got.texts[0], 'Ada Lovelace');
});

test('requests at the same time know nothing of each other, whoever asks', async () => {
  await start(`guards:\n${FINDS.replace('action:', 'on: [prompt]\n    action:')}`);
  let first: string | undefined;
  upstream.script = async (res, seen) => {
    // Each answer says what the very first request was sent.
    first ??= /user\.[^"]*example/.exec(seen.text)?.[0];
    await new Promise((resolve) => setTimeout(resolve, 5));
    return model((heard) => ({ text: `${heard} and ${first}` }))(res, seen);
  };
  const names = ['ada', 'grace', 'alan', 'mary', 'emmy', 'rosa', 'lise', 'hedy'];
  const got = await Promise.all(
    names.map((name) => ask(gateway, 'chat', 'm', `${name}@example.org`, { stream: name.length > 3 })),
  );
  const owners = names.filter(
    (name, i) => got[i]?.texts[0] === `${name}@example.org and ${name}@example.org`,
  );
  assert.equal(owners.length, 1, 'one request was the first');
  for (const [i, name] of names.entries()) {
    if (name !== owners[0]) assert.equal(got[i]?.texts[0], `${name}@example.org and ${first}`);
  }
  const prompt = await ask(gateway, 'chat', 'm', `Who is ${first}?`);
  assert.match(prompt.texts[0] ?? '', /^Who is user.a\.\w{6}@pseudonym\.example\? and user.a/);
});

test('history comes back with values, and is mapped anew', async () => {
  await start(`guards:\n${FINDS}`);
  upstream.script = model((heard) => ({ text: `Hello ${heard}` }));
  const one = await ask(gateway, 'chat', 'm', 'Ada Lovelace');
  const messages = [
    { role: 'user', content: 'Ada Lovelace' },
    { role: 'assistant', content: one.texts[0] },
    { role: 'user', content: 'Ada Lovelace again' },
  ];
  const two = await ask(gateway, 'chat', 'm', '', { more: { messages } });
  assert.equal(two.texts[0], 'Hello Ada Lovelace again');
  const sent = upstream.seen.map(({ text }) => new Set(text.match(/Person_A_\w{6}/g)));
  assert.equal(sent[1]?.size, 1, 'the same value, the same stand-in');
  assert.notDeepEqual(sent[0], sent[1]);
});

test('a kept answer: none is kept where a value was replaced', async () => {
  await start(`guards:\n${FINDS}`, {
    settings: 'routes: { c: { targets: [{ upstream: open, model: m }], cache: { ttl: 1m } } }',
  });
  let count = 0;
  upstream.script = model((heard) => ({ text: `${heard} ${++count}` }));
  const more = { temperature: 0 };
  for (const n of [1, 2]) {
    assert.equal((await ask(gateway, 'chat', 'c', 'Ada Lovelace', { more })).texts[0], `Ada Lovelace ${n}`);
  }
  assert.ok(gateway.entries().every((entry) => entry.cache === undefined));
  for (const _ of [3, 3])
    assert.equal((await ask(gateway, 'chat', 'c', 'plain', { more })).texts[0], 'plain 3');
});

test('an answer in the background could not be given its values back: it is refused', async () => {
  await start(`guards:\n${FINDS}media: { allow: [background] }\n`);
  const more = { background: true, store: true };
  const got = await ask(gateway, 'responses', 'm', 'Ada Lovelace', { more });
  assert.equal(got.status, 400);
  assert.match(got.raw, /pseudonyms/);
  assert.equal(upstream.seen.length, 0);
});

test('a model that says nothing but stand-ins, or their beginning, is held back no further than one is long', async () => {
  await start(`guards:\n${FINDS}`);
  for (const say of [
    (heard: string) => heard.repeat(3000),
    (heard: string) => `${heard.slice(0, -1)}y`.repeat(3000),
    (heard: string) => `${heard.slice(0, 9)}${heard}`.repeat(500),
  ]) {
    let said = '';
    upstream.script = model(
      (heard) => {
        said = say(heard);
        return { text: said };
      },
      (text) => text.match(/.{1,50}/gs) ?? [],
    );
    const standIn = () => /Person_A_\w{6}/.exec(upstream.seen.at(-1)?.text ?? '')?.[0] ?? '-';
    const got = await ask(gateway, 'chat', 'm', 'Ada Lovelace', { stream: true });
    assert.equal(got.texts[0], said.replaceAll(standIn(), 'Ada Lovelace'));
  }
});
