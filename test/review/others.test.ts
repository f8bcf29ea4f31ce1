import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { contain, undo } from '../../src/gateway/incidents/contain.ts';
import { openIncident } from '../../src/gateway/incidents/open.ts';
import { ITSELF, NO_LINKS } from '../../src/incidents/fact.ts';
import { place, VAULT } from './place.ts';

/** What waits in the review queue beside texts: versions of sealed models, and what the gateway has done by itself. */

const POLICY = (review = '') => `version: 1
roles:
  app: { allow: [{ actions: [chat], models: ["*"] }] }
  admin: { allow: [{ actions: ["reviews.*", "incidents.*", "registry.*", content.read] }] }
  decider: { allow: [{ actions: ["reviews.*"] }] }
${review}`;

interface Waiting {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly on_timeout: string;
  readonly decided: { readonly by: string } | null;
  readonly about: {
    readonly model?: { readonly name: string; readonly submitter: { readonly id: string } };
    readonly measure?: { readonly action: string };
  } | null;
}

async function scene(t: TestContext, review = '', models = '{ approvals: 1, unsigned: allow }') {
  const it = await place(t, POLICY(review), { settings: `${VAULT}\nmodels: ${models}` });
  const { gate } = it.gateway.gateway;
  const kindOf = async (kind: string, state = 'open'): Promise<Waiting> => {
    for (let tries = 0; tries < 200; tries++) {
      const { said } = await it.admin('GET', `?kind=${kind}&state=${state}`);
      const [one] = said.reviews;
      if (one !== undefined) return one as unknown as Waiting;
      await pause(25);
    }
    return assert.fail(`no ${kind} is ${state}`);
  };
  /** Sealed and scanned, as it is before anybody approves. */
  const scanned = (submitter = 'clr_ann') => {
    const { models: registry } = gate.store;
    const by = { id: submitter, owner: 'ann' };
    const { name, version } = registry.add(registry.newId('fraud'), 'fraud', by);
    const root = randomBytes(32).toString('hex');
    const scan = { version: '1', policy: null, until: null };
    registry.take(`${name}@${version}`, { act: 'scan', by, root, files: 1, bytes: 1, scan });
    return `${name}@${version}`;
  };
  const acted = async () => {
    const opening = { title: 'a series', severity: 'high', origin: 'rule', atlas: [], owasp: [] } as const;
    const incident = await openIncident(gate, { by: ITSELF }, { ...opening, links: NO_LINKS });
    await contain(gate, incident.id, { by: ITSELF }, { action: 'block_model', on: { model: 'm' } });
    return incident.id;
  };
  const stateOf = (model: string) => gate.store.models.exactly(model).state;
  return { ...it, gate, kindOf, scanned, acted, stateOf };
}

suite('deployments and containments in the queue', { concurrency: 3 }, () => {
  test('a version that waits is approved there by the rules of the registry', async (t) => {
    const { admin, kindOf, scanned, stateOf, other, gateway, poll } = await scene(t);
    const model = scanned();
    const held = await kindOf('deployment');
    assert.deepEqual([held.about?.model?.name, held.about?.model?.submitter.id], ['fraud', 'clr_ann']);
    assert.equal(held.on_timeout, 'block');
    // Who may review texts, and not approve models, cannot do it by this way; nor can who has submitted it.
    const pass = { reason: 'scanned and signed' };
    const weak = await admin('POST', `/${held.id}/pass`, pass, other('dan', ['decider']));
    assert.equal(weak.status, 403);
    const own = await admin('POST', `/${held.id}/pass`, pass, other('ann', ['admin'], 'ann'));
    assert.equal(own.status, 403);
    assert.equal((await admin('POST', `/${held.id}/pass`, { ...pass, always: true })).status, 400);
    assert.equal(stateOf(model), 'scanned');
    assert.equal((await poll(held.id)).status, 404);

    const passed = await admin('POST', `/${held.id}/pass`, pass);
    assert.deepEqual([passed.status, passed.said.state], [200, 'passed']);
    assert.equal(stateOf(model), 'approved');
    assert.equal((await admin('GET', `/${held.id}/content`)).said.text, null);
    const entries = gateway.allEntries();
    assert.ok(entries.some(({ kind, act }) => kind === 'system.model' && act === 'approve'));
    assert.ok(entries.some(({ kind, held: of }) => kind === 'review.held' && of === 'deployment'));
    assert.ok(entries.some(({ kind, held: of }) => kind === 'review.decided' && of === 'deployment'));
    assert.equal((await admin('POST', `/${held.id}/block`, { reason: 'late' })).status, 409);
  });

  test('one that needs two people stays until both have, and one that is blocked is revoked', async (t) => {
    const { admin, kindOf, scanned, stateOf, other } = await scene(
      t,
      '',
      '{ approvals: 2, unsigned: allow }',
    );
    const model = scanned();
    const held = await kindOf('deployment');
    const first = await admin('POST', `/${held.id}/pass`, { reason: 'fine' });
    assert.deepEqual([first.status, first.said.state, stateOf(model)], [200, 'open', 'scanned']);
    const ben = other('ben', ['admin'], 'ben');
    const second = await admin('POST', `/${held.id}/pass`, { reason: 'fine too' }, ben);
    assert.deepEqual([second.said.state, stateOf(model)], ['passed', 'approved']);

    const bad = scanned();
    const next = await kindOf('deployment');
    await admin('POST', `/${next.id}/block`, { reason: 'a backdoor' });
    assert.equal(stateOf(bad), 'revoked');
  });

  test('what the gateway did by itself is confirmed, or undone', async (t) => {
    const { admin, kindOf, acted, gate, chat, other } = await scene(t);
    const first = await acted();
    const held = await kindOf('containment');
    assert.deepEqual([held.about?.measure?.action, held.on_timeout], ['block_model', 'pass']);
    const kept = await admin('POST', `/${held.id}/pass`, { reason: 'rightly so' });
    assert.equal(kept.said.state, 'passed');
    assert.equal((await chat('hello')).status, 403);

    const second = await acted();
    const again = await kindOf('containment');
    const dan = other('dan', ['decider']);
    assert.equal((await admin('POST', `/${again.id}/block`, { reason: 'no' }, dan)).status, 403);
    await admin('POST', `/${again.id}/block`, { reason: 'nothing has happened' });
    const stateIn = (id: string) => gate.store.incidents.get(id).measures[0]?.state;
    assert.deepEqual([stateIn(first), stateIn(second)], ['held', 'undone']);
    // The other incident still asks for it.
    assert.equal((await chat('hello')).status, 403);
  });

  test('where nobody decides, the policy does', async (t) => {
    const { kindOf, acted, gate, chat } = await scene(t, 'review: { deadline: 1s, containments: undo }');
    const id = await acted();
    const late = await kindOf('containment', 'blocked');
    assert.equal(late.decided?.by, 'deadline');
    assert.deepEqual(
      gate.store.incidents.get(id).measures.map(({ state, expired }) => [state, expired]),
      [['undone', true]],
    );
    assert.equal((await chat('hello')).status, 200);
  });

  test('what is undone in its incident waits no longer', async (t) => {
    const { admin, kindOf, acted, gate } = await scene(t);
    await acted();
    const held = await kindOf('containment');
    const [{ incident = '' } = {}] = gate.store.incidents.measures();
    await undo(gate, incident, { by: { id: 'per_x', name: 'x' } }, 1);
    const closed = await kindOf('containment', 'blocked');
    assert.deepEqual([closed.id, closed.decided?.by], [held.id, 'elsewhere']);
    assert.equal((await admin('POST', `/${held.id}/block`, { reason: 'late' })).status, 409);
  });
});
