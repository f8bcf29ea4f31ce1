import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { keysIn, serve, tempFolder } from '../harness/cli.ts';
import { gatehouse, gatehouseJson } from '../harness/cli-here.ts';
import { startUpstream } from '../harness/upstream.ts';

interface Incident {
  readonly id: string;
  readonly state: string;
  readonly measures: readonly { readonly state: string }[];
}

const settings = (url: string, more = '') => `upstreams:
  open: { dialect: openai, url: "${url}/v1", key: upstream-key, models: [m] }
log: { level: error }
${more}`;

const POLICY = `version: 1
roles:
  app: { allow: [{ actions: [chat], models: ["*"] }] }
  admin: { allow: [{ actions: ["incidents.*", "callers.*"] }] }
`;

suite('gatehouse incident, in a whole gateway', () => {
  test('a drill is noticed, contained and over, and its caller has ended', async (t) => {
    const upstream = await startUpstream();
    t.after(() => upstream.close());
    const folder = tempFolder(t);
    writeFileSync(join(folder, 'gatehouse.yaml'), settings(upstream.url));
    writeFileSync(join(folder, 'policy.yaml'), `${POLICY}guards:\n  - use: injection\n    on: [prompt]\n`);
    const gateway = await serve(t, folder);
    const drill = [
      'incident',
      'drill',
      'guard-probing',
      '--model',
      'm',
      '--url',
      gateway.address,
      '--wait',
      '20s',
    ];
    const result = await gatehouseJson<{
      readonly incident: string;
      readonly caller: string;
      readonly blocked: number;
      readonly ms_to: Readonly<Record<string, number>>;
    }>(folder, drill);
    assert.ok(result.blocked >= 8);
    const { detect = -1, contain = -1, recover = -1 } = result.ms_to;
    assert.ok(detect >= 0 && detect <= contain && contain <= recover);
    const shown = await gatehouseJson<Incident & { drill: string }>(folder, [
      'incident',
      'show',
      result.incident,
    ]);
    assert.deepEqual([shown.state, shown.drill], ['closed', 'guard-probing']);
    const left = await gatehouseJson<{ incidents: unknown[] }>(folder, ['incident', 'list']);
    assert.deepEqual(left.incidents, []);
    const caller = await gatehouse(folder, ['callers', 'show', result.caller]);
    const { disabled, keys } = JSON.parse(caller.out) as {
      disabled: string | null;
      keys: { state: string }[];
    };
    assert.notEqual(disabled, null);
    assert.deepEqual(
      keys.map(({ state }) => state),
      ['revoked'],
    );
  });

  test('a measure holds in every worker', async (t) => {
    const upstream = await startUpstream();
    t.after(() => upstream.close());
    const folder = tempFolder(t);
    writeFileSync(join(folder, 'gatehouse.yaml'), settings(upstream.url, 'workers: 2\n'));
    writeFileSync(join(folder, 'policy.yaml'), POLICY);
    const gateway = await serve(t, folder);
    const { app } = keysIn(gateway.out());
    const chat = async () => {
      const answer = await fetch(`${gateway.address}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${app}`, 'content-type': 'application/json', connection: 'close' },
        body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hello' }] }),
      });
      await answer.text();
      return answer.status;
    };
    const all = async () => [...new Set(await Promise.all(Array.from({ length: 12 }, chat)))];
    assert.deepEqual(await all(), [200]);
    const { id } = await gatehouseJson<Incident>(folder, ['incident', 'open', 'x']);
    await gatehouseJson(folder, ['incident', 'contain', id, 'block_model', '--model', 'm']);
    assert.deepEqual(await all(), [403]);
    await gatehouseJson(folder, ['incident', 'undo', id, '1']);
    assert.deepEqual(await all(), [200]);
  });
});
