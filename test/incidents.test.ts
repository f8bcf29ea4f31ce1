import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { heedAlerts } from '../src/gateway/incidents/open.ts';
import { alertIn } from '../src/incidents/alert.ts';
import { factOf, type Recorded } from '../src/incidents/fact.ts';
import { follow } from '../src/incidents/incident.ts';
import { startGateway, type TestGateway } from './harness/gateway.ts';
import { startUpstream } from './harness/upstream.ts';

/** Incidents over the real admin API: found, contained, undone, closed and told of. */

interface Shown {
  readonly id: string;
  readonly state: string;
  readonly version: number;
  readonly drill: string | null;
  readonly origin: string;
  readonly playbook: string | null;
  readonly measures: readonly { readonly number: number; readonly action: string; readonly state: string }[];
  readonly links: { readonly callers: string[]; readonly detections: number[]; readonly exchanges: string[] };
  readonly ms_to: { readonly contain: number | null };
}

const GUARDS = `guards:
  - use: patterns
    name: names
    action: block
    patterns: [{ id: heron, words: [heron] }]
  - use: patterns
    name: watching
    action: flag
    patterns: [{ id: ibis, words: [ibis] }]
`;

async function scene(t: TestContext, more: Partial<Parameters<typeof startGateway>[0]> = {}) {
  const upstream = await startUpstream();
  const gate = await startGateway({ upstream: upstream.url, policy: GUARDS, ...more });
  t.after(async () => {
    await gate.close();
    await upstream.close();
  });
  return { ...tools(gate), gate, upstream };
}

function tools(gate: TestGateway) {
  const ask = async (method: string, path: string, body?: object, key = gate.adminKey) => {
    const answer = await fetch(`${gate.url}/admin/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const json = answer.headers.get('content-type')?.includes('json') === true;
    return {
      status: answer.status,
      text,
      body: json ? (JSON.parse(text) as Shown & Record<string, never>) : undefined,
    };
  };
  /** Must succeed. */
  const act = async (path: string, body: object = {}): Promise<Shown> => {
    const { status, text, body: said } = await ask('POST', path, body);
    assert.ok(status < 300, text);
    return said as Shown;
  };
  const chat = async (content: string, extra: object = {}) => {
    const answer = await gate.post('/v1/chat/completions', {
      model: 'm',
      messages: [{ role: 'user', content }],
      ...extra,
    });
    await answer.text();
    return answer.status;
  };
  const open = (body: object = {}) => act('incidents', { title: 'a series', severity: 'high', ...body });
  const appId = () => gate.gateway.gate.store.callers.get('app').id;
  return { ask, act, chat, open, appId };
}

const alertOf = (caller: string) => ({
  kind: 'detect.alert',
  detection: 'det_1',
  rule: 'injection-series',
  title: 'A series of injections',
  level: 'high',
  atlas: ['AML.T0051.000'],
  owasp: ['LLM01:2025'],
  group: { caller },
  count: 5,
  limit: 5,
  first: 1,
  last: 2,
  repeat: 0,
  since: new Date(Date.now() - 1000).toISOString(),
  until: new Date().toISOString(),
});

async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await setTimeout(25);
  }
  throw new Error('it did not come');
}

/** The thread that watches starts when it is asked first, or after a while. */
const woken = ({ gateway }: TestGateway) => gateway.gate.watcher?.ask('exchange', { id: '' });

suite('incidents', () => {
  test('from an attack by way of an alert to a post-mortem', async (t) => {
    const { ask, act, chat, appId, gate } = await scene(t);
    assert.equal(await chat('about project heron'), 403);
    const { store, ledger } = gate.gateway.gate;
    await ledger.append(alertOf(appId()));
    await woken(gate);
    const incident = await until(() => store.incidents.list({ limit: 1 })[0]);
    assert.deepEqual(
      [incident.origin, incident.playbook, incident.links.callers, incident.state],
      ['rule', 'prompt-injection', [appId()], 'new'],
    );
    // The same again belongs to it.
    await ledger.append(alertOf(appId()));
    await until(() => (store.incidents.get(incident.id).links.detections.length === 2 ? true : undefined));
    assert.equal(store.incidents.list({ limit: 10 }).length, 1);

    assert.equal(await chat('hello'), 200);
    const held = await act(`incidents/${incident.id}/contain`, { action: 'suspend_caller', caller: 'app' });
    assert.deepEqual([held.state, held.measures[0]?.state], ['contained', 'held']);
    assert.equal(await chat('hello'), 401);
    const refused = await ask('POST', `incidents/${incident.id}/move`, {
      to: 'closed',
      resolution: 'resolved',
    });
    assert.equal(refused.status, 409);
    const undone = await act(`incidents/${incident.id}/undo`, { measure: 1 });
    assert.equal(undone.measures[0]?.state, 'undone');
    assert.equal(await chat('hello'), 200);

    await act(`incidents/${incident.id}/comment`, { text: 'what Ann <b>wrote</b>' });
    await act(`incidents/${incident.id}/evidence`, {
      entries: [0, 1],
      files: [{ name: 'dump.txt', sha256: 'a'.repeat(64), bytes: 3 }],
    });
    await act(`incidents/${incident.id}/step`, { step: 'look', done: true });
    for (const to of ['eradicated', 'recovered']) await act(`incidents/${incident.id}/move`, { to });
    const closed = await act(`incidents/${incident.id}/move`, { to: 'closed', resolution: 'resolved' });
    assert.equal(closed.state, 'closed');

    const markdown = (await ask('GET', `incidents/${incident.id}/postmortem`)).text;
    assert.match(markdown, /names\.heron blocked 1 request/);
    assert.match(markdown, /closed: resolved/);
    assert.match(markdown, /detect\.alert/);
    const html = await ask('GET', `incidents/${incident.id}/postmortem?form=html`);
    assert.match(html.text, /^<!doctype html>/);
    for (const text of [markdown, html.text]) assert.doesNotMatch(text, /what Ann/);
    const comments = (await ask('GET', `incidents/${incident.id}/comments`)).text;
    assert.match(comments, /what Ann <b>wrote/);

    // The ledger has no text of a comment, and everything that the store has.
    assert.doesNotMatch(JSON.stringify(gate.allEntries()), /what Ann/);
    const facts = gate
      .allEntries()
      .map((fields) =>
        factOf({ ...(fields as { seq: number; time: string; kind: string }), fields: fields as never }),
      )
      .filter((fact): fact is Recorded => fact !== undefined);
    const folded = facts.reduce<Parameters<typeof follow>[0]>(
      (before, fact) => follow(before, fact),
      undefined,
    );
    assert.deepEqual(
      JSON.parse(JSON.stringify(folded)),
      JSON.parse(JSON.stringify(store.incidents.get(incident.id))),
    );
  });

  test('measures on top of the policy act at once, and nothing of them is left', async (t) => {
    const { act, chat, open, ask, gate } = await scene(t);
    const hash = gate.gateway.gate.house.policy.hash;
    const { id } = await open();
    const contain = (body: object) => act(`incidents/${id}/contain`, body);
    const undo = (measure: number) => act(`incidents/${id}/undo`, { measure });

    await contain({ action: 'block_model', model: 'm' });
    assert.equal(await chat('hello'), 403);
    assert.notEqual(gate.gateway.gate.house.policy.hash, hash);
    await undo(1);
    assert.equal(await chat('hello'), 200);

    assert.equal(await chat('an ibis'), 200);
    await contain({ action: 'tighten_guard', guard: 'watching' });
    assert.equal(await chat('an ibis'), 403);
    await undo(2);
    assert.equal(await chat('an ibis'), 200);

    const tools = [{ type: 'function', function: { name: 'shell', parameters: {} } }];
    await contain({ action: 'block_tool', tool: 'shell' });
    assert.equal(await chat('hello', { tools }), 403);
    assert.equal(await chat('hello'), 200);
    await undo(3);
    assert.equal(await chat('hello', { tools }), 200);

    await contain({ action: 'switch_model', model: 'gpt-4', to: 'renamed' });
    assert.equal(gate.gateway.gate.house.settings.routes.find('gpt-4')?.targets[0]?.as, 'inner');
    await undo(4);
    assert.equal(gate.gateway.gate.house.settings.routes.find('gpt-4')?.targets[0]?.as, 'gpt-4');

    assert.equal(
      (await ask('POST', `incidents/${id}/contain`, { action: 'tighten_guard', guard: 'x' })).status,
      404,
    );
    assert.equal(
      (await ask('POST', `incidents/${id}/contain`, { action: 'switch_model', model: 'm', to: 'x' })).status,
      409,
    );
    assert.equal((await ask('POST', `incidents/${id}/contain`, { action: 'block_model' })).status, 400);
    assert.equal((await ask('POST', `incidents/${id}/contain`, { action: 'rm' })).status, 400);
    assert.equal(gate.gateway.gate.house.policy.hash, hash);
  });

  test('a reload keeps what is in force, and time ends what has an end', async (t) => {
    const { act, chat, open, gate } = await scene(t);
    const { id } = await open();
    await act(`incidents/${id}/contain`, { action: 'block_model', model: 'm', for: '1500ms' });
    await gate.gateway.reload();
    assert.equal(await chat('hello'), 403);
    const undone = await until(() => {
      const incident = gate.gateway.gate.store.incidents.get(id);
      return incident.measures[0]?.state === 'undone' ? incident : undefined;
    });
    assert.equal(undone.measures[0]?.expired, true);
    assert.equal(await chat('hello'), 200);
  });

  test('two incidents that hold one caller: it comes back when both let go, as it was', async (t) => {
    const { act, chat, open } = await scene(t);
    const [a, b] = [await open(), await open()];
    for (const { id } of [a, b])
      await act(`incidents/${id}/contain`, { action: 'suspend_caller', caller: 'app' });
    await act(`incidents/${a.id}/undo`, { measure: 1 });
    assert.equal(await chat('hello'), 401);
    await act(`incidents/${b.id}/undo`, { measure: 1 });
    assert.equal(await chat('hello'), 200);
    // Who was switched off before stays so.
    await act('callers/app/disable');
    await act(`incidents/${a.id}/contain`, { action: 'suspend_caller', caller: 'app' });
    await act(`incidents/${a.id}/undo`, { measure: 2 });
    assert.equal(await chat('hello'), 401);
  });

  test('keys that were revoked stay so, and are said to', async (t) => {
    const { act, ask, chat, open } = await scene(t);
    const { id } = await open({ callers: ['app'] });
    await act(`incidents/${id}/contain`, { action: 'revoke_keys', caller: 'app' });
    assert.equal(await chat('hello'), 401);
    assert.equal((await ask('POST', `incidents/${id}/undo`, { measure: 1 })).status, 409);
    for (const to of ['eradicated', 'recovered']) await act(`incidents/${id}/move`, { to });
    await act(`incidents/${id}/move`, { to: 'closed', resolution: 'resolved' });
  });

  test('of two people who change it at once one is told, and the ledger has one order', async (t) => {
    const { ask, open } = await scene(t);
    const { id, version } = await open();
    const both = await Promise.all(
      ['high', 'low'].map((severity) => ask('POST', `incidents/${id}/change`, { severity, version })),
    );
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 409]);
    const many = await Promise.all(
      Array.from({ length: 8 }, (_, i) => ask('POST', `incidents/${id}/comment`, { text: `note ${i}` })),
    );
    assert.ok(many.every(({ status }) => status === 201));
    assert.equal((await ask('GET', `incidents/${id}`)).body?.version, version + 9);
  });

  test('a title is text on every page, and an alert that came while nobody was there opens one', async (t) => {
    const { ask, open, gate, appId } = await scene(t);
    const title = '<script>alert(1)</script> "quoted"';
    const { id } = await open({ title, owner: '<img src=x onerror=alert(1)>' });
    const { text } = await ask('GET', `incidents/${id}/postmortem?form=html`);
    assert.doesNotMatch(text, /<script|<img/);
    assert.match(text, /&lt;script&gt;alert\(1\)/);
    assert.match(text, /default-src 'none'/);
    const { store } = gate.gateway.gate;
    const alert = alertIn({
      seq: 2,
      time: new Date().toISOString(),
      kind: 'detect.alert',
      fields: alertOf(appId()),
    });
    assert.ok(alert !== undefined);
    store.incidents.replay([], [alert], 3);
    const deaf = heedAlerts(gate.gateway.gate);
    t.after(deaf);
    const found = await until(() =>
      store.incidents.list({ limit: 9 }).find(({ rule }) => rule === alert.rule),
    );
    assert.deepEqual([found.links.detections, store.incidents.waiting], [[2], []]);
  });

  test('who may read may not write, and who may write may not contain', async (t) => {
    const { ask, open, gate } = await scene(t, {
      policy: `  reader: { allow: [{ actions: [incidents.read] }] }
  writer: { allow: [{ actions: [incidents.read, incidents.write] }] }
${GUARDS}`,
    });
    const { id } = await open();
    const { callers } = gate.gateway.gate.store;
    const keyOf = (role: string) =>
      callers.create({ name: role, owner: role, team: 't', roles: [role], tags: {} }).key;
    const [reader, writer] = [keyOf('reader'), keyOf('writer')];
    const paths = {
      read: ['', '/timeline', '/comments', '/evidence', '/postmortem', '/playbook'],
      write: ['/change', '/move', '/link', '/comment', '/step', '/evidence'],
      contain: ['/contain', '/undo', '/run'],
    };
    const status = async (method: string, path: string, key: string) =>
      (await ask(method, `incidents/${id}${path}`, method === 'POST' ? {} : undefined, key)).status;
    for (const path of paths.read) {
      assert.notEqual(await status('GET', path, reader), 403, path);
      assert.equal(await status('GET', path, gate.key), 403, path);
    }
    for (const path of [...paths.write, ...paths.contain])
      assert.equal(await status('POST', path, reader), 403, path);
    for (const path of paths.contain) assert.equal(await status('POST', path, writer), 403, path);
    for (const path of paths.write) assert.notEqual(await status('POST', path, writer), 403, path);
    assert.equal((await ask('POST', 'incidents', { title: 'x' }, reader)).status, 403);
    assert.equal((await ask('GET', 'incidents/inc_00000000000000000000')).status, 404);
    assert.equal((await ask('POST', 'incidents', { title: 'two\nlines' })).status, 400);
    assert.equal((await ask('POST', 'incidents', { title: 'x', colour: 'red' })).status, 400);
  });

  test('where the settings let it, the playbook acts at once; of a drill it is said', async (t) => {
    const { act, gate } = await scene(t, { settings: 'incidents: { automatic: true }' });
    const { caller } = (await act('callers', {
      name: 'drill-1',
      roles: ['app'],
      tags: { drill: 'prompt-injection' },
    })) as unknown as { caller: { id: string } };
    const { store, ledger } = gate.gateway.gate;
    await ledger.append(alertOf(caller.id));
    await woken(gate);
    const incident = await until(() => {
      const [first] = store.incidents.list({ limit: 1 });
      return first?.measures[0]?.state === 'held' ? first : undefined;
    });
    assert.deepEqual([incident.origin, incident.drill], ['drill', 'prompt-injection']);
    assert.notEqual(store.callers.get(caller.id).disabled, null);
  });
});
