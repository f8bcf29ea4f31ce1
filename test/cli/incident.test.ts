import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { keysIn, ledgerOf, serve, tempFolder } from '../harness/cli.ts';
import { gatehouse, gatehouseJson } from '../harness/cli-here.ts';
import { startUpstream } from '../harness/upstream.ts';

interface Incident {
  readonly id: string;
  readonly state: string;
  readonly measures: readonly { readonly state: string }[];
}

const settings = (url: string) => `upstreams:
  open: { dialect: openai, url: "${url}/v1", key: upstream-key, models: [m] }
log: { level: error }
`;

const POLICY = `version: 1
roles:
  app: { allow: [{ actions: [chat], models: ["*"] }] }
  admin: { allow: [{ actions: ["incidents.*", "callers.*"] }] }
`;

suite('gatehouse incident', () => {
  test('from opening to a page, with and without a gateway', async (t) => {
    const upstream = await startUpstream();
    t.after(() => upstream.close());
    const folder = tempFolder(t);
    writeFileSync(join(folder, 'gatehouse.yaml'), settings(upstream.url));
    writeFileSync(join(folder, 'policy.yaml'), POLICY);
    // Nothing runs: the same code does it on the data folder.
    const { id } = await gatehouseJson<Incident>(folder, [
      'incident',
      'open',
      'a \u202eleak',
      '--severity',
      'high',
    ]);
    const gateway = await serve(t, folder);
    const run = async (...args: string[]) => {
      const ran = await gatehouse(folder, ['incident', ...args]);
      assert.equal(ran.code, 0, ran.err);
      return ran.out;
    };
    assert.match(await run('list'), /a \\u\{202e\}leak/);
    await run('set', id, '--owner', 'ann');
    await run('comment', id, 'asked her');
    await run('contain', id, 'freeze_deployments', '--for', '1h');
    const refused = await gatehouse(folder, ['incident', 'close', id]);
    assert.deepEqual([refused.code, refused.out], [1, '']);
    await run('undo', id, '1');
    writeFileSync(join(folder, 'dump.txt'), 'dump');
    await run('evidence', id, '--entry', '0', '--file', 'dump.txt');
    const { evidence } = await gatehouseJson<{
      evidence: {
        sha256: string;
        manifest: { entries: { seq: number; leaf: string }[]; files: unknown[] };
      }[];
    }>(folder, ['incident', 'evidence', id]);
    const [locked] = evidence;
    assert.deepEqual(locked?.manifest.files, [
      { name: 'dump.txt', sha256: createHash('sha256').update('dump').digest('hex'), bytes: 4 },
    ]);
    await gateway.stop();
    // The leaf of the manifest is the one that a proof of inclusion is about.
    const proof = await gatehouse(folder, ['audit', 'prove', 'inclusion', '0']);
    assert.equal(proof.code, 0, proof.err);
    const { entry } = JSON.parse(proof.out) as { readonly entry: string };
    const leaf = createHash('sha256').update(`\0${entry}`).digest('base64');
    assert.deepEqual(locked?.manifest.entries, [{ seq: 0, leaf }]);
    for (const state of ['eradicated', 'recovered']) await run('move', id, state);
    const closed = JSON.parse(await run('close', id, '--json')) as Incident;
    assert.equal(closed.state, 'closed');
    assert.match(await run('postmortem', id), /^# Post-mortem: a leak/);
    assert.match(await run('postmortem', id, '--html'), /^<!doctype html>/);
    assert.match(await run('show', id), /asked her/);
    assert.equal((await gatehouse(folder, ['incident', 'show', 'inc_x'])).code, 1);
    assert.doesNotMatch(JSON.stringify(ledgerOf(folder)), /asked her/);
  });

  test('killed between recording a measure and doing it, the next start does it', async (t) => {
    const upstream = await startUpstream();
    t.after(() => upstream.close());
    const folder = tempFolder(t);
    writeFileSync(join(folder, 'gatehouse.yaml'), settings(upstream.url));
    writeFileSync(join(folder, 'policy.yaml'), POLICY);
    const first = await serve(t, folder);
    const { app, admin } = keysIn(first.out());
    const act = (address: string, path: string, body: object, key = admin) =>
      fetch(`${address}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const opened = await act(first.address, '/admin/v1/incidents', { title: 'x', severity: 'high' });
    const { id } = (await opened.json()) as Incident;
    // As many as there are, so that it is killed somewhere among them.
    const acts = Array.from({ length: 6 }, (_, i) =>
      act(first.address, `/admin/v1/incidents/${id}/contain`, {
        action: 'block_model',
        model: `m${i === 0 ? '' : i}`,
      }).catch(() => undefined),
    );
    await Promise.race(acts);
    await first.stop('SIGKILL');
    await Promise.all(acts);
    const second = await serve(t, folder);
    const chat = await act(
      second.address,
      '/v1/chat/completions',
      { model: 'm', messages: [{ role: 'user', content: 'hello' }] },
      app,
    );
    assert.equal(chat.status, 403);
    const shown = await gatehouseJson<Incident>(folder, ['incident', 'show', id]);
    assert.ok(shown.measures.length >= 1);
    for (const { state } of shown.measures) assert.equal(state, 'held');
    // Recorded before done, each once, and each said to be done.
    const of = (kind: string) => ledgerOf(folder).filter((entry) => entry.kind === kind).length;
    assert.equal(of('incident.contained'), shown.measures.length);
    assert.equal(of('incident.acted'), shown.measures.length);
  });
});
