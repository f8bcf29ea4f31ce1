import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startGateway } from '../harness/gateway.ts';
import { completion, json } from '../harness/upstream.ts';
import { place, policy, type Said } from './place.ts';

const ASK = 'a doubtful fruit';
const because = { reason: 'fine' };

test('of two reviewers one has the claim, and the other can neither decide nor take it', async (t) => {
  const { chat, admin, other } = await place(t, policy('hold: 0s'));
  const id = (await chat(ASK)).headers.get('x-gatehouse-review');
  const [ann, bob] = [other('ann', ['decider'], 'ann'), other('bob', ['decider'], 'bob')];
  const claims = await Promise.all([
    admin('POST', `/${id}/claim`, {}, ann),
    admin('POST', `/${id}/claim`, {}, bob),
  ]);
  assert.deepEqual(claims.map(({ status }) => status).sort(), [200, 409]);
  const [winner, loser] = claims[0]?.status === 200 ? [ann, bob] : [bob, ann];
  assert.equal((await admin('POST', `/${id}/pass`, because, loser)).status, 409);
  assert.equal((await admin('POST', `/${id}/release`, {}, loser)).status, 409);
  assert.equal((await admin('POST', `/${id}/release`, {}, winner)).said.claimed, null);
  assert.equal((await admin('POST', `/${id}/block`, because, loser)).status, 200);
  assert.equal((await admin('POST', `/${id}/pass`, because, winner)).status, 409, 'decided already');
});

test('nobody decides on their own, without the right, or where the policy names others', async (t) => {
  const { chat, admin, gateway, other } = await place(
    t,
    policy('hold: 0s, by: { roles: [decider], teams: [night] }'),
  );
  const id = (await chat(ASK)).headers.get('x-gatehouse-review');
  const owner = gateway.gateway.gate.store.callers.get('app').owner;
  const own = other('alter-ego', ['decider'], owner);
  assert.equal((await admin('POST', `/${id}/pass`, because, gateway.key)).status, 403, 'the caller');
  assert.equal((await admin('POST', `/${id}/pass`, because, own)).status, 403, 'its owner');
  assert.equal((await admin('POST', `/${id}/claim`, {}, own)).status, 403);
  assert.equal((await admin('POST', `/${id}/pass`, because)).status, 403, 'not one of by');
  const decider = other('dora', ['decider'], 'dora');
  assert.equal((await admin('GET', `/${id}/content`, undefined, decider)).status, 403, 'content.read');
  assert.equal((await admin('GET', '', undefined, gateway.key)).status, 403);
  assert.equal((await admin('POST', `/${id}/pass`, because, decider)).status, 200);
  assert.equal((await admin('GET', '/rev_000000000000000000000000')).status, 404);
});

test('a reason is sealed, and is never taken for a page', async (t) => {
  const { chat, admin, gateway, poll } = await place(t, policy('hold: 0s'));
  const id = (await chat(ASK)).headers.get('x-gatehouse-review') ?? '';
  const reason = '<script>alert("why")</script>';
  for (const bad of [
    {},
    { reason: ' ' },
    { reason: 'x'.repeat(2001) },
    { reason: '\ud800' },
    { reason, more: '1' },
  ])
    assert.equal((await admin('POST', `/${id}/block`, bad)).status, 400, JSON.stringify(bad).slice(0, 40));
  assert.equal((await admin('POST', `/${id}/block`, { reason })).status, 200);
  const { said, type } = await admin('GET', `/${id}/content`);
  assert.equal(type, 'application/json');
  assert.equal(said.reason, reason);
  assert.doesNotMatch(await (await poll(id)).text(), /script|alert/);
  const data = join(gateway.folder, 'gatehouse-data');
  const bytes = readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
  assert.doesNotMatch(bytes, /alert\("why/);
  // The pattern of the guard is in the policy, whose versions are kept; the text that was held is not.
  assert.doesNotMatch(bytes, new RegExp(ASK), 'what is held lies nowhere in plain');
  assert.doesNotMatch(gateway.log.join('\n'), /alert|doubtful fruit/);
});

test('what is erased cannot be read or given out any more; what is kept for long enough is gone', async (t) => {
  const { upstream, chat, admin, poll, gateway } = await place(t, policy('hold: 0s'));
  upstream.script = json(completion('a doubtful fruit'));
  const { review: id } = (await (await chat('go', {}, { prefer: 'respond-async' })).json()) as Said;
  await admin('POST', `/${id}/pass`, because);
  const { store, vault, clock } = gateway.gateway.gate;
  assert.ok(vault !== undefined);
  const { team } = store.reviews.get(id);
  const month = new Date(clock.now()).toISOString().slice(0, 7);
  assert.ok(vault.erase({ target: { tenant: team, month }, until: clock.now() + 1 }) > 0);
  assert.equal((await admin('GET', `/${id}/content`)).said.text, null);
  assert.equal((await poll(id)).status, 404);
  assert.equal(store.reviews.expire(), 0);
  const review = store.reviews.get(id);
  store.reviews.hold('rev_old', { ...draftOf(review), expires: clock.now() - 1 });
  assert.equal(store.reviews.expire(), 1);
  assert.throws(() => store.reviews.get('rev_old'), { code: 'not_found' });
});

const draftOf = ({
  request,
  kind,
  caller,
  owner,
  team,
  action,
  model,
  digest,
  findings,
  media,
  sealed,
  deadline,
  expires,
  holder,
}: ReturnType<Awaited<ReturnType<typeof startGateway>>['gateway']['gate']['store']['reviews']['get']>) => ({
  request,
  kind,
  caller,
  owner,
  team,
  action,
  model,
  digest,
  findings,
  media,
  sealed,
  deadline,
  expires,
  holder,
});

test('the queue of one caller is bounded', async (t) => {
  const { chat, gateway } = await place(t, policy('hold: 0s'));
  const id = (await chat(ASK)).headers.get('x-gatehouse-review') ?? '';
  const { reviews } = gateway.gateway.gate.store;
  const draft = draftOf(reviews.get(id));
  for (let n = 1; n < 100; n++) reviews.hold(`rev_${n}`, draft);
  const answer = await chat(`another ${ASK}`);
  assert.equal(answer.status, 403);
  assert.match(await answer.text(), /Too much waits for review/);
});

test('without a vault, a policy that holds anything is an error', async () => {
  await assert.rejects(
    startGateway({ upstream: 'http://127.0.0.1:1', files: { 'policy.yaml': policy('hold: 0s') } }),
    /no vault to seal them in/,
  );
});

test('what the policy may say of review', async () => {
  for (const bad of ['hold: 6m', 'deadline: 0s', 'keep: 2h', 'deadline: 3d, keep: 1d', 'by: {}'])
    await assert.rejects(
      startGateway({ upstream: 'http://127.0.0.1:1', files: { 'policy.yaml': policy(bad) } }),
      /policy\.yaml/,
      bad,
    );
});
