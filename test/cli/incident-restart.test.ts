import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { keysIn, type Served, serve, tempFolder } from '../harness/cli.ts';
import { gatehouseJson } from '../harness/cli-here.ts';
import { startUpstream } from '../harness/upstream.ts';

const SETTINGS = (url: string) => `upstreams:
  open: { dialect: openai, url: "${url}/v1", key: upstream-key, models: [m] }
vault: { masters: { main: { key: "${'44'.repeat(32)}" } } }
log: { level: error }
`;

const POLICY = `version: 1
roles:
  app: { allow: [{ actions: [chat], models: ["*"] }] }
  admin: { allow: [{ actions: ["incidents.*", "callers.*", "reviews.*"] }] }
review: { hold: 0s }
`;

interface Incident {
  readonly id: string;
  readonly measures: readonly { readonly state: string }[];
}

test('what is laid on top holds after a kill -9, with what waits for people, and is undone as recorded', async (t) => {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  const folder = tempFolder(t);
  writeFileSync(join(folder, 'gatehouse.yaml'), SETTINGS(upstream.url));
  writeFileSync(join(folder, 'policy.yaml'), POLICY);
  const first = await serve(t, folder);
  const { app } = keysIn(first.out());
  const chat = async ({ address }: Served) => {
    const answer = await fetch(`${address}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hello' }] }),
    });
    return [answer.status, answer.headers.get('x-gatehouse-review')?.slice(0, 4)];
  };
  assert.deepEqual(await chat(first), [200, undefined]);
  const { id } = await gatehouseJson<Incident>(folder, ['incident', 'open', 'x']);
  await gatehouseJson(folder, ['incident', 'contain', id, 'force_review', '--model', 'm']);
  assert.deepEqual(await chat(first), [403, 'rev_']);
  await first.stop('SIGKILL');

  const second = await serve(t, folder);
  assert.deepEqual(await chat(second), [403, 'rev_']);
  const { reviews } = await gatehouseJson<{ reviews: { kind: string }[] }>(folder, ['reviews', 'list']);
  // The same prompt of the same caller waits once.
  assert.deepEqual(
    reviews.map(({ kind }) => kind),
    ['prompt'],
  );
  const undone = await gatehouseJson<Incident>(folder, ['incident', 'undo', id, '1']);
  assert.equal(undone.measures[0]?.state, 'undone');
  assert.deepEqual(await chat(second), [200, undefined]);
});
