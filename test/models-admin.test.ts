import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import type { RegisteredModel } from '../src/store/model-steps.ts';
import { FaultyDisk } from './faults/faulty-disk.ts';
import { GUARDS, startGateway } from './harness/gateway.ts';

const ROOT = 'ab'.repeat(32);

async function scene(t: TestContext) {
  const disk = new FaultyDisk();
  const gateway = await startGateway({
    upstream: 'http://127.0.0.1:9',
    policy: `  vetter: { allow: [{ actions: ["registry.*"] }] }\n${GUARDS}`,
    settings: 'models: { approvals: 2, unsigned: allow }',
    ledger: { disk, recoverAfter: 20, checkpointAfter: 20 },
  });
  t.after(() => gateway.close());
  const { gate } = gateway.gateway;
  const keys = Object.fromEntries(
    ['ann', 'ben', 'cat'].map((name) => {
      const draft = { name, owner: name, team: 'default', roles: ['vetter'], tags: {}, expires: undefined };
      return [name, gate.store.callers.create(draft).key];
    }),
  );
  const post = async (who: string, path: string, body: unknown = {}) => {
    const answer = await gateway.post(`/admin/v1/registry${path}`, body, {
      authorization: `Bearer ${keys[who]}`,
    });
    return { status: answer.status, body: (await answer.json()) as RegisteredModel & { code?: string } };
  };
  /** A version that is scanned. */
  const added = async () => {
    const { body } = await post('ann', '', { name: 'm' });
    const model = `m@${body.version}`;
    assert.equal((await post('ann', `/${model}/scanned`, { root: ROOT, files: 1 })).status, 200);
    return model;
  };
  const approve = (who: string, model: string) => post(who, `/${model}/approve`, { root: ROOT });
  return { disk, gateway, gate, post, added, approve };
}

suite('the registry over the admin API', () => {
  test('a step is in the ledger before it is taken, and one that cannot be recorded is not', async (t) => {
    const { disk, gate, post, added, approve, gateway } = await scene(t);
    const model = await added();
    const { models } = gate.store;
    const append = gate.ledger.append.bind(gate.ledger);
    const seen: string[] = [];
    gate.ledger.append = async (entry) => {
      if (entry.kind === 'system.model') {
        seen.push(`${entry.act}: ${models.find(model).approvals.length}`);
        if (seen.length === 1) throw new Error('injected');
      }
      return append(entry);
    };
    assert.equal((await approve('ben', model)).status, 500);
    assert.deepEqual(models.find(model).approvals, []);
    assert.equal((await approve('ben', model)).status, 200);
    assert.deepEqual(seen, ['approve: 0', 'approve: 0']);

    disk.fault = { file: /jsonl$/, operation: 'write', how: 'before', code: 'ENOSPC', lasting: true };
    for (const [who, path, body] of [
      ['cat', `/${model}/approve`, { root: ROOT }],
      ['cat', `/${model}/revoke`, {}],
      ['ann', '', { name: 'other' }],
    ] as const) {
      const { status, body: said } = await post(who, path, body);
      assert.deepEqual([status, said.code], [503, 'ledger_unavailable']);
    }
    disk.fault = undefined;
    assert.deepEqual(
      models.list().map(({ name, state, approvals }) => [name, state, approvals.length]),
      [['m', 'scanned', 1]],
    );
    const kinds = gateway.entries().filter(({ kind, act }) => kind === 'system.model' && act === 'approve');
    assert.equal(kinds.length, 1);
  });

  test('at the same time: one person counts once, one version is active, every version has its number', async (t) => {
    const { gate, post, added, approve } = await scene(t);
    const [one, two] = [await added(), await added()];
    const twice = await Promise.all([approve('ben', one), approve('ben', one), approve('ben', one)]);
    assert.deepEqual(twice.map(({ status }) => status).sort(), [200, 409, 409]);
    await Promise.all([approve('cat', one), approve('ben', two), approve('cat', two)]);
    await Promise.all([post('ben', `/${one}/activate`), post('ben', `/${two}/activate`)]);
    const states = gate.store.models.list().map(({ state }) => state);
    assert.deepEqual(states.sort(), ['active', 'approved']);
    const racing = await Promise.all([post('ben', `/${one}/revoke`), post('cat', `/${one}/revoke`)]);
    assert.deepEqual(racing.map(({ status }) => status).sort(), [200, 409]);
    const made = await Promise.all(Array.from({ length: 4 }, () => post('ann', '', { name: 'n' })));
    assert.deepEqual(made.map(({ body }) => body.version).sort(), [1, 2, 3, 4]);
  });

  test('what does not fit is refused, and names nothing that was sent', async (t) => {
    const { post, added, approve } = await scene(t);
    const model = await added();
    for (const [path, body] of [
      ['', {}],
      ['', { name: '../x' }],
      ['', { name: 'm', state: 'active' }],
      [`/${model}/approve`, {}],
      [`/${model}/approve`, { root: 'x' }],
      ['/m/approve', { root: ROOT }],
      [`/${model}/signed`, { signer: 'a b' }],
      [`/${model}/activate`, { force: true }],
    ] as const) {
      const { status, body: said } = await post('ann', path, body);
      assert.deepEqual([status, said.code], [400, 'request_invalid'], `${path} ${JSON.stringify(body)}`);
    }
    assert.equal((await approve('ben', 'm@77')).status, 404);
    assert.equal((await approve('ann', model)).status, 403);
    assert.equal((await post('ben', `/${model}/signed`, { signer: 'release' })).status, 403);
  });
});
