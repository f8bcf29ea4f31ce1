import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { Secret } from '../src/base/secret.ts';
import { askControl } from '../src/gateway/control-client.ts';
import type { SealedAs } from '../src/lifecycle/models/form.ts';
import { SealedModels } from '../src/lifecycle/models/sealed-models.ts';
import type { RegisteredModel } from '../src/store/model-steps.ts';
import { localMaster } from '../src/vault/master.ts';
import { Masters } from '../src/vault/masters.ts';
import { FaultyDisk } from './faults/faulty-disk.ts';
import { GUARDS, startGateway } from './harness/gateway.ts';

const BYTES = Buffer.alloc(3_000_000, 7);
const SCANNED = { version: '1' };
const master = localMaster('main', Buffer.alloc(32, 0xaa));
const VAULT = 'vault: { masters: { main: { key: { file: ./master.key } } } }';

async function scene(t: TestContext, settings = `${VAULT}\nmodels: { approvals: 2, unsigned: allow }`) {
  const disk = new FaultyDisk();
  const gateway = await startGateway({
    upstream: 'http://127.0.0.1:9',
    policy: `  vetter: { allow: [{ actions: ["registry.*", "vault.*"] }] }\n${GUARDS}`,
    settings,
    files: { 'master.key': 'aa'.repeat(32), 'other.key': 'bb'.repeat(32) },
    ledger: { disk, recoverAfter: 20, checkpointAfter: 20 },
  });
  t.after(() => gateway.close());
  const { gate } = gateway.gateway;
  const folder = join(gateway.folder, 'gatehouse-data/models');
  const sealed = new SealedModels(folder);
  const keys: Record<string, string> = {};
  const person = (name: string, owner = name) => {
    const draft = { name, owner, team: 'default', roles: ['vetter'], tags: {}, expires: undefined };
    keys[name] = gate.store.callers.create(draft).key;
  };
  for (const name of ['ann', 'ben', 'cat']) person(name);
  const send = async (who: string, path: string, method: 'GET' | 'POST', body?: unknown) => {
    const answer = await fetch(`${gateway.url}/admin/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${keys[who]}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return {
      status: answer.status,
      body: (await answer.json()) as RegisteredModel & { code?: string; title?: string },
    };
  };
  const post = (who: string, path: string, body: unknown = {}) => send(who, `/registry${path}`, 'POST', body);
  /** Seals some bytes. Returns the digest. */
  const seal = async (about: SealedAs) => {
    const draft = await sealed.begin(about, new Masters([master], master));
    await draft.seal('w.bin', 'model', {
      size: BYTES.length,
      read: async (into, at) => BYTES.copy(into, 0, at),
    });
    const { root } = await draft.finish();
    await draft.release();
    return root;
  };
  /** A version that is scanned. */
  const added = async () => {
    const { body } = await post('ann', '', { name: 'm' });
    const model = `m@${body.version}`;
    const root = await seal(body);
    assert.equal((await post('ann', `/${model}/scanned`, { root, ...SCANNED })).status, 200);
    return model;
  };
  const approve = (who: string, model: string) =>
    post(who, `/${model}/approve`, { root: gate.store.models.find(model).root });
  /** A version that two have approved. */
  const approved = async () => {
    const model = await added();
    for (const who of ['ben', 'cat']) assert.equal((await approve(who, model)).status, 200);
    return model;
  };
  const steps = () => gateway.entries().filter(({ kind }) => kind === 'system.model');
  return { disk, gateway, gate, keys, folder, person, send, post, seal, added, approve, approved, steps };
}

suite('the registry over the admin API', () => {
  test('a step is in the ledger before it is taken, and one that cannot be recorded is not', async (t) => {
    const { disk, gate, post, added, approve, steps } = await scene(t);
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
      ['cat', `/${model}/approve`, { root: models.find(model).root }],
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
    assert.equal(steps().filter(({ act }) => act === 'approve').length, 1);
  });

  test('at the same time: one person counts once, one version is active, every version has its number', async (t) => {
    const { gate, post, added, approve, steps } = await scene(t);
    const [one, two] = [await added(), await added()];
    const twice = await Promise.all([approve('ben', one), approve('ben', one), approve('ben', one)]);
    assert.deepEqual(twice.map(({ status }) => status).sort(), [200, 409, 409]);
    // The ledger has one approval of them, not three.
    assert.equal(steps().filter(({ act }) => act === 'approve').length, 1);
    await Promise.all([approve('cat', one), approve('ben', two), approve('cat', two)]);
    await Promise.all([post('ben', `/${one}/activate`), post('ben', `/${two}/activate`)]);
    const states = gate.store.models.list().map(({ state }) => state);
    assert.deepEqual(states.sort(), ['active', 'approved']);
    // The one that the ledger has last.
    const last = steps().findLast(({ act }) => act === 'activate');
    assert.equal(gate.store.models.find('m').version, last?.version);
    const racing = await Promise.all([post('ben', `/${one}/revoke`), post('cat', `/${one}/revoke`)]);
    assert.deepEqual(racing.map(({ status }) => status).sort(), [200, 409]);
    const made = await Promise.all(Array.from({ length: 4 }, () => post('ann', '', { name: 'n' })));
    assert.deepEqual(made.map(({ body }) => body.version).sort(), [1, 2, 3, 4]);
  });

  test('what does not fit is refused, and names nothing that was sent', async (t) => {
    const { post, added, approve, gate } = await scene(t);
    const model = await added();
    const { root } = gate.store.models.find(model);
    for (const [path, body] of [
      ['', {}],
      ['', { name: '../x' }],
      ['', { name: 'm', state: 'active' }],
      [`/${model}/approve`, {}],
      [`/${model}/approve`, { root: 'x' }],
      ['/m/approve', { root }],
      [`/${model}/signed`, { signer: 'release' }],
      [`/${model}/scanned`, { root }],
      [`/${model}/scanned`, { root, version: '1\n2' }],
      [`/${model}/rescanned`, { root, version: '1', verdict: 'clean', until: '2027-02-31' }],
      [`/${model}/rescanned`, { root, version: '1', verdict: 'fine' }],
      [`/${model}/activate`, { force: true }],
      [`/${model}/export`, {}],
      [`/${model}/export`, { to: '/out\u001b[2J' }],
      [`/${model}/export`, { to: 'x'.repeat(1025) }],
    ] as const) {
      const { status, body: said } = await post('ann', path, body);
      assert.deepEqual([status, said.code], [400, 'request_invalid'], `${path} ${JSON.stringify(body)}`);
    }
    assert.equal((await post('ben', '/m@77/approve', { root })).status, 404);
    assert.equal((await approve('ann', model)).status, 403);
  });
});

suite('whoever claims something of a model', () => {
  test('is not believed: without sealed files there is nothing scanned, and without a signature nothing signed', async (t) => {
    const { post, seal, gate } = await scene(t);
    const { body } = await post('ann', '', { name: 'm' });
    const scanned = (root: string) => post('ann', '/m@1/scanned', { root, ...SCANNED });
    const nothing = await scanned('ab'.repeat(32));
    assert.deepEqual([nothing.status, /are not there/.test(nothing.body.title ?? '')], [409, true]);
    const root = await seal(body);
    assert.equal((await scanned('ab'.repeat(32))).status, 409);
    assert.equal((await post('ben', '/m@1/scanned', { root, ...SCANNED })).status, 403);
    assert.equal((await scanned(root)).status, 200);
    const { files, bytes } = gate.store.models.find('m@1');
    assert.deepEqual([files, bytes], [1, BYTES.length]);
    const signed = await post('ann', '/m@1/signed');
    assert.deepEqual([signed.status, gate.store.models.find('m@1').signer], [409, null]);
  });

  test('of a gateway without a vault, gets nothing of it', async (t) => {
    const { post } = await scene(t, 'models: { unsigned: allow }');
    await post('ann', '', { name: 'm' });
    const { status } = await post('ann', '/m@1/scanned', { root: 'ab'.repeat(32), ...SCANNED });
    assert.equal(status, 409);
  });
});

suite('to make a model active over HTTP', () => {
  test('all of it is read: a byte that was changed since is found then', async (t) => {
    const { post, approved, gate, folder, steps } = await scene(t);
    const model = await approved();
    const file = join(folder, gate.store.models.find(model).id, '0');
    const good = readFileSync(file);
    const bad = Buffer.from(good);
    bad[2_500_000] = 0;
    writeFileSync(file, bad);
    const refused = await post('ben', `/${model}/activate`);
    assert.deepEqual([refused.status, refused.body.code], [409, 'conflict']);
    assert.match(refused.body.title ?? '', /is not what was sealed/);
    assert.equal(gate.store.models.find(model).state, 'approved');
    assert.ok(steps().every(({ act }) => act !== 'activate'));
    writeFileSync(file, good);
    assert.equal((await post('ben', `/${model}/activate`)).status, 200);
  });

  test('approvals of people who were switched off since, or whose keys were revoked, do not count', async (t) => {
    const { post, approved, approve, gate, person } = await scene(t);
    const { callers } = gate.store;
    for (const leave of [() => callers.setDisabled('cat', true), () => callers.revoke('cat')]) {
      const model = await approved();
      leave();
      const refused = await post('ben', `/${model}/activate`);
      assert.deepEqual([refused.status, /1 of 2 people/.test(refused.body.title ?? '')], [409, true]);
      person(`dan-${model}`);
      assert.equal((await approve(`dan-${model}`, model)).status, 200);
      assert.equal((await post('ben', `/${model}/activate`)).status, 200);
      callers.setDisabled('cat', false);
    }
  });

  test('somebody who loses their key while it is read makes nothing active; revoked meanwhile, it stays revoked', async (t) => {
    const { post, approved, gate } = await scene(t);
    const { shelf } = gate;
    assert.ok(shelf);
    const check = shelf.check.bind(shelf);
    let meanwhile = () => {};
    shelf.check = async (...given) => {
      const checked = await check(...given);
      meanwhile();
      return checked;
    };
    const model = await approved();
    meanwhile = () => void gate.store.callers.setDisabled('ben', true);
    assert.equal((await post('ben', `/${model}/activate`)).status, 401);
    gate.store.callers.setDisabled('ben', false);
    meanwhile = () => void gate.store.models.take(model, { act: 'revoke' });
    assert.equal((await post('ben', `/${model}/activate`)).status, 409);
    assert.equal(gate.store.models.find(model).state, 'revoked');
  });

  test('how far it is can be seen; a gateway that stops does not wait for it', async (t) => {
    const { post, send, approved, gate } = await scene(t);
    const model = await approved();
    const { shelf } = gate;
    assert.ok(shelf);
    const check = shelf.check.bind(shelf);
    const seen: unknown[] = [];
    shelf.check = (model, settings, onBytes) =>
      check(model, settings, (bytes) => {
        seen.push(shelf.checking.get(model.id));
        onBytes(bytes);
      });
    assert.equal((await post('ben', `/${model}/activate`)).status, 200);
    assert.deepEqual(seen, [1 << 20, 2 << 20, BYTES.length]);
    const { body } = await send('ben', `/registry/${model}`, 'GET');
    assert.equal((body as unknown as { checking: null }).checking, null);
    const other = await approved();
    gate.closing = true;
    const stopped = await gate.shelf
      ?.check(gate.store.models.find(other), gate.house.settings, () => {
        throw new Error('stop');
      })
      .catch((error: Error) => error.message);
    gate.closing = false;
    assert.equal(stopped, 'stop');
    assert.equal(shelf.checking.size, 0);
  });

  test('it was scanned by the rules of now', async (t) => {
    const { post, approved, gate } = await scene(t);
    const model = await approved();
    const { root } = gate.store.models.find(model);
    const rescanned = (version: string, verdict: string) =>
      post('ben', `/${model}/rescanned`, { root, version, verdict });
    assert.equal((await rescanned('0.9', 'clean')).status, 200);
    assert.match((await post('ben', `/${model}/activate`)).body.title ?? '', /another version or policy/);
    assert.equal((await rescanned('1', 'findings')).status, 200);
    assert.match((await post('ben', `/${model}/activate`)).body.title ?? '', /did not come to clean/);
    assert.equal((await rescanned('1', 'clean')).status, 200);
    assert.equal((await post('ben', `/${model}/activate`)).status, 200);
  });
});

test('keys that are nobody’s, on the control socket, make nobody of this machine wait', async (t) => {
  const { gateway, keys } = await scene(t);
  const socket = join(gateway.folder, 'gatehouse-data/control.sock');
  const ask = (key: string) =>
    askControl(socket, 'GET', '/admin/v1/registry', undefined, { key: new Secret(key) });
  for (let i = 0; i < 60; i += 1) assert.equal((await ask('ghk_nobody'))?.status, 401);
  assert.equal((await ask(keys.ann ?? ''))?.status, 200);
  const { status } = await fetch(`${gateway.url}/v1/models`, {
    headers: { authorization: 'Bearer ghk_nobody' },
  });
  assert.equal(status, 401);
});

suite('one person with two names', () => {
  test('is one: other spellings of an owner are the same owner', async (t) => {
    const { person, added, approve } = await scene(t);
    const model = await added();
    for (const [name, owner] of [
      ['second', 'Ann'],
      ['third', 'a nn'],
      ['fourth', '\uff41\uff4e\uff4e'],
    ] as const) {
      person(name, owner);
      assert.equal((await approve(name, model)).status, 403, JSON.stringify(owner));
    }
    assert.equal((await approve('ben', model)).status, 200);
    person('seventh', 'BEN');
    assert.equal((await approve('seventh', model)).status, 409);
  });
});

suite('what leaves the registry', () => {
  test('taken out: who, what and where is an entry of its own, and only of what is active', async (t) => {
    const { post, approved, gate, steps } = await scene(t);
    const model = await approved();
    const out = (who: string) => post(who, `/${model}/export`, { to: '/srv/models/m' });
    assert.equal((await out('cat')).status, 409);
    await post('ben', `/${model}/activate`);
    assert.equal((await out('cat')).status, 200);
    const { root, id, version } = gate.store.models.find(model);
    const entry = steps().at(-1) ?? {};
    const caller = gate.store.callers.get('cat').id;
    assert.equal((entry.caller as { id: string }).id, caller);
    const { act, owner, model: of, to } = entry;
    assert.deepEqual([act, owner, of, to], ['export', 'cat', id, '/srv/models/m']);
    assert.deepEqual([entry.version, entry.root], [version, root]);
  });

  test('removed: only what was revoked, and then nobody can open it any more', async (t) => {
    const { post, approved, gate, folder, steps } = await scene(t);
    const model = await approved();
    const { id } = gate.store.models.find(model);
    assert.equal((await post('ben', `/${model}/remove`)).status, 409);
    await post('ben', `/${model}/revoke`);
    assert.ok(existsSync(join(folder, id)));
    assert.equal((await post('ben', `/${model}/remove`)).body.state, 'removed');
    assert.deepEqual(readdirSync(folder), []);
    assert.equal((await post('ben', `/${model}/remove`)).status, 409);
    assert.deepEqual(
      steps()
        .slice(-2)
        .map(({ act, model }) => [act, model]),
      [
        ['revoke', id],
        ['remove', id],
      ],
    );
  });
});

suite('the vault and sealed models', () => {
  test('their keys are counted, and wrapped anew with the others', async (t) => {
    const two =
      'vault: { masters: { main: { key: { file: ./master.key } }, next: { key: { file: ./other.key } } }, current: next }';
    const { send, added, folder, gateway } = await scene(t, `${two}\nmodels: { unsigned: allow }`);
    await added();
    mkdirSync(join(folder, 'mdl_rubbish'));
    // Without the master key that they need, nothing is reloaded.
    const file = join(gateway.folder, 'gatehouse.yaml');
    const settings = readFileSync(file, 'utf8');
    writeFileSync(file, settings.replace('main: { key: { file: ./master.key } },', ''));
    await assert.rejects(gateway.gateway.reload(), /“main” still wraps keys of sealed models/);
    writeFileSync(file, settings);
    const status = async () =>
      (
        (await send('ben', '/vault', 'GET')).body as unknown as {
          masters: { name: string; models: number }[];
        }
      ).masters.map(({ name, models }) => [name, models]);
    assert.deepEqual(await status(), [
      ['main', 1],
      ['next', 0],
    ]);
    const rotated = await send('ben', '/vault/rotate', 'POST', {});
    assert.equal((rotated.body as unknown as { keys: number }).keys, 1);
    assert.deepEqual(await status(), [
      ['main', 0],
      ['next', 1],
    ]);
  });
});
