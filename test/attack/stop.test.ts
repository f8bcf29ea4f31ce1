import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AttackResult } from '../../src/lifecycle/attack/result.ts';
import { gatehouse, started } from '../harness/cli.ts';
import { ATTACK, place, result } from './place.ts';

/** But for times, and for what was asked again. */
const timeless = ({ seconds: _, sent: __, runs, ...rest }: AttackResult) => ({
  ...rest,
  runs: runs.map(({ seconds: ___, ...run }) => run),
});

/** Batches that are kept. */
function batches(folder: string): number {
  try {
    return readdirSync(join(folder, 'out', 'state')).filter((name) => /-\d+\.json$/.test(name)).length;
  } catch {
    return 0;
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (const late = Date.now() + 60_000; !holds() && Date.now() < late; ) await sleep(5);
}

suite('a stop', () => {
  const slow = [
    ...ATTACK,
    '--attack',
    'hop-skip-jump',
    '--norm',
    'L2',
    '--epsilon',
    '0.1',
    '--queries',
    '1500',
    '--out',
    'out',
  ];

  test('a process that is killed goes on where it was, and comes to the same', async (t) => {
    const folder = place(t);
    const first = started(folder, slow, {});
    await until(() => batches(folder) >= 2);
    first.child.kill('SIGKILL');
    await first.ended;
    const kept = batches(folder);
    assert.ok(kept >= 2 && kept < 5, `killed after ${kept} of 5 batches`);
    const refused = await gatehouse(folder, slow);
    assert.equal(refused.code, 3);
    assert.match(refused.err, /--resume/);
    const other = await gatehouse(folder, [...slow, '--seed', '7', '--resume']);
    assert.equal(other.code, 3);
    assert.match(other.err, /is another/);
    const resumed = await result(folder, [...slow, '--resume']);
    const fresh = await result(place(t), slow);
    assert.ok(resumed.sent < fresh.sent);
    assert.deepEqual(timeless(resumed), timeless(fresh));
  });

  test('Ctrl-C keeps what it has, and says how to go on', async (t) => {
    const folder = place(t);
    const first = started(folder, [...slow, '--json'], {});
    await until(() => batches(folder) >= 1);
    first.child.kill('SIGINT');
    const { code, out, err } = await first.ended;
    assert.equal(code, 2, err);
    const found = JSON.parse(out) as AttackResult;
    assert.equal(found.stopped, 'asked');
    assert.ok((found.runs[0]?.attacked ?? 0) >= 8);
    assert.match(err, /--resume goes on/);
  });
});
