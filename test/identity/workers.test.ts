import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gatehouseJson, serve, tempFolder } from '../harness/cli.ts';
import { startIssuer } from './issuer.ts';

test('several processes: tokens, switching off and invitations are the same in all of them', async (t) => {
  const cwd = tempFolder(t);
  const issuer = await startIssuer();
  t.after(() => issuer.close());
  await gatehouseJson(cwd, ['init']);
  appendFileSync(
    join(cwd, 'gatehouse.yaml'),
    `
workers: 2
identity:
  issuers:
    corp: { issuer: "${issuer.url}", audience: gatehouse, claims: { roles: groups }, roles: { engineers: app } }
`,
  );
  const { address, stop } = await serve(t, cwd);
  const token = await issuer.token('web');
  /** Connections of their own, so that every process has some. */
  const statuses = (count: number) =>
    Promise.all(
      Array.from({ length: count }, async () => {
        const headers = { authorization: `Bearer ${token}`, connection: 'close' };
        return (await fetch(`${address}/v1/models`, { headers })).status;
      }),
    );
  assert.deepEqual(new Set(await statuses(8)), new Set([200]));
  const list = await gatehouseJson<{ id: string; source?: string }[]>(cwd, ['callers', 'list']);
  const id = list.find(({ source }) => source === 'oidc:corp')?.id ?? '';
  await gatehouseJson(cwd, ['callers', 'disable', id]);
  assert.deepEqual(new Set(await statuses(8)), new Set([401]));
  await gatehouseJson(cwd, ['callers', 'enable', id]);
  assert.deepEqual(new Set(await statuses(8)), new Set([200]));

  const { token: invitation } = await gatehouseJson<{ token: string }>(cwd, ['callers', 'invite']);
  const redeemed = await Promise.all(
    Array.from({ length: 10 }, async (_, i) => {
      const answer = await fetch(`${address}/register`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${invitation}`,
          'content-type': 'application/json',
          connection: 'close',
        },
        body: JSON.stringify({ name: `someone-${i}` }),
      });
      return answer.status;
    }),
  );
  assert.deepEqual(redeemed.sort(), [201, ...new Array<number>(9).fill(401)]);
  await stop();
});
