import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { gatehouse, gatehouseJson, keysIn, ledgerOf, type Served, serve, tempFolder } from './harness/cli.ts';
import { completion, json, type ScriptedUpstream, startUpstream } from './harness/upstream.ts';

/** Several processes, one gateway: the real command line, a scripted model server, and the files they leave. */

const policy = (more = '') => `version: 1
roles:
  app: { allow: [{ actions: [chat, models.list], models: ["*"] }] }
  admin: { allow: [{ actions: ["callers.*", policy.read, "config.*", audit.read, metrics.read] }] }
${more}`;

interface Scene {
  readonly folder: string;
  readonly gateway: Served;
  readonly upstream: ScriptedUpstream;
  readonly keys: { readonly app: string; readonly admin: string };
}

async function scene(t: TestContext, more = '', workers = 2, prices?: string, settings = ''): Promise<Scene> {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  const folder = tempFolder(t);
  writeFileSync(join(folder, 'policy.yaml'), policy(more));
  if (prices !== undefined) writeFileSync(join(folder, 'prices.yaml'), prices);
  writeFileSync(
    join(folder, 'gatehouse.yaml'),
    `workers: ${workers}
upstreams:
  open: { dialect: openai, url: "${upstream.url}/v1", key: upstream-key, models: [m] }
${settings}`,
  );
  const gateway = await serve(t, folder);
  return { folder, gateway, upstream, keys: keysIn(gateway.out()) };
}

/** Asks over a connection of its own, so that requests spread over the processes. */
function ask(
  { gateway, keys }: Pick<Scene, 'gateway' | 'keys'>,
  options: { path?: string; method?: string; key?: string; body?: object } = {},
): Promise<{ status: number; text: string; id: string }> {
  const { path = '/v1/chat/completions', method = 'POST', key = keys.app } = options;
  const body = options.body ?? { model: 'm', messages: [{ role: 'user', content: 'hello' }] };
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
    const req = http.request(gateway.address + path, { method, headers, agent: false }, (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      res.on('error', reject);
      const id = String(res.headers['x-request-id']);
      res.on('close', () => resolve({ status: res.statusCode ?? 0, text, id }));
    });
    req.on('error', reject);
    req.end(method === 'POST' ? JSON.stringify(body) : undefined);
  });
}

/** Process ids of the workers. */
const workersOf = ({ gateway: { child } }: Scene): number[] =>
  readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number);

const linux = { skip: process.platform === 'linux' ? false : 'reads process ids from /proc' };

suite('workers', { concurrency: 2 }, () => {
  test('quotas are exact over all processes, and one ledger holds every request', async (t) => {
    const here = await scene(t, 'quotas: [{ per: caller, requests: 25/day }]');
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask(here)));
    const passed = answers.filter(({ status }) => status === 200);
    assert.equal(passed.length, 25);
    assert.equal(answers.filter(({ status }) => status === 429).length, 35);
    assert.equal(here.upstream.seen.length, 25);
    const { code } = await here.gateway.stop();
    assert.equal(code, 0);
    const entries = ledgerOf(here.folder);
    const ended = entries.filter(({ kind }) => kind === 'request.end').map(({ id }) => id);
    assert.deepEqual(ended.sort(), passed.map(({ id }) => id).sort());
    assert.equal(entries.at(-1)?.kind, 'system.stop');
    assert.equal((await gatehouse(here.folder, ['audit', 'verify'])).code, 0);
    // The counter survives: the next process still knows that nothing is left.
    const again = await serve(t, here.folder);
    assert.equal((await ask({ gateway: again, keys: here.keys })).status, 429);
    await again.stop();
  });

  test('dollars are exact over all processes, and their alert is told once', async (t) => {
    const rules = 'prices: prices.yaml\nbudgets: [{ per: team, dollars: 0.1/month, alerts: ["70%"] }]';
    const prices =
      'version: 1\nas_of: "2026-01-01"\nprices: [{ models: [m], input: 0, output: 0, request: 0.01 }]\n';
    const here = await scene(t, rules, 2, prices);
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask(here)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 10);
    assert.match(answers.find(({ status }) => status === 429)?.text ?? '', /"quota_dollars"/);
    await until(() => ledgerOf(here.folder).some(({ kind }) => kind === 'budget.alert'));
    await here.gateway.stop();
    assert.equal(ledgerOf(here.folder).filter(({ kind }) => kind === 'budget.alert').length, 1);
    const { total } = await gatehouseJson<{ total: object }>(here.folder, ['usage']);
    assert.partialDeepStrictEqual(total, { requests: 10, cost: '0.10', unpriced: 0 });
  });

  test('a revoked key is refused by every process at once', async (t) => {
    const here = await scene(t, '', 3);
    const { key } = await gatehouseJson<{ key: string }>(here.folder, ['callers', 'create', 'bot']);
    for (let i = 0; i < 9; i++) assert.equal((await ask(here, { key })).status, 200);
    await gatehouseJson(here.folder, ['callers', 'revoke', 'bot']);
    for (let i = 0; i < 9; i++) assert.equal((await ask(here, { key })).status, 401);
    await here.gateway.stop();
  });

  test('a reload takes effect in all processes or in none', async (t) => {
    const here = await scene(t);
    const file = join(here.folder, 'policy.yaml');
    const words = 'guards: [{ use: patterns, patterns: [{ id: hello, match: hello }] }]';
    writeFileSync(file, 'version: 1\nroles: [');
    here.gateway.child.kill('SIGHUP');
    await here.gateway.says(/reload refused/);
    for (let i = 0; i < 4; i++) assert.equal((await ask(here)).status, 200);
    writeFileSync(file, policy(words));
    const { hash } = JSON.parse(
      (await ask(here, { path: '/admin/v1/reload', key: here.keys.admin, body: {} })).text.replace(
        '"policy"',
        '"hash"',
      ),
    ) as { hash: string };
    for (let i = 0; i < 6; i++) {
      const { status, id } = await ask(here);
      assert.equal(status, 403);
      const entry = ledgerOf(here.folder).find((line) => line.id === id);
      assert.equal(entry?.policy, hash);
    }
    await here.gateway.stop();
  });

  test('administrative acts over any process are the primary’s, with the caller’s own rights', async (t) => {
    const here = await scene(t);
    const admin = { key: here.keys.admin, method: 'GET' };
    for (let i = 0; i < 4; i++) await ask(here);
    const callers = await ask(here, { ...admin, path: '/admin/v1/callers' });
    assert.equal(callers.status, 200);
    assert.match(callers.text, /"app"/);
    assert.equal((await ask(here, { method: 'GET', path: '/admin/v1/callers' })).status, 403);
    assert.equal((await ask(here, { ...admin, key: 'ghk_wrong', path: '/admin/v1/callers' })).status, 401);
    const escalate = await ask(here, {
      path: '/admin/v1/callers',
      key: here.keys.admin,
      body: { name: 'x', roles: ['nobody'] },
    });
    assert.equal(escalate.status, 400);
    const metrics = await ask(here, { ...admin, path: '/metrics' });
    const count = /gatehouse_requests_total\{operation="openai\.chat",model="m",outcome="completed"\} (\d+)/;
    assert.equal(count.exec(metrics.text)?.[1], '4');
    const entry = ledgerOf(here.folder).find(({ id }) => id === callers.id);
    assert.equal(entry?.kind, 'admin.answered');
    assert.equal((entry?.caller as { name?: string } | undefined)?.name, 'admin');
    assert.match(String(entry?.peer), /127\.0\.0\.1/);
    await here.gateway.stop();
  });

  test('an erasure empties the kept answers of every process', async (t) => {
    const settings = `vault: { masters: { main: { key: "${'5a'.repeat(32)}" } } }
routes: { kept: { targets: [{ upstream: open, model: m }], cache: { ttl: 1h } } }
`;
    const here = await scene(t, '', 2, undefined, settings);
    const body = { model: 'kept', temperature: 0, messages: [{ role: 'user', content: 'Hi' }] };
    await untilAsync(async () => {
      await ask(here, { body });
      return ledgerOf(here.folder).filter(({ cache }) => cache === 'miss').length === 2;
    });
    const asked = here.upstream.seen.length;
    for (let i = 0; i < 6; i++) await ask(here, { body });
    assert.equal(here.upstream.seen.length, asked, 'both have it');
    await gatehouseJson(here.folder, ['vault', 'erase', '--team', 'default', '--month', '2020-01']);
    await untilAsync(async () => {
      await ask(here, { body });
      return here.upstream.seen.length === asked + 2;
    });
    await here.gateway.stop();
  });

  test('an answer in the background is had and settled in any process, once, also after a restart', async (t) => {
    const rules = 'media: { allow: [background] }\nquotas: [{ per: caller, tokens: 1000/day }]';
    const here = await scene(t, rules);
    const answer = (status: string, usage: object | null) =>
      json({ id: 'resp_1', object: 'response', status, model: 'm', output: [], usage });
    here.upstream.script = answer('queued', null);
    const body = { model: 'm', input: 'Think.', background: true, max_output_tokens: 900 };
    assert.equal((await ask(here, { path: '/v1/responses', body })).status, 200);
    assert.equal((await ask(here, { path: '/v1/responses', body })).status, 429, 'it is set aside');
    await here.gateway.stop();
    const again = await serve(t, here.folder);
    const later = { gateway: again, keys: here.keys };
    here.upstream.script = answer('completed', { input_tokens: 5, output_tokens: 20 });
    const asked = Array.from({ length: 12 }, () =>
      ask(later, { method: 'GET', path: '/v1/responses/resp_1' }),
    );
    assert.ok((await Promise.all(asked)).every(({ status }) => status === 200));
    here.upstream.script = json(completion('ok'));
    // What was not used can be had again.
    const messages = [{ role: 'user', content: 'hello' }];
    assert.equal((await ask(later, { body: { model: 'm', messages, max_tokens: 900 } })).status, 200);
    await again.stop();
    const settled = ledgerOf(here.folder).flatMap(({ settles }) => settles ?? []);
    assert.equal(settled.length, 1);
    assert.partialDeepStrictEqual(settled[0], {
      charge: { input: 5, output: 20 },
      instead_of: { output: 900 },
    });
    const { total } = await gatehouseJson<{ total: object }>(here.folder, ['usage']);
    assert.partialDeepStrictEqual(total, { input: 10, output: 27, estimated: 0 });
  });

  test('a worker that is killed is replaced, and what it had begun is in the ledger', linux, async (t) => {
    const here = await scene(t, 'quotas: [{ per: caller, requests: 100/day, concurrency: 3 }]');
    const answer = hold(here.upstream);
    const hanging = [ask(here), ask(here)].map((asked) => asked.catch(() => 'cut'));
    await until(() => here.upstream.seen.length === 2);
    const before = workersOf(here);
    assert.equal(before.length, 2);
    for (const pid of before) process.kill(pid, 'SIGKILL');
    assert.deepEqual(await Promise.all(hanging), ['cut', 'cut']);
    answer();
    await until(() => {
      const now = workersOf(here);
      return now.length === 2 && !now.some((pid) => before.includes(pid));
    });
    // Places among the requests at work were given back.
    await untilAsync(async () => (await ask(here).catch(() => ({ status: 0 }))).status === 200);
    const entries = ledgerOf(here.folder);
    const begun = entries.filter(({ kind }) => kind === 'request.begin').map(({ id }) => id);
    const ended = entries.filter(({ kind }) => kind === 'request.end');
    assert.deepEqual(begun.sort(), ended.map(({ id }) => id).sort());
    assert.equal(ended.filter(({ lost }) => lost === 'worker').length, 2);
    await here.gateway.stop();
  });

  test('no connection is left hanging by a worker that is killed', linux, async (t) => {
    const here = await scene(t);
    const [first = 0] = workersOf(here);
    // What it is given from now on it takes no notice of.
    process.kill(first, 'SIGSTOP');
    const asked = Array.from({ length: 16 }, () => ask(here).catch(() => 'reset'));
    await pause(200);
    process.kill(first, 'SIGKILL');
    for (const one of await Promise.all(asked))
      assert.ok(one === 'reset' || (typeof one === 'object' && one.status === 200));
    await here.gateway.stop();
  });

  test('at a stop open streams end, and nothing is left behind', linux, async (t) => {
    const here = await scene(t);
    const answer = hold(here.upstream);
    const slow = ask(here);
    await until(() => here.upstream.seen.length === 1);
    const workers = workersOf(here);
    const stopped = here.gateway.stop();
    await pause(100);
    answer();
    assert.equal((await slow).status, 200);
    assert.equal((await stopped).code, 0);
    for (const pid of workers) assert.throws(() => process.kill(pid, 0));
    assert.equal(ledgerOf(here.folder).at(-1)?.kind, 'system.stop');
  });

  test('workers end with their primary, and the next start finds the ledger whole', linux, async (t) => {
    const here = await scene(t);
    await ask(here);
    const workers = workersOf(here);
    await here.gateway.stop('SIGKILL');
    await until(() => workers.every((pid) => !alive(pid)));
    const again = await serve(t, here.folder);
    assert.equal((await ask({ gateway: again, keys: here.keys })).status, 200);
    await again.stop();
    assert.equal((await gatehouse(here.folder, ['audit', 'verify'])).code, 0);
  });

  test('how a caller behaves is counted over all processes, and a block holds in each', async (t) => {
    const abuse = 'abuse: { invalid_requests: { count: 10, window: 1m, action: block, cooldown: 1m } }\n';
    const here = await scene(t, '', 2, undefined, abuse);
    const codes: number[] = [];
    for (let i = 0; i < 30; i++) codes.push((await ask(here, { body: { model: 'm' } })).status);
    assert.ok(
      codes.slice(0, 10).every((code) => code === 400),
      codes.join(),
    );
    assert.ok(
      codes.slice(13).every((code) => code === 429),
      codes.join(),
    );
    assert.equal((await ask(here)).status, 429);
    await here.gateway.stop();
    assert.equal(ledgerOf(here.folder).filter(({ kind }) => kind === 'caller.suspect').length, 1);
  });

  test('a second gateway on the data folder is refused', async (t) => {
    const here = await scene(t);
    const { code, err } = await gatehouse(here.folder, ['serve', '--port', '0', '--workers', '2']);
    assert.equal(code, 4);
    assert.match(err, /another process is using/);
    await here.gateway.stop();
  });

  test('an address that cannot be had is one clear error', async (t) => {
    const here = await scene(t);
    const port = new URL(here.gateway.address).port;
    const folder = tempFolder(t);
    writeFileSync(join(folder, 'policy.yaml'), policy());
    writeFileSync(
      join(folder, 'gatehouse.yaml'),
      'workers: 2\nupstreams: { p: { dialect: openai, practice: true, models: [m] } }\n',
    );
    const { code, err } = await gatehouse(folder, ['serve', '--port', port]);
    assert.equal(code, 4);
    assert.match(err, /is in use by another program/);
    await here.gateway.stop();
  });
});

/** The model server waits; the answer is let go by calling what comes back. */
function hold(upstream: ScriptedUpstream): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  upstream.script = async (res, seen) => {
    await promise;
    await json(completion('late'))(res, seen);
  };
  return resolve;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const until = (holds: () => boolean) => untilAsync(async () => holds());

async function untilAsync(holds: () => Promise<boolean>): Promise<void> {
  for (let turns = 0; turns < 500; turns++) {
    if (await holds()) return;
    await pause(20);
  }
  assert.fail('it never came to that');
}
