import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Refusal } from '../../src/base/refusal.ts';
import { keysIn, serve, tempFolder } from '../harness/cli.ts';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { completion, json, startUpstream } from '../harness/upstream.ts';
import { ask } from './client.ts';
import { model } from './model.ts';

/** `pseudonyms: { scope: tenant }`: later requests of the same team are given back what an earlier one took out. */

const KEY = '11'.repeat(32);
const VAULT = `vault: { masters: { main: { key: "${KEY}" } } }`;
const GUARDS = `guards:
  - use: patterns
    name: pii
    action: pseudonymise
    on: [prompt]
    patterns:
      - { id: email_address, match: '\\b[a-z0-9.]{1,40}@[a-z0-9]{1,40}\\.[a-z]{2,8}\\b' }
      - { id: phone_number, match: '\\+[0-9]{1,3} [0-9 ]{6,14}[0-9]' }
media: { allow: [background] }
`;
const policy = (more = '') => `${GUARDS}pseudonyms: { scope: tenant${more} }\n`;
const CHAT = '/v1/chat/completions';
const STAND_IN = /user.a\.\w{12}@pseudonym\.example/;

async function scene(t: TestContext, more = '') {
  const upstream = await startUpstream();
  const gateway = await startGateway({ upstream: upstream.url, settings: VAULT, policy: policy(more) });
  t.after(async () => {
    await gateway.close();
    await upstream.close();
  });
  upstream.script = model((heard) => ({ text: heard }));
  const say = async (text: string, headers: Record<string, string> = {}) =>
    (await ask(gateway, 'chat', 'm', text, { headers })).texts[0];
  /** What the last request was sent with. */
  const sent = () => STAND_IN.exec(upstream.seen.at(-1)?.text ?? '')?.[0] ?? '';
  /** A request without any value, answered with this. */
  const answered = async (text: string, headers: Record<string, string> = {}, stream = false) => {
    upstream.script = model(
      () => ({ text }),
      (all) => all.match(/.{1,7}/gs) ?? [],
    );
    const got = await ask(gateway, 'chat', 'm', 'What did I say?', { headers, stream });
    upstream.script = model((heard) => ({ text: heard }));
    return got.texts[0];
  };
  return { upstream, gateway, say, sent, answered };
}

function keyOf({ gateway }: TestGateway, team: string): Record<string, string> {
  const { callers } = gateway.gate.store;
  const { key } = callers.create({ name: `of-${team}`, owner: 'test', team, tags: {}, roles: ['app'] });
  return { authorization: `Bearer ${key}` };
}

test('a later request of the team is given back what it means, and the same value has the same stand-in', async (t) => {
  const { say, sent, answered } = await scene(t);
  assert.equal(await say('I am ada@example.org'), 'I am ada@example.org');
  const standIn = sent();
  assert.match(standIn, STAND_IN);
  for (const stream of [false, true]) {
    assert.equal(await answered(`You are ${standIn.toUpperCase()}.`, {}, stream), 'You are ada@example.org.');
  }
  await say('ada@example.org');
  assert.equal(sent(), standIn);
  assert.equal(await say(`Who is ${standIn}?`), 'Who is ada@example.org?', 'it is not replaced again');
  assert.equal(sent(), standIn);
});

test('no other team is given anything', async (t) => {
  const { gateway, say, sent, answered } = await scene(t);
  await say('I am ada@example.org');
  const standIn = sent();
  const others = keyOf(gateway, 'others');
  assert.equal(await answered(standIn, others), standIn);
  assert.equal(await say(`Who is ${standIn}?`, others), `Who is ${standIn}?`);
  await say('I am ada@example.org', others);
  assert.notEqual(sent(), standIn);
  assert.equal(await answered(standIn), 'ada@example.org');
});

test('nothing of it lies on disk but sealed, and nothing of it in the ledger', async (t) => {
  const { gateway, say } = await scene(t);
  await say('I am ada@example.org, +44 20 7946 0018');
  const bytes = readdirSync(join(gateway.folder, 'gatehouse-data'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
  for (const value of ['ada@example', '7946', 'pseudonym.example', 'PHONE_NUMBER_A']) {
    assert.ok(!bytes.includes(value), value);
  }
});

test('what is from a small range within a request is a token here: nobody can guess it', async (t) => {
  const { upstream, say } = await scene(t);
  await say('+44 20 7946 0018');
  assert.match(upstream.seen.at(-1)?.text ?? '', /<PHONE_NUMBER_A_\w{12}>/);
});

test('erased with its subject, and with the month of its team', async (t) => {
  const { gateway, say, sent, answered } = await scene(t);
  const { vault, ledger } = gateway.gateway.gate;
  assert.ok(vault !== undefined && ledger.size > 0);
  await say('I am ada@example.org', { 'x-gatehouse-subject': 'ada' });
  const hers = sent();
  await say('I am grace@example.org');
  const tenant = gateway.gateway.gate.store.callers.list().find(({ name }) => name === 'app')?.team ?? '';
  const ours = sent();
  assert.equal(await answered(`${hers} ${ours}`), 'ada@example.org grace@example.org');
  const subject = gateway.entries().findLast((entry) => entry.subject !== undefined)?.subject as string;
  // As another process does it: nobody here is told.
  const one = { subject };
  vault.erase({ target: one, until: vault.planErasure(one).until });
  assert.equal(await answered(`${hers} ${ours}`), `${hers} grace@example.org`);
  await say('I am ada@example.org', { 'x-gatehouse-subject': 'ada' });
  assert.notEqual(sent(), hers, 'said again, it is another');
  const all = { tenant, month: new Date().toISOString().slice(0, 7) };
  vault.erase({ target: all, until: vault.planErasure(all).until });
  assert.equal(await answered(ours), ours);
});

test('what cannot be sealed is not sent', async (t) => {
  const { upstream, gateway, say } = await scene(t);
  const { vault } = gateway.gateway.gate;
  assert.ok(vault !== undefined);
  const before = upstream.seen.length;
  t.mock.method(vault, 'sealShort', () => Promise.reject(new Refusal('vault_unavailable')));
  const got = await ask(gateway, 'chat', 'm', 'I am ada@example.org');
  assert.equal(got.status, 503);
  assert.match(got.raw, /vault_unavailable/);
  assert.equal(upstream.seen.length, before);
  t.mock.restoreAll();
  assert.equal(await say('I am ada@example.org'), 'I am ada@example.org', 'the next one tries again');
});

test('master keys are rotated under it', async (t) => {
  const { gateway, say, sent, answered } = await scene(t);
  await say('I am ada@example.org');
  const standIn = sent();
  const { vault, pseudonyms } = gateway.gateway.gate;
  assert.ok(vault !== undefined);
  assert.equal((await vault.rotate(true, '', 10_000)).keys, 1);
  pseudonyms?.clear();
  assert.equal(await answered(standIn), 'ada@example.org');
});

test('the oldest are forgotten beyond the bound', async (t) => {
  const { gateway, say, sent, answered } = await scene(t, ', max: 3');
  const standIns: string[] = [];
  for (const name of ['ada', 'bea', 'cleo', 'dora', 'eve']) {
    await say(`I am ${name}@example.org`);
    standIns.push(sent());
  }
  gateway.gateway.gate.pseudonyms?.clear();
  const [a, , c, d, e] = standIns;
  assert.equal(
    await answered(`${a} ${c} ${d} ${e}`),
    `${a} cleo@example.org dora@example.org eve@example.org`,
  );
});

test('an answer in the background has its values when it is asked for', async (t) => {
  const { upstream, gateway } = await scene(t);
  const answer = (text?: string) => ({
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    model: 'm',
    status: text === undefined ? 'queued' : 'completed',
    background: true,
    output:
      text === undefined
        ? []
        : [
            {
              id: 'msg_1',
              type: 'message',
              role: 'assistant',
              status: 'completed',
              content: [{ type: 'output_text', text, annotations: [] }],
            },
          ],
    usage: text === undefined ? null : { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
  });
  upstream.script = json(answer());
  const input = 'I am ada@example.org';
  assert.equal((await gateway.post('/v1/responses', { model: 'm', input, background: true })).status, 200);
  const standIn = STAND_IN.exec(upstream.seen.at(-1)?.text ?? '')?.[0];
  upstream.script = json(answer(`Hello ${standIn}`));
  const headers = { authorization: `Bearer ${gateway.key}` };
  const got = await (await fetch(`${gateway.url}/v1/responses/resp_1`, { headers })).text();
  assert.match(got, /"Hello ada@example\.org"/);
});

test('it needs a vault, and says so when the policy is loaded', async () => {
  const upstream = await startUpstream();
  await assert.rejects(
    startGateway({ upstream: upstream.url, policy: policy() }),
    /pseudonyms\.scope: tenant/,
  );
  await upstream.close();
});

test('over a restart, and in every worker', async (t) => {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  const folder = tempFolder(t);
  writeFileSync(
    join(folder, 'policy.yaml'),
    `version: 1\nroles:\n  app: { allow: [{ actions: [chat], models: ["*"] }] }\n${policy()}`,
  );
  writeFileSync(
    join(folder, 'gatehouse.yaml'),
    `workers: 2\nupstreams:\n  open: { dialect: openai, url: "${upstream.url}/v1", key: k, models: [m] }\n${VAULT}\n`,
  );
  const first = await serve(t, folder);
  const { app } = keysIn(first.out());
  const say = async (address: string, content: string): Promise<string> => {
    const answer = await fetch(address + CHAT, {
      method: 'POST',
      headers: { authorization: `Bearer ${app}`, 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }),
    });
    const body = (await answer.json()) as { choices?: { message: { content: string } }[] };
    return body.choices?.[0]?.message.content ?? JSON.stringify(body);
  };
  upstream.script = model((heard) => ({ text: heard }));
  assert.equal(await say(first.address, 'I am ada@example.org'), 'I am ada@example.org');
  const standIn = STAND_IN.exec(upstream.seen.at(-1)?.text ?? '')?.[0] ?? '';
  upstream.script = json(completion(`You are ${standIn}`));
  for (let n = 0; n < 8; n++) assert.equal(await say(first.address, 'Who?'), 'You are ada@example.org');
  await first.stop();
  const second = await serve(t, folder);
  for (let n = 0; n < 8; n++) assert.equal(await say(second.address, 'Who?'), 'You are ada@example.org');
});
