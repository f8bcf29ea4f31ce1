import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { seeded } from '../../src/pseudonyms/testing.ts';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { json, type ScriptedUpstream, startUpstream } from '../harness/upstream.ts';
import { ask, type Dialect } from './client.ts';
import { type Cut, model } from './model.ts';

/** The whole gateway, with model servers of all dialects: what goes out, what comes back, and what is recorded. */

export const FINDS = `  - use: patterns
    name: pii
    action: pseudonymise
    patterns:
      - { id: email_address, match: '\\b[a-z0-9.]{1,40}@[a-z0-9]{1,40}\\.[a-z]{2,8}\\b' }
      - { id: person, match: '\\b(Ada|Grace|Alan) [A-Z][a-z]{1,20}\\b' }
      - { id: phone_number, match: '\\+[0-9]{1,3} [0-9 ]{6,14}[0-9]' }
      - { id: credit_card, match: '\\b[0-9]{4} [0-9]{4} [0-9]{4} [0-9]{4}\\b' }
      - { id: note, match: '«[^»]{1,60}»' }
`;
const UPSTREAMS = (url: string) => `  open: { dialect: openai, url: "${url}/v1", key: k1, models: [m] }
  anth: { dialect: anthropic, url: "${url}", key: k2, models: [claude] }
  gem: { dialect: gemini, url: "${url}", key: k3, models: [gemini-x] }`;

let upstream: ScriptedUpstream;
let gateway: TestGateway;
const start = async (policy: string, more: object = {}) => {
  gateway = await startGateway({
    upstream: upstream.url,
    upstreams: UPSTREAMS(upstream.url),
    policy,
    ...more,
  });
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

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content: [],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
};

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
  const text = JSON.stringify(gateway.entries()) + gateway.log.join('');
  const metrics = await gateway.gateway.gate.metrics.exposition([]);
  assert.match(metrics, /gatehouse_pseudonyms_total\{reason="pii.person",direction="reply"\} 4/);
  for (const value of ['Lovelace', 'ada@', 'Person_A', 'pseudonym.example'])
    assert.ok(!text.includes(value), value);
});

test('reply guards read what the model wrote: they find nothing in a stand-in, and what they hide stays hidden', async () => {
  await start(`guards:
${FINDS}
  - use: patterns
    name: house
    on: [reply]
    action: mask
    patterns:
      - { id: address, match: '[a-z0-9.-]{1,60}@[a-z0-9.]{1,60}' }
      - { id: line, match: 'secret [^.]{1,80}' }
`);
  for (const stream of [false, true]) {
    upstream.script = model(
      (heard) => ({ text: `${heard}, bob@elsewhere.org. A secret for ${heard}. ${heard}` }),
      (text) => text.match(/.{1,5}/gs) ?? [],
    );
    const got = await ask(gateway, 'chat', 'm', 'ada@example.org', { stream });
    assert.equal(got.texts[0], 'ada@example.org, [pii.email_address]. A [house.line]. ada@example.org');
  }
});

test('stand-ins that stand close together are each left alone', async () => {
  await start(`guards:
  - use: patterns
    name: pii
    action: pseudonymise
    patterns:
      - { id: ip_address, match: '\\b[0-9]{1,3}(\\.[0-9]{1,3}){3}\\b' }
      - { id: email_address, match: '[a-z0-9.]{1,40}@[a-z.]{1,40}' }
`);
  upstream.script = model((heard) => ({ text: heard }));
  const text = '10.1.2.3 ada@example.org 10.1.2.4 10.1.2.5,bea@example.org';
  for (let n = 0; n < 20; n++) assert.equal((await ask(gateway, 'chat', 'm', text)).texts[0], text);
});

test('a title before a stand-in makes it nobody else', async () => {
  await start(`guards:
  - use: patterns
    name: pii
    action: pseudonymise
    patterns: [{ id: person, match: '(Prof\\. )?(Dr\\. )?(Ada [A-Z][a-z]{1,20}|Person_[A-Z]_[a-z0-9]{6}|Bob)' }]
`);
  upstream.script = model((heard) => ({ text: `Dear Prof. Dr. ${heard}, Dr. Bob and ${heard}` }));
  const got = await ask(gateway, 'chat', 'm', 'Ada Lovelace');
  assert.equal(got.texts[0], 'Dear Prof. Dr. Ada Lovelace, [pii.person] and Ada Lovelace');
});

test('a reply that is blocked gives nothing back, however much of it was a value', async () => {
  await start(`guards:
${FINDS}
  - { use: patterns, name: house, on: [reply], patterns: [{ id: no, match: 'forbidden fruit' }] }
`);
  upstream.script = model((heard) => ({ text: `${heard} forbidden fruit ${heard}` }));
  const got = await ask(gateway, 'chat', 'm', 'Ada Lovelace');
  assert.notEqual(got.status, 200);
  assert.ok(!got.raw.includes('Lovelace'));
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

test('what a translation joins holds stand-ins, and they are none of the guards’ business', async () => {
  await start(`guards:
${FINDS}
  - { use: patterns, name: house, patterns: [{ id: mail, match: '[a-z0-9.-]{1,60}@[a-z0-9.]{1,60}' }] }
`);
  upstream.script = model((heard) => ({ text: heard }));
  const messages = [
    { role: 'system', content: 'You serve ada@example.org.' },
    { role: 'developer', content: 'And Grace Hopper.' },
    { role: 'user', content: 'I am Ada Lovelace.' },
  ];
  const got = await ask(gateway, 'chat', 'claude', '', { more: { messages } });
  assert.equal(got.texts[0], 'I am Ada Lovelace.', got.raw);
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

test('hash: the same for a team, another for the next, and never given back', async () => {
  await start(`guards:\n${FINDS.replace('action: pseudonymise', 'action: hash')}`);
  const { key } = gateway.gateway.gate.store.callers.create({
    name: 'other',
    owner: 'test',
    team: 'elsewhere',
    tags: {},
    roles: ['app'],
  });
  upstream.script = model((heard) => ({ text: heard }));
  const mine = [
    await ask(gateway, 'chat', 'm', 'ada@example.org'),
    await ask(gateway, 'chat', 'm', 'ADA@example.org'),
  ];
  const theirs = await ask(gateway, 'chat', 'm', 'ada@example.org', {
    headers: { authorization: `Bearer ${key}` },
  });
  const [a, , c] = [mine[0]?.texts[0], mine[1]?.texts[0], theirs.texts[0]];
  assert.match(a ?? '', /^\[pii\.email_address:[0-9a-z]{12}\]$/);
  assert.equal((await ask(gateway, 'chat', 'm', 'ada@example.org')).texts[0], a);
  assert.match(c ?? '', /^\[pii\.email_address:[0-9a-z]{12}\]$/);
  assert.notEqual(a, c);
});

test('a guard can do one thing to one of its findings and another to the next', async () => {
  await start(`guards:
  - use: patterns
    name: pii
    action: pseudonymise
    patterns:
      - { id: email_address, match: '[a-z]{1,20}@[a-z]{1,20}\\.org' }
      - { id: case, match: 'CASE-[0-9]{4}', action: hash }
      - { id: pin, match: 'PIN [0-9]{4}', action: mask }
`);
  upstream.script = model((heard) => ({ text: heard }));
  const got = await ask(gateway, 'chat', 'm', 'ada@example.org CASE-1234 PIN 9876');
  assert.match(got.texts[0] ?? '', /^ada@example\.org \[pii\.case:\w{12}\] \[pii\.pin\]$/);
});

test('a label decides where a prompt with values may go', async () => {
  await start(
    `guards:\n${FINDS.replace('action: pseudonymise', 'action: pseudonymise\n    label: { sensitivity: personal }')}`,
    {
      settings: `routes:
  r: { targets: [{ upstream: open, model: m }, { upstream: anth, model: claude, accepts: { sensitivity: [personal] } }] }
`,
    },
  );
  upstream.script = model((heard) => ({ text: heard }));
  for (let n = 0; n < 6; n++) {
    assert.equal((await ask(gateway, 'chat', 'r', 'Ada Lovelace')).texts[0], 'Ada Lovelace');
    assert.equal(upstream.seen.at(-1)?.path, '/v1/messages');
  }
  assert.deepEqual(gateway.entries().at(-2)?.labels, { sensitivity: ['personal'] });
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

test('signed reasoning keeps its stand-ins, and may come back with them', async () => {
  await start(`guards:\n${FINDS}`);
  const thoughts = (said: string) => [
    { type: 'thinking', thinking: `About ${said}.`, signature: 'c2ln' },
    { type: 'text', text: said },
  ];
  upstream.script = (res, seen) => {
    const { messages } = seen.body as { messages: { content: string }[] };
    return json({ ...MESSAGE, content: thoughts(messages[0]?.content ?? '') })(res, seen);
  };
  const content = 'ada@example.org, Ada Lovelace, +44 20 7946 0018, 4111 1111 1111 1111';
  const answer = await ask(gateway, 'messages', 'claude', content);
  const first = JSON.parse(answer.raw) as typeof MESSAGE;
  const [thinking, text] = first.content as unknown as { thinking: string; text: string }[];
  assert.equal(text?.text, content);
  assert.match(thinking?.thinking ?? '', /^About user.a\.\w+@pseudonym\.example, Person_A_/);
  const messages = [
    { role: 'user', content },
    { role: 'assistant', content: first.content },
    { role: 'user', content: 'Go on.' },
  ];
  const second = await ask(gateway, 'messages', 'claude', '', { more: { messages } });
  assert.equal(second.status, 200, second.raw);
  assert.ok(upstream.seen.at(-1)?.text.includes(JSON.stringify(thinking?.thinking)), 'as it was signed');
  const forged = [{ role: 'assistant', content: thoughts('ada@example.org') }];
  const third = await ask(gateway, 'messages', 'claude', '', {
    more: { messages: [...messages, ...forged] },
  });
  assert.equal(third.status, 403, 'what could be somebody’s does not pass');
});

test('a number of JSON gets a number, and is given back as one', async () => {
  await start(`guards:
  - { use: patterns, name: pii, action: pseudonymise, patterns: [{ id: credit_card, match: '\\b37[0-9]{13}\\b' }] }
`);
  upstream.script = (res, seen) => {
    const sent = /\b9\d{14}\b/.exec(seen.text)?.[0];
    return model(() => ({ text: `${sent}`, args: { card: Number(sent), other: 5 } }))(res, seen);
  };
  for (const stream of [false, true]) {
    const messages = [
      { role: 'user', content: 'Pay.' },
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 't', name: 'send', input: { card: 371449635398431 } }],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'done' }] },
    ];
    const got = await ask(gateway, 'messages', 'claude', '', { stream, more: { messages } });
    assert.equal(got.texts[0], '371449635398431', got.raw);
    assert.deepEqual(got.args, { card: 371449635398431, other: 5 }, `${stream} ${got.raw}`);
    assert.ok(!upstream.seen.at(-1)?.text.includes('37144'));
  }
});
