import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Frontier } from '../audit/merkle.ts';
import { verifyConsistency } from '../audit/proof.ts';
import { growthPath, stateAt } from './growth.ts';
import { nodeTreeHash } from './hashing.ts';
import { formatState, segmentName, stateName } from './segments.ts';

const SIZE = 70;

/** A ledger's files as far as proofs read them: three segments with the states before them. */
function files(t: { after(act: () => void): void }, states: boolean): { folder: string; trees: Frontier[] } {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-growth-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const lines = Array.from({ length: SIZE }, (_, seq) => `{"seq":${seq}}`);
  const trees: Frontier[] = [];
  for (let size = 0; size <= SIZE; size++) {
    const tree = new Frontier(nodeTreeHash);
    for (const line of lines.slice(0, size)) tree.push(nodeTreeHash.leaf(Buffer.from(line)));
    trees.push(tree);
  }
  for (const [first, end] of [
    [0, 21],
    [21, 48],
    [48, SIZE],
  ] as const) {
    writeFileSync(
      join(folder, segmentName(first)),
      lines
        .slice(first, end)
        .map((line) => `${line}\n`)
        .join(''),
    );
    const tree = trees[first];
    if (states && first > 0 && tree !== undefined)
      writeFileSync(join(folder, stateName(first)), formatState(tree.state()));
  }
  return { folder, trees };
}

const rootAt = (trees: Frontier[], size: number) => ({ size, root: trees[size]?.root() ?? '' });

for (const states of [true, false]) {
  test(`every tree is shown to grow into every later one, ${states ? 'with' : 'without'} kept states`, async (t) => {
    const { folder, trees } = files(t, states);
    for (let first = 1; first <= SIZE; first += states ? 1 : 9) {
      const state = await stateAt(folder, first);
      assert.deepEqual(state, trees[first]?.state());
      for (let second = first; second <= SIZE; second += 5) {
        const path = await growthPath(folder, state, second);
        assert.ok(verifyConsistency(nodeTreeHash, rootAt(trees, first), rootAt(trees, second), path));
      }
    }
  });
}

test('entries that are not there prove nothing', async (t) => {
  const { folder } = files(t, true);
  await assert.rejects(
    growthPath(folder, await stateAt(folder, 30), SIZE + 1),
    /entry 70 of the ledger is missing/,
  );
});
