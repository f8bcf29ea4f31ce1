import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROW } from '../harness/predictions.ts';
import { children, PREDICTION_FAULTS } from './prediction-faults.ts';
import { openPredictionScene } from './prediction-scene.ts';
import { until } from './scene.ts';

test('each fault comes to what the table says, and the gateway predicts again', async (t) => {
  const scene = await openPredictionScene(t);
  assert.equal(await scene.ask(), '200');
  for (const { what, meet, expect } of PREDICTION_FAULTS) {
    const before = scene.entries().length;
    const caller = await meet(scene);
    await scene.idle();
    await scene.recover();
    const ledger = scene
      .entries()
      .slice(before)
      .filter(({ kind }) => String(kind).startsWith('request.'))
      .map(inShort);
    assert.deepEqual({ caller, ledger }, expect, what);
    await scene.mend();
  }
  // How long something took may be any number.
  const kept = (scene.log.join('') + JSON.stringify(scene.allEntries())).replaceAll(
    /"(?:ms|time)":"?[^,"}]*/g,
    '',
  );
  for (const hidden of ['injected', '44.5', '"income"', scene.key])
    assert.equal(kept.includes(hidden), false, hidden);
});

test('its process killed under load: others are answered or told, and then all are answered', async (t) => {
  const scene = await openPredictionScene(t);
  assert.equal(await scene.ask(), '200');
  const counts = new Map<string, number>();
  const caller = async () => {
    for (let asked = 0; asked < 30; asked++) {
      const said = await scene.ask({ rows: [ROW, ROW] });
      counts.set(said, (counts.get(said) ?? 0) + 1);
    }
  };
  const callers = Array.from({ length: 8 }, caller);
  for (let kills = 0; kills < 3; kills++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const child of children()) process.kill(child, 'SIGKILL');
  }
  await Promise.all(callers);
  assert.deepEqual(
    [...counts.keys()].filter((said) => said !== '200' && said !== '502 upstream_failed'),
    [],
  );
  assert.equal(
    [...counts.values()].reduce((sum, count) => sum + count, 0),
    240,
  );
  assert.ok((counts.get('200') ?? 0) > 200);
  await scene.mend();
  const kinds = scene.entries().map(({ kind }) => kind);
  // Whatever began has an end.
  assert.equal(
    kinds.filter((kind) => kind === 'request.begin').length,
    kinds.filter((kind) => kind === 'request.end').length,
  );
});

function inShort({ kind, outcome, code }: Record<string, unknown>): string {
  const facts = [outcome, code].filter((fact) => fact !== undefined);
  return `${String(kind).replace(/^request\./, '')}${facts.length > 0 ? `: ${facts.join(', ')}` : ''}`;
}

test('the gateway ends while a version is taken over by another: all are told, and no process is left', async (t) => {
  const scene = await openPredictionScene(t);
  assert.equal(await scene.ask(), '200');
  scene.add();
  const asked = Array.from({ length: 4 }, () => scene.ask().catch(() => 'nothing'));
  await scene.begun();
  await scene.gateway.close();
  // Whoever had no connection yet gets none.
  for (const said of await Promise.all(asked))
    assert.ok(['200', '503 shutting_down', 'nothing'].includes(said), said);
  await until('the processes of both versions are gone', () => children().length === 0);
  const ids = (kind: string) =>
    scene
      .entries()
      .filter((entry) => entry.kind === kind)
      .map(({ id }) => id)
      .sort();
  assert.deepEqual(ids('request.begin'), ids('request.end'));
});
