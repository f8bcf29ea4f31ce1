import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { Malformed } from './malformed.ts';
import type { Hash } from './merkle.ts';
import { Frontier, HASH, treeHash } from './merkle.ts';
import type { Range } from './proof.ts';
import {
  consistencyRanges,
  inclusionRanges,
  RangeRoots,
  verifyConsistency,
  verifyInclusion,
} from './proof.ts';

const hash = treeHash((bytes) => createHash('sha256').update(bytes).digest());

/** RFC 6962 section 2.1, as it is written there. */
function definition(leaves: readonly Hash[]): Hash {
  const [only] = leaves;
  if (only === undefined) return hash.empty;
  if (leaves.length === 1) return only;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return hash.node(definition(leaves.slice(0, k)), definition(leaves.slice(k)));
}

function grown(leaves: readonly Hash[]): Frontier {
  const tree = new Frontier(hash);
  for (const leaf of leaves) tree.push(leaf);
  return tree;
}

const leavesOf = (count: number): Hash[] =>
  Array.from({ length: count }, (_, index) => hash.leaf(Buffer.from(`entry ${index}`)));

const roots = (ranges: readonly Range[], leaves: readonly Hash[]): Hash[] => {
  const collected = new RangeRoots(ranges, hash);
  for (const leaf of leaves) collected.push(leaf);
  return collected.roots();
};

test('the roots of the Certificate Transparency reference tree', () => {
  const entries = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ];
  const expected = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];
  for (const [size, root] of expected.entries()) {
    const tree = grown(entries.slice(0, size).map((hex) => hash.leaf(Buffer.from(hex, 'hex'))));
    assert.equal(Buffer.from(tree.root(), 'base64').toString('hex'), root);
  }
});

test('a frontier has the root of the definition, at every size', () => {
  const leaves = leavesOf(70);
  for (let size = 0; size <= leaves.length; size++) {
    const tree = grown(leaves.slice(0, size));
    assert.equal(tree.root(), definition(leaves.slice(0, size)));
    assert.match(tree.root(), HASH);
  }
});

test('a frontier goes on from its state', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.nat(60), (first, more) => {
      const leaves = leavesOf(first + more);
      const resumed = new Frontier(hash);
      resumed.restore(grown(leaves.slice(0, first)).state());
      for (const leaf of leaves.slice(first)) resumed.push(leaf);
      assert.deepEqual(resumed.state(), grown(leaves).state());
    }),
  );
});

test('a state that no tree has is refused', () => {
  const tree = new Frontier(hash);
  assert.throws(() => tree.restore({ size: 3, nodes: [hash.empty] }), Malformed);
  assert.throws(() => tree.restore({ size: -1, nodes: [] }), Malformed);
  assert.throws(() => tree.restore({ size: 0.5, nodes: [hash.empty] }), Malformed);
});

test('sizes beyond 32 bits', () => {
  const tree = new Frontier(hash);
  const size = 2 ** 33 + 1;
  tree.restore({ size, nodes: [hash.empty, hash.empty] });
  tree.push(hash.empty);
  assert.equal(tree.state().nodes.length, 2);
  tree.push(hash.empty);
  assert.equal(tree.size, 2 ** 33 + 3);
  assert.equal(tree.state().nodes.length, 3);
});

test('every inclusion proof holds, and only for its entry, size, path and root', () => {
  const leaves = leavesOf(20);
  for (let size = 1; size <= leaves.length; size++) {
    const root = grown(leaves.slice(0, size)).root();
    for (let seq = 0; seq < size; seq++) {
      const path = roots(inclusionRanges(seq, size), leaves.slice(0, size));
      const leaf = leaves[seq] ?? '';
      const proof = { leaf, seq, size, path };
      assert.ok(verifyInclusion(hash, proof, root), `${seq} of ${size}`);
      assert.ok(!verifyInclusion(hash, { ...proof, leaf: hash.empty }, root));
      assert.ok(!verifyInclusion(hash, { ...proof, path: [...path, hash.empty] }, root));
      assert.ok(!verifyInclusion(hash, proof, hash.empty));
      if (path.length > 0) {
        assert.ok(!verifyInclusion(hash, { ...proof, path: path.slice(1) }, root));
        assert.ok(!verifyInclusion(hash, { ...proof, path: path.with(0, hash.empty) }, root));
      }
      for (const other of [seq - 1, seq + 1, size]) {
        assert.ok(!verifyInclusion(hash, { ...proof, seq: other }, root), `${seq} as ${other} of ${size}`);
      }
    }
  }
  assert.throws(() => inclusionRanges(3, 3), RangeError);
});

test('every consistency proof holds, and only between its two trees', () => {
  const leaves = leavesOf(20);
  for (let second = 0; second <= leaves.length; second++) {
    for (let first = 0; first <= second; first++) {
      const from = { size: first, root: grown(leaves.slice(0, first)).root() };
      const to = { size: second, root: grown(leaves.slice(0, second)).root() };
      const path = roots(consistencyRanges(first, second), leaves.slice(0, second));
      assert.ok(verifyConsistency(hash, from, to, path), `${first} to ${second}`);
      assert.ok(!verifyConsistency(hash, { ...from, root: hash.leaf(Buffer.from('other')) }, to, path));
      if (first > 0) assert.ok(!verifyConsistency(hash, from, { ...to, root: hash.empty }, path));
      assert.ok(!verifyConsistency(hash, from, to, [...path, hash.empty]));
      if (path.length > 0) assert.ok(!verifyConsistency(hash, from, to, path.slice(1)));
    }
  }
  assert.throws(() => consistencyRanges(4, 3), RangeError);
  assert.ok(!verifyConsistency(hash, { size: 4, root: '' }, { size: 3, root: '' }, []));
});

test('proofs made from a state and what follows are those made from all entries', () => {
  const MOST = 40;
  const leaves = leavesOf(MOST);
  const states = Array.from({ length: MOST + 1 }, (_, size) => grown(leaves.slice(0, size)).state());
  for (let size = 1; size <= MOST; size++) {
    const asked = [
      ...Array.from({ length: size }, (_, seq) => ({ from: seq, ranges: inclusionRanges(seq, size) })),
      ...Array.from({ length: size }, (_, at) => ({ from: at + 1, ranges: consistencyRanges(at + 1, size) })),
    ].map((one) => ({ ...one, wanted: roots(one.ranges, leaves.slice(0, size)) }));
    for (let cut = 0; cut <= size; cut++) {
      for (const { from, ranges, wanted } of asked) {
        if (from < cut) continue;
        const collected = new RangeRoots(ranges, hash, states[cut]);
        for (const leaf of leaves.slice(cut, size)) collected.push(leaf);
        assert.deepEqual(collected.roots(), wanted, `${from} of ${size} from ${cut}`);
      }
    }
  }
});

test('a proof that needs what is not in the state is refused', () => {
  const base = grown(leavesOf(8)).state();
  assert.throws(() => new RangeRoots(inclusionRanges(5, 20), hash, base), Malformed);
  assert.throws(() => new RangeRoots(consistencyRanges(3, 20), hash, base), Malformed);
  assert.throws(() => new RangeRoots([{ from: 0, to: 4 }], hash, base), Malformed);
});
