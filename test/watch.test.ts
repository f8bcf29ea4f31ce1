import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { keysIn, serve, tempFolder } from './harness/cli.ts';
import { json, startUpstream } from './harness/upstream.ts';

/** What the ledger says, searched and added up, by the real command line over HTTP. */

const POLICY = `version: 1
roles:
  app: { allow: [{ actions: [chat, models.list], models: ["*"] }] }
  admin: { allow: [{ actions: [audit.read, "callers.*"] }] }
guards:
  - use: patterns
    name: names
    action: block
    patterns: [{ id: heron, words: [heron] }]
`;

type Row = Record<string, string> & { readonly requests: number };

/** An answer of any of them. */
interface Page {
  readonly model: string;
  readonly next: number | null;
  readonly exchanges: readonly Row[];
  readonly events: readonly Row[];
  readonly rows: readonly Row[];
}

async function scene(t: TestContext, workers: number) {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  const folder = tempFolder(t);
  writeFileSync(join(folder, 'policy.yaml'), POLICY);
  writeFileSync(
    join(folder, 'gatehouse.yaml'),
    `workers: ${workers}
upstreams:
  open: { dialect: openai, url: "${upstream.url}/v1", key: upstream-key, models: [m] }
`,
  );
  const gateway = await serve(t, folder);
  const { app, admin } = keysIn(gateway.out());
  const ask = (path: string, key = admin, init: RequestInit = {}) =>
    fetch(gateway.address + path, { ...init, headers: { authorization: `Bearer ${key}`, ...init.headers } });
  const read = async (path: string): Promise<Page> => {
    const answer = await ask(`/admin/v1/${path}`);
    return (await answer.json()) as Page;
  };
  const chat = async (content: string) => {
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] });
    const headers = { 'content-type': 'application/json' };
    const answer = await ask('/v1/chat/completions', app, { method: 'POST', body, headers });
    await answer.text();
    return String(answer.headers.get('x-request-id'));
  };
  return { ask, read, chat, app, upstream };
}

for (const workers of [1, 2])
  suite(`with ${workers} ${workers === 1 ? 'process' : 'workers'}`, () => {
    test('what was asked is found at once, by whoever may read the ledger', async (t) => {
      const { ask, read, chat, app } = await scene(t, workers);
      const passed = await chat('hello');
      const blocked = await chat('about project heron');
      const { exchanges, next } = await read('exchanges?caller=app');
      assert.deepEqual(
        exchanges.map(({ id, outcome, code, name }) => [id, outcome, code, name]),
        [
          [blocked, 'blocked', 'prompt_blocked', 'app'],
          [passed, 'completed', '', 'app'],
        ],
      );
      assert.equal(next, null);
      for (const { ms, guarding } of exchanges)
        assert.ok(Number(guarding) > 0 && Number(guarding) < Number(ms), `${guarding} of ${ms} ms`);
      const of = async (query: string) => (await read(`exchanges?${query}`)).exchanges.map(({ id }) => id);
      assert.deepEqual(await of('outcome=blocked&since=1h'), [blocked]);
      assert.deepEqual(await of('reason=names.heron'), [blocked]);
      assert.deepEqual(await of('caller=nobody'), []);
      assert.deepEqual(await of('admin=false&limit=1'), [blocked]);
      assert.equal((await read(`exchanges/${passed}`)).model, 'm');
      assert.equal((await ask('/admin/v1/exchanges/req_00000000000000000000000000')).status, 404);
      assert.equal((await ask('/admin/v1/exchanges?since=tomorrow')).status, 400);
      assert.equal((await ask('/admin/v1/exchanges?colour=red')).status, 400);
      for (const path of ['exchanges', 'events', 'traffic', 'live', `exchanges/${passed}`])
        assert.equal((await ask(`/admin/v1/${path}`, app)).status, 403, path);
      const { rows } = await read('traffic?by=hour');
      const requests = rows.filter(({ model }) => model === 'm');
      assert.equal(
        requests.reduce((sum, row) => sum + row.requests, 0),
        2,
      );
      const kinds = (await read('events')).events.map(({ kind }) => kind);
      assert.deepEqual(kinds, ['system.start', 'admin.first_run']);
    });

    test('whoever looks on is told, and no longer than they may', async (t) => {
      const { ask, chat, read } = await scene(t, workers);
      const answer = await ask('/admin/v1/live');
      assert.equal(answer.headers.get('content-type'), 'text/event-stream; charset=utf-8');
      const id = await chat('hello');
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      while (!text.includes(id)) {
        const { value, done } = (await reader?.read()) ?? {};
        assert.ok(done === false, text);
        text += value;
      }
      const [event] = text
        .split('\n\n')
        .filter((one) => one.includes(id))
        .map((one) => JSON.parse(one.slice(6)));
      const sum = event.sums.find(({ model }: { model: string }) => model === 'm');
      assert.equal(sum.requests, 1);
      assert.equal(sum.outcome, 'completed');
      await reader?.cancel();
      // Sixteen of one caller, and not one more; whoever leaves makes room.
      const many = await Promise.all(Array.from({ length: 20 }, () => ask('/admin/v1/live')));
      const told = many.filter(({ status }) => status === 200).length;
      assert.ok(told === 15 || told === 16, `${told}`);
      assert.ok(many.every(({ status }) => status === 200 || status === 503));
      for (const one of many) await one.body?.cancel();
      let back = 0;
      for (let tries = 0; back !== 200 && tries < 200; tries++) {
        const again = await ask('/admin/v1/live');
        back = again.status;
        await again.body?.cancel();
      }
      assert.equal(back, 200);
      assert.equal((await read('exchanges?limit=1')).exchanges.length, 1);
    });
  });

test('an answer that fails is found by its code', async (t) => {
  const { chat, read, upstream } = await scene(t, 1);
  upstream.script = json({ error: { message: 'no' } }, 500);
  const id = await chat('hello');
  const { exchanges } = await read('exchanges?outcome=failed');
  assert.deepEqual(
    exchanges.map((one) => one.id),
    [id],
  );
  assert.match(String(exchanges[0]?.code), /^upstream_/);
});
