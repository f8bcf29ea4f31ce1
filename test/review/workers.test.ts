import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
  gatehouse,
  gatehouseJson,
  keysIn,
  ledgerOf,
  type Served,
  serve,
  tempFolder,
} from '../harness/cli.ts';
import { completion, json, startUpstream } from '../harness/upstream.ts';
import { policy, type Said, VAULT } from './place.ts';

/** Two processes that answer clients, one that decides; the real command line. */

const linux = { skip: process.platform === 'linux' ? false : 'reads process ids from /proc' };
const ASK = 'a doubtful fruit';

async function scene(t: TestContext) {
  const upstream = await startUpstream(json(completion('the answer')));
  t.after(() => upstream.close());
  const folder = tempFolder(t);
  writeFileSync(join(folder, 'policy.yaml'), policy('hold: 1m'));
  writeFileSync(
    join(folder, 'gatehouse.yaml'),
    `workers: 2
upstreams:
  open: { dialect: openai, url: "${upstream.url}/v1", key: upstream-key, models: [m] }
${VAULT}
`,
  );
  const gateway = await serve(t, folder);
  return { upstream, folder, gateway, keys: keysIn(gateway.out()) };
}

/** Undefined where the connection broke. */
const chat = (gateway: Served, key: string, content = ASK): Promise<Response | undefined> =>
  fetch(`${gateway.address}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, connection: 'close' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }),
  }).catch(() => undefined);

const reviewsAt = async (gateway: Served, key: string): Promise<readonly Said[]> => {
  const answer = await fetch(`${gateway.address}/admin/v1/reviews?state=open`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return ((await answer.json()) as Said).reviews;
};

async function until(gateway: Served, key: string, fits: (reviews: readonly Said[]) => boolean) {
  for (let tries = 0; tries < 200; tries++) {
    const reviews = await reviewsAt(gateway, key);
    if (fits(reviews)) return reviews;
    await pause(50);
  }
  assert.fail('it never came to that');
}

test('the primary decides, and every worker lets what it holds go on', linux, async (t) => {
  const { upstream, folder, gateway, keys } = await scene(t);
  const asked = Array.from({ length: 3 }, (_, n) => chat(gateway, keys.app, `${ASK} ${n}`));
  const reviews = await until(gateway, keys.admin, ({ length }) => length === 3);
  assert.equal(upstream.seen.length, 0);
  for (const [n, { id }] of reviews.entries()) {
    const verb = n === 0 ? 'block' : 'pass';
    const said = await gatehouseJson<Said>(folder, ['reviews', verb, id, '--reason', 'as it is']);
    assert.equal(said.state, n === 0 ? 'blocked' : 'passed');
  }
  const statuses = (await Promise.all(asked)).map((answer) => answer?.status).sort();
  assert.deepEqual(statuses, [200, 200, 403]);
  assert.equal(upstream.seen.length, 2);
  const exported = await gatehouse(folder, ['reviews', 'export', '--text']);
  assert.equal(exported.code, 0, exported.err);
  const labelled = exported.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { label: string; text: string });
  assert.deepEqual(labelled.map(({ label }) => label).sort(), ['block', 'pass', 'pass']);
  assert.ok(labelled.every(({ text }) => text.includes(ASK)));
  const cases = await gatehouse(folder, ['reviews', 'export', '--cases', '--guard', 'doubtful']);
  assert.deepEqual(
    cases.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { label: string; role: string; text: string })
      .map(({ label, role, text }) => `${label} ${role} ${text.startsWith(ASK)}`)
      .sort(),
    ['attack user true', 'benign user true', 'benign user true'],
  );
  const again = await gatehouse(folder, [
    'reviews',
    'pass',
    reviews[0]?.id ?? '',
    '--reason',
    'changed my mind',
  ]);
  assert.equal(again.code, 1, 'what is decided is decided');
});

test('a worker that is killed: what it held waits in the queue, and says so', linux, async (t) => {
  const { upstream, folder, gateway, keys } = await scene(t);
  const asked = chat(gateway, keys.app);
  await until(gateway, keys.admin, ({ length }) => length === 1);
  const { pid } = gateway.child;
  const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  for (const worker of workers) process.kill(worker, 'SIGKILL');
  assert.equal(await asked, undefined);
  for (let tries = 0; tries < 100; tries++) {
    const { reviews } = await gatehouseJson<Said>(folder, ['reviews', 'list']);
    if (reviews[0]?.connection === 'lost') break;
    assert.notEqual(tries, 99);
  }
  assert.equal(upstream.seen.length, 0);
});

test('a gateway that is killed keeps its queue; what is decided afterwards holds', linux, async (t) => {
  const { upstream, folder, gateway, keys } = await scene(t);
  const asked = chat(gateway, keys.app);
  const [one] = await until(gateway, keys.admin, ({ length }) => length === 1);
  await gateway.stop('SIGKILL');
  await asked;
  const next = await serve(t, folder);
  const [again] = await until(next, keys.admin, ({ length }) => length === 1);
  assert.deepEqual([again?.id, again?.connection], [one?.id, 'lost']);
  await gatehouseJson(folder, ['reviews', 'pass', one?.id ?? '', '--reason', 'as it is']);
  assert.equal((await chat(next, keys.app))?.status, 200);
  assert.equal(upstream.seen.length, 1);
  const kinds = ledgerOf(folder).map(({ kind }) => String(kind));
  assert.deepEqual(
    kinds.filter((kind) => kind.startsWith('review.')),
    ['review.held', 'review.decided'],
  );
});
