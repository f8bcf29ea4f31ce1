import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Frontier, type Hash } from '../audit/merkle.ts';
import { systemClock } from '../base/clock.ts';
import { nodeTreeHash } from './hashing.ts';
import { initLedger, ledgerPaths, PUBLIC_KEYS } from './init.ts';
import { Ledger } from './ledger.ts';
import { linesOf } from './lines.ts';
import { proveInclusion } from './prove.ts';
import { type KnownSubtrees, proveNear } from './prove-near.ts';
import { listSegments, readLedger } from './read.ts';
import { readPublicKeys } from './verify-files.ts';

const LEAST = 2;

async function opened(t: TestContext, segmentBytes: number) {
  const data = mkdtempSync(join(tmpdir(), 'gatehouse-prove-'));
  const { keys } = await initLedger({ data, clock: systemClock });
  const { folder } = ledgerPaths(data);
  const ledger = await Ledger.open({ folder, keys, clock: systemClock, segmentBytes });
  t.after(async () => {
    await ledger.close().catch(() => {});
    rmSync(data, { recursive: true, force: true });
  });
  /** Until so many entries are signed. */
  const signedTo = async (size: number) => {
    const fresh = Array.from({ length: size - ledger.size }, (_, at) => 'x'.repeat((at * 37) % 800));
    await Promise.all(fresh.map((text) => ledger.append({ kind: 'test', text })));
    await ledger.checkpoint();
    assert.equal(ledger.signedSize, size);
  };
  return { folder, ledger, signedTo };
}

async function textsOf(folder: string, from: number, to: number): Promise<string[]> {
  const texts: string[] = [];
  for await (const line of linesOf(folder, from, to)) texts.push(Buffer.from(line).toString());
  return texts;
}

/** Subtrees of the first leaves of a ledger. */
async function subtreesOf(folder: string, leaves: number): Promise<KnownSubtrees> {
  const known = new Map<string, Hash>();
  const tree = new Frontier(nodeTreeHash);
  for await (const line of linesOf(folder, 0, leaves))
    tree.push(nodeTreeHash.leaf(line), (level, root) => {
      if (level >= LEAST) known.set(`${level} ${(tree.size + 1) / 2 ** level - 1}`, root);
    });
  return { root: (level, number) => known.get(`${level} ${number}`) };
}

test('proofs are those of the whole ledger, for every entry and size, also where the subtrees are one entry behind', async (t) => {
  const { folder, signedTo } = await opened(t, 2000);
  const keys = await readPublicKeys(join(folder, PUBLIC_KEYS));
  for (const size of [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 32, 33]) {
    await signedTo(size);
    const source = await readLedger(folder);
    const subtrees = await subtreesOf(folder, size - 1);
    for (let seq = 0; seq < size; seq++) {
      const proof = await proveNear({ folder, archive: undefined, subtrees, least: LEAST }, seq);
      assert.deepEqual(proof, await proveInclusion(source, keys, seq), `${seq} of ${size}`);
    }
  }
  assert.ok((await listSegments(folder)).length > 2);
});

test('what is not signed, or not known yet, has none', async (t) => {
  const { folder, ledger, signedTo } = await opened(t, 100_000);
  const none = { root: () => undefined };
  const place = { folder, archive: undefined, subtrees: none, least: LEAST };
  await signedTo(40);
  assert.equal(await proveNear(place, 0), undefined);
  assert.equal((await proveNear(place, 39))?.seq ?? 'none', 'none');
  await ledger.append({ kind: 'test' });
  await assert.rejects(proveNear(place, 40), { kind: 'usage', message: /entry 40 is not signed/ });
});

test('a ledger or a subtree that was changed gives no proof', async (t) => {
  const { folder, signedTo } = await opened(t, 100_000);
  await signedTo(40);
  const subtrees = await subtreesOf(folder, 39);
  const lying = {
    root: (level: number, number: number) =>
      number === 1 ? nodeTreeHash.empty : subtrees.root(level, number),
  };
  const place = { folder, archive: undefined, least: LEAST };
  await assert.rejects(proveNear({ ...place, subtrees: lying }, 0), { kind: 'findings' });
  const [{ file } = assert.fail()] = await listSegments(folder);
  const path = join(folder, file);
  const whole = readFileSync(path, 'utf8');
  writeFileSync(path, whole.replace('"kind":"test"', '"kind":"tesT"'));
  await assert.rejects(proveNear({ ...place, subtrees }, 0), { kind: 'findings' });
  writeFileSync(path, whole.replace('{"v":1,"seq":1,', '{"v":1,"seq":9,'));
  await assert.rejects(proveNear({ ...place, subtrees }, 0), {
    kind: 'findings',
    message: /damaged at entry/,
  });
});

test('lines are found anywhere, over segments', async (t) => {
  for (const segmentBytes of [10_000, 10_000_000]) {
    const { folder, signedTo } = await opened(t, segmentBytes);
    await signedTo(400);
    const all = await textsOf(folder, 0, 400);
    assert.equal(all.length, 400);
    for (const from of [0, 1, 7, 100, 234, 398, 399])
      assert.deepEqual(await textsOf(folder, from, Math.min(400, from + 20)), all.slice(from, from + 20));
    await assert.rejects(textsOf(folder, 390, 401), { kind: 'findings' });
  }
});
