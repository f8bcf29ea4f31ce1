import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Frontier, treeHash } from '../audit/merkle.ts';
import { LEAST_LEVEL, Subtrees } from './subtrees.ts';
import { Entries } from './testing.ts';
import { Views } from './views.ts';

const hash = treeHash((bytes) => createHash('sha256').update(bytes).digest());
const BLOCK = 2 ** LEAST_LEVEL;

test('roots of perfect subtrees, over restarts and what could not be taken', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-subtrees-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const leaves = Array.from({ length: 5 * BLOCK + 3 }, (_, seq) => hash.leaf(Buffer.from(String(seq))));
  const entries = new Entries();
  for (const seq of leaves.keys()) entries.add(1000 * seq, 'test', {}, leaves[seq - 1]);
  const open = () => Views.open(join(folder, 'views.sqlite'), 'ledger', Number.MAX_SAFE_INTEGER);
  let views = open();
  let subtrees = new Subtrees(views.database, hash);
  for (let from = 0; from < entries.all.length; ) {
    const to = Math.min(entries.all.length, from + 1 + ((from * 7) % 300));
    // Some come again.
    subtrees.take(entries.all.slice(Math.max(0, from - 5), to));
    from = to;
    if (from % 2 === 0) continue;
    views.close();
    views = open();
    subtrees = new Subtrees(views.database, hash);
    const [later] = entries.all.slice(from + 2);
    if (later !== undefined) assert.throws(() => subtrees.take([later]), RangeError);
  }
  assert.equal(subtrees.size, leaves.length - 1);
  const rootOf = (from: number, to: number) => {
    const tree = new Frontier(hash);
    for (const leaf of leaves.slice(from, to)) tree.push(leaf);
    return tree.root();
  };
  for (let level = LEAST_LEVEL; level <= LEAST_LEVEL + 3; level++)
    for (let number = 0; number < 6; number++) {
      const [from, to] = [number * 2 ** level, (number + 1) * 2 ** level];
      assert.equal(subtrees.root(level, number), to <= subtrees.size ? rootOf(from, to) : undefined);
    }
  assert.equal(subtrees.root(LEAST_LEVEL - 1, 0), undefined);
  views.close();
});
