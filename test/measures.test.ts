import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { decideReview } from '../src/gateway/review/decide.ts';
import { startGateway, type TestGateway } from './harness/gateway.ts';
import { linearModel, ROW, servePredictions } from './harness/predictions.ts';
import { startUpstream } from './harness/upstream.ts';

/** Measures that hold prompts for people, and those on models that predict. */

const VAULT = `vault: { masters: { main: { key: "${'22'.repeat(32)}" } } }`;

interface Shown {
  readonly id: string;
  readonly version: number;
  readonly measures: readonly { readonly number: number; readonly state: string }[];
  readonly reviews: readonly { readonly id: string; readonly caller: string; readonly kind: string }[];
}

function tools(gate: TestGateway) {
  const ask = async (method: string, path: string, body?: object, key = gate.adminKey) => {
    const answer = await fetch(`${gate.url}/admin/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Shown };
  };
  const act = async (path: string, body: object = {}) => {
    const { status, body: said } = await ask('POST', path, body);
    assert.ok(status < 300, JSON.stringify(said));
    return said;
  };
  return {
    ask,
    act,
    open: () => act('incidents', { title: 'a series', severity: 'high' }),
    contain: (id: string, body: object) => act(`incidents/${id}/contain`, body),
    undo: (id: string, measure = 1) => act(`incidents/${id}/undo`, { measure }),
  };
}

const chatted = async (gate: TestGateway, content: string, key?: string) => {
  const answer = await gate.post(
    '/v1/chat/completions',
    { model: 'm', messages: [{ role: 'user', content }] },
    {
      prefer: 'respond-async',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
  );
  return { status: answer.status, text: await answer.text() };
};

suite('force_review', () => {
  const start = async (t: TestContext, settings = VAULT) => {
    const upstream = await startUpstream();
    const gate = await startGateway({
      upstream: upstream.url,
      settings,
      policy: `guards:
  - use: patterns
    name: watching
    action: flag
    patterns: [{ id: ibis, words: [ibis] }]
`,
    });
    t.after(async () => {
      await gate.close();
      await upstream.close();
    });
    const { callers } = gate.gateway.gate.store;
    const made = (name: string, team: string) =>
      callers.create({ name, owner: name, team, roles: ['app'], tags: {} });
    return { gate, upstream, made, ...tools(gate) };
  };

  test('holds each prompt of a caller, a team, or what a guard finds, until it is undone', async (t) => {
    const { gate, upstream, made, open, contain, undo } = await start(t);
    const [eve, ann] = [made('eve', 'red'), made('ann', 'blue')];
    const { id } = await open();
    await contain(id, { action: 'force_review', caller: 'eve' });
    const held = await chatted(gate, 'hello', eve.key);
    assert.equal(held.status, 202);
    assert.doesNotMatch(held.text, /incident/);
    assert.equal((await chatted(gate, 'hello', ann.key)).status, 200);
    assert.equal(upstream.seen.length, 1);

    // A person lets it go, and asked again it passes.
    const review = String((JSON.parse(held.text) as { review: string }).review);
    await decideReview(gate.gateway.gate, review, { state: 'passed', by: 'clr_rita', reason: 'greets' });
    assert.equal((await chatted(gate, 'hello', eve.key)).status, 200);
    assert.equal((await chatted(gate, 'hello there', eve.key)).status, 202);
    await undo(id);
    assert.equal((await chatted(gate, 'hello there', eve.key)).status, 200);

    await contain(id, { action: 'force_review', team: 'blue', model: 'm' });
    assert.equal((await chatted(gate, 'good day', ann.key)).status, 202);
    assert.equal((await chatted(gate, 'good day', eve.key)).status, 200);
    await undo(id, 2);

    await contain(id, { action: 'force_review', guard: 'watching' });
    assert.equal((await chatted(gate, 'an ibis', ann.key)).status, 202);
    assert.equal((await chatted(gate, 'a stork', ann.key)).status, 200);
    const found = gate.allEntries().filter(({ kind }) => kind === 'review.held');
    assert.deepEqual(
      found.map(({ reasons, guards }) => [reasons, guards]),
      [
        [['review.required'], ['incident']],
        [['review.required'], ['incident']],
        [['review.required'], ['incident']],
        [['watching.ibis'], ['watching']],
      ],
    );
  });

  test('is refused where nothing can be sealed, and where it says nobody or too much', async (t) => {
    const { gate, open, ask } = await start(t, '');
    const { id } = await open();
    const path = `incidents/${id}/contain`;
    assert.equal((await ask('POST', path, { action: 'force_review', caller: 'app' })).status, 409);
    assert.equal((await ask('POST', path, { action: 'force_review' })).status, 400);
    const both = { action: 'force_review', caller: 'app', guard: 'watching' };
    assert.equal((await ask('POST', path, both)).status, 400);
    assert.equal(gate.gateway.gate.store.incidents.get(id).measures.length, 0);
  });
});

const ANSWERS = /"data":\[([-\d.]+)/;

suite('measures on predictions', () => {
  const start = async (t: TestContext, settings = '') => {
    const gate = await servePredictions(t, {
      settings: `  spare: { contract: fraud.yaml, timeout: 2s }\n${VAULT}\nmodels: { approvals: 1, unsigned: allow }\n${settings}`,
    });
    const { callers } = gate.gateway.gate.store;
    const ben = callers.create({ name: 'ben', owner: 'ben', team: 'models', roles: ['app'], tags: {} }).caller
      .id;
    for (const bias of [100, 200]) gate.add(linearModel([1, 1, 1], bias), 'fraud', ben);
    gate.add(linearModel([1, 1, 1], 900), 'spare');
    const score = async () => {
      const answer = await gate.post('/v2/models/fraud/infer', {
        inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 3], data: [20, 1, 0] }],
      });
      const text = await answer.text();
      return answer.status === 200 ? Number(ANSWERS.exec(text.replaceAll(' ', ''))?.[1]) : answer.status;
    };
    return { ...gate, ...tools(gate), score };
  };

  test('switch_model: to another prediction, to an approved version, and back', async (t) => {
    const { score, open, contain, undo, ask, registry, entries } = await start(t);
    assert.equal(await score(), 221);
    const { id } = await open();
    await contain(id, { action: 'switch_model', model: 'fraud', to: 'spare' });
    assert.equal(await score(), 921);
    // What callers see, and what they are authorized for, is the model that they named.
    const last = entries().findLast(({ kind }) => kind === 'request.end');
    assert.equal(last?.model, 'fraud');
    await undo(id);
    assert.equal(await score(), 221);

    await contain(id, { action: 'switch_model', model: 'fraud', to: 'fraud@1' });
    assert.equal(await score(), 121);
    // A version that is revoked meanwhile answers nothing more.
    registry.take('fraud@1', { act: 'revoke' });
    assert.equal(await score(), 404);
    await undo(id, 2);
    assert.equal(await score(), 221);

    const path = `incidents/${id}/contain`;
    for (const [to, status] of [
      ['fraud@1', 409],
      ['fraud@9', 404],
      ['nobody', 404],
      ['fraud', 409],
    ] as const)
      assert.equal(
        (await ask('POST', path, { action: 'switch_model', model: 'fraud', to })).status,
        status,
        to,
      );
    // Neither may answer for the other, or nobody would.
    await contain(id, { action: 'switch_model', model: 'spare', to: 'fraud' });
    assert.equal(
      (await ask('POST', path, { action: 'switch_model', model: 'fraud', to: 'spare' })).status,
      409,
    );
    assert.equal(await score(), 221);
  });

  test('raise_caller: at once, for whom it is said, until both incidents let go or its time is over', async (t) => {
    const { gateway, score, open, contain, undo, ask } = await start(t);
    const [a, b] = [await open(), await open()];
    const raise = { action: 'raise_caller', caller: 'app', rung: 'block' };
    await contain(a.id, { ...raise, model: 'spare' });
    assert.equal(await score(), 221);
    await contain(a.id, raise);
    await contain(b.id, raise);
    assert.equal(await score(), 403);
    await undo(a.id, 2);
    assert.equal(await score(), 403);
    // Nobody lets go by one incident what another holds.
    assert.equal((await ask('POST', `incidents/${a.id}/undo`, { measure: 2 })).status, 409);
    assert.equal((await ask('POST', `incidents/${a.id}/undo`, { measure: 3 })).status, 404);
    await undo(b.id);
    assert.equal(await score(), 221);
    for (const rung of ['log', 'gently'])
      assert.equal((await ask('POST', `incidents/${a.id}/contain`, { ...raise, rung })).status, 400);

    await contain(b.id, { ...raise, for: '2500ms' });
    await gateway.reload();
    assert.equal(await score(), 403);
    for (let tries = 0; tries < 200 && (await score()) !== 221; tries += 1) await pause(25);
    assert.equal(await score(), 221);
  });

  test('of two who undo at once, one does', async (t) => {
    const { gateway, open, contain, ask } = await start(t);
    const { id } = await open();
    await contain(id, { action: 'raise_caller', caller: 'app', rung: 'block' });
    const undo = () => ask('POST', `incidents/${id}/undo`, { measure: 1 });
    const answers = await Promise.all([undo(), undo(), undo()]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409]);
    assert.equal(gateway.gate.house.policy.emergency.length, 0);
  });

  test('holds in all workers', async (t) => {
    const { ask, url, key, open, contain, undo, gateway } = await start(t, 'workers: 2\n');
    const statuses = async () => {
      const asked = Array.from({ length: 12 }, () =>
        fetch(`${url}/v2/models/fraud/rows`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${key}`,
            'content-type': 'application/json',
            connection: 'close',
          },
          body: JSON.stringify({ rows: [ROW] }),
        }).then((answer) => answer.status),
      );
      return [...new Set(await Promise.all(asked))];
    };
    const { id } = await open();
    await contain(id, { action: 'raise_caller', caller: 'app', rung: 'block' });
    assert.deepEqual(await statuses(), [403]);
    await undo(id);
    assert.ok(!(await statuses()).includes(403));
    assert.equal((await ask('GET', `incidents/${id}`)).body.measures[0]?.state, 'undone');
    assert.equal(gateway.gate.house.policy.emergency.length, 0);
  });
});
