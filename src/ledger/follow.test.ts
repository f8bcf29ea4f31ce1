import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import { LedgerFollower } from './follow.ts';
import { initLedger, ledgerPaths } from './init.ts';
import { Ledger } from './ledger.ts';
import { listSegments } from './read.ts';

async function opened(t: TestContext) {
  const data = mkdtempSync(join(tmpdir(), 'gatehouse-follow-'));
  const { keys } = await initLedger({ data, clock: systemClock });
  const { folder } = ledgerPaths(data);
  const ledger = await Ledger.open({ folder, keys, clock: systemClock, segmentBytes: 1000 });
  t.after(async () => {
    await ledger.close().catch(() => {});
    rmSync(data, { recursive: true, force: true });
  });
  const grow = async (count: number) => {
    for (let i = 0; i < count; i++) await ledger.append({ kind: 'test', i });
  };
  return { folder, ledger, grow };
}

const all = async (follower: LedgerFollower, size: number, most = 7): Promise<number[]> => {
  const seqs: number[] = [];
  for (;;) {
    const entries = await follower.take(size, most);
    if (entries.length === 0) return seqs;
    assert.ok(entries.length <= most);
    seqs.push(...entries.map(({ seq }) => seq));
  }
};
const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);

test('every entry once, in order, over segments, while the ledger grows', async (t) => {
  const { folder, ledger, grow } = await opened(t);
  await grow(30);
  assert.ok((await listSegments(folder)).length > 3);
  const follower = new LedgerFollower(folder, 0);
  assert.deepEqual(await all(follower, 10), upTo(0, 10));
  assert.deepEqual(await all(follower, ledger.size), upTo(10, 30));
  assert.deepEqual(await all(follower, ledger.size), []);
  await grow(25);
  assert.deepEqual(await all(follower, ledger.size, 1000), upTo(30, 55));
  assert.equal(follower.next, 55);
  await follower.close();
  const later = new LedgerFollower(folder, 17);
  assert.deepEqual(await all(later, ledger.size), upTo(17, 55));
  await later.close();
});

test('what is not durable yet is read again when it is, as it is by then', async (t) => {
  const { folder, ledger, grow } = await opened(t);
  await grow(2);
  const follower = new LedgerFollower(folder, 0);
  const { file } = (await listSegments(folder)).at(-1) ?? assert.fail();
  appendFileSync(join(folder, file), '{"half of a line that was');
  assert.deepEqual(await all(follower, 2), [0, 1]);
  assert.deepEqual(await all(follower, 2), []);
  await grow(3);
  assert.deepEqual(await all(follower, ledger.size), [2, 3, 4]);
  await follower.close();
});

test('damage is said, and what is gone', async (t) => {
  const { folder, grow } = await opened(t);
  await grow(2);
  const { file } = (await listSegments(folder)).at(-1) ?? assert.fail();
  appendFileSync(join(folder, file), '{"seq":2}\n');
  const follower = new LedgerFollower(folder, 0);
  await assert.rejects(
    follower.take(3, 10),
    (error) => error instanceof Problem && error.kind === 'findings',
  );
  await follower.close();
  rmSync(join(folder, file));
  await assert.rejects(new LedgerFollower(folder, 0).take(3, 10), Problem);
});
