import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { TestGateway, TestOptions } from '../harness/gateway.ts';
import { json, type ScriptedUpstream, startUpstream } from '../harness/upstream.ts';
import { ask } from './client.ts';
import { model } from './model.ts';
import { FINDS, MESSAGE, open } from './scene.ts';

/** Guards and stand-ins: what is found, what is left alone, and what each action does. */

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
