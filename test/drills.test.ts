import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { contractsOf } from '../src/gateway/predict/predictions.ts';
import type { Drill } from '../src/incidents/drill.ts';
import { credentialStuffing } from '../src/incidents/drills/credential-stuffing.ts';
import { modelExtraction } from '../src/incidents/drills/model-extraction.ts';
import { type DrillOptions, runDrill } from '../src/lifecycle/incidents/drill.ts';
import { CONTRACT, calibrationOf, classifier, KEY } from './harness/classifiers.ts';
import { startGateway, type TestGateway } from './harness/gateway.ts';
import { servePredictions } from './harness/predictions.ts';

/** Drills in a whole gateway: noticed by the detections that ship, contained, recovered, and nothing of them left. */

const ROLES = `version: 1
roles:
  app: { allow: [{ actions: [chat, predict, models.list], models: ["*"] }] }
  admin: { allow: [{ actions: ["callers.*", "incidents.*", "alarms.*", audit.read] }] }
`;

function play(gate: TestGateway, drill: Drill, more: Partial<DrillOptions> = {}) {
  const { gate: inner } = gate.gateway;
  const said: string[] = [];
  const options: DrillOptions = {
    drill,
    address: gate.url,
    model: undefined,
    contracts: contractsOf(inner.house.settings),
    proxied: undefined,
    role: 'app',
    patience: 20_000,
    async admin(method, path, body) {
      const answer = await fetch(gate.url + path, {
        method,
        headers: { authorization: `Bearer ${gate.adminKey}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      assert.ok(answer.status < 300, `${path}: ${text}`);
      return JSON.parse(text);
    },
    tick: () => performance.now(),
    signal: new AbortController().signal,
    tell: (what) => said.push(what),
    ...more,
  };
  return runDrill(options);
}

const woken = ({ gateway }: TestGateway) => gateway.gate.watcher?.ask('exchange', { id: '' });

/** Its caller has ended, and no incident and no measure is left. */
function checkOver({ gateway }: TestGateway, caller: string): void {
  const { store, house } = gateway.gate;
  const known = store.callers.list().find(({ id }) => id === caller);
  assert.ok(known?.disabled !== null && known?.keys.every(({ state }) => state === 'revoked'));
  assert.deepEqual(store.incidents.list({ open: true, limit: 10 }), []);
  assert.equal(house.policy.emergency.length, 0);
}

suite('drills', () => {
  test('model-extraction: monitors notice the thief, who is blocked, let go and forgotten', async (t) => {
    const model = classifier();
    const gate = await servePredictions(
      t,
      {
        files: {
          'fraud.yaml': CONTRACT,
          'calibration.json': await calibrationOf(model),
          'policy.yaml': ROLES,
        },
      },
      `, calibration: calibration.json, calibration_key: "${KEY}"`,
    );
    gate.add(model);
    await woken(gate);
    const result = await play(gate, modelExtraction);
    assert.ok(result.sent > 10);
    const { detect = -1, contain = -1, recover = -1 } = result.ms;
    assert.ok(detect >= 0 && detect <= contain && contain <= recover);
    const incident = gate.gateway.gate.store.incidents.get(result.incident ?? '');
    assert.deepEqual(
      [incident.origin, incident.drill, incident.playbook, incident.rule, incident.state],
      ['drill', 'model-extraction', 'model-extraction', 'monitor.alarm', 'closed'],
    );
    assert.equal(incident.measures[0]?.action, 'raise_caller');
    assert.equal(gate.gateway.gate.defence?.stanceOf('fraud', result.caller), undefined);
    checkOver(gate, result.caller);
    await assert.rejects(play(gate, modelExtraction, { model: 'nobody' }), /no prediction of that name/);
  });

  test('credential-stuffing: from networks of nobody, and no other network waits for it', async (t) => {
    const gate = await startGateway({
      upstream: 'http://127.0.0.1:9',
      listen: 'trusted_proxies: [127.0.0.1]',
      settings: 'abuse: { networks: { count: 8, window: 1h, action: flag } }',
      files: { 'policy.yaml': ROLES },
    });
    t.after(() => gate.close());
    await woken(gate);
    const result = await play(gate, credentialStuffing, { proxied: 'x-forwarded-for' });
    assert.ok(result.sent >= 20);
    const { detect = -1, contain = -1, recover = -1 } = result.ms;
    assert.ok(detect >= 0 && detect <= contain && contain <= recover);
    const { incidents, people } = { ...gate.gateway.gate.store, people: gate.gateway.gate.people };
    const all = incidents.list({ limit: 10 });
    assert.ok(
      all.some(({ rule, drill }) => rule === 'credential.many-networks' && drill === 'credential-stuffing'),
    );
    assert.ok(all.every(({ state }) => state === 'closed'));
    const home = { account: 'nobody', network: '127.0.0.0/24' };
    assert.equal(people.throttle.begin(home), 0);
    checkOver(gate, result.caller);
    await assert.rejects(play(gate, credentialStuffing), /believes no proxy/);
    const kinds = gate.allEntries().map(({ kind }) => kind);
    assert.ok(kinds.includes('person.sign_in_refused'));
  });
});
