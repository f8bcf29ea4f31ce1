import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nodeTreeHash } from '../ledger/hashing.ts';
import { makeLedgerKeys, publicKeys, verifySignature } from '../ledger/keys.ts';
import { signCheckpoint } from './checkpoint.ts';
import { Malformed } from './malformed.ts';
import { Frontier } from './merkle.ts';
import { consistencyRanges, RangeRoots } from './proof.ts';
import { formatSubmission, judge, parseSubmission } from './witness.ts';

/** In the form of the example in https://c2sp.org/tlog-witness. */
const EXAMPLE = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
`;

test('a submission in the form of the specification is read, and written the same', () => {
  const submission = parseSubmission(EXAMPLE);
  assert.equal(submission.old, 20_852_014);
  assert.equal(submission.proof.length, 4);
  assert.match(submission.note, /^example\.com\/behind-the-sofa\n20852163\n/);
  assert.equal(formatSubmission(submission), EXAMPLE);
});

test('what is no submission is malformed, whatever it is', () => {
  const broken: readonly ((text: string) => string)[] = [
    (text) => text.replace('old 2', 'old 02'),
    (text) => text.replace('old 2', 'old -2'),
    (text) => text.replace('old', 'new'),
    (text) => text.replace('old 20852014', 'old 9999999999999999'),
    (text) => text.replace('PlRN', 'PlR'),
    (text) => text.replace('\n\n', '\n'),
    (text) => text.replace('\n', `\n${'PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n'.repeat(64)}`),
  ];
  for (const break_ of broken) assert.throws(() => parseSubmission(break_(EXAMPLE)), Malformed);
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseSubmission(text);
      } catch (error) {
        assert.ok(error instanceof Malformed);
      }
    }),
  );
});

test('a log that grows is cosigned; what does not grow out of the latest is refused with its own status', async () => {
  const { keys } = makeLedgerKeys('example.com/log');
  const leaves = Array.from({ length: 20 }, (_, i) => nodeTreeHash.leaf(Buffer.from(`${i}`)));
  const rootAt = (size: number) => {
    const tree = new Frontier(nodeTreeHash);
    for (const leaf of leaves.slice(0, size)) tree.push(leaf);
    return tree.root();
  };
  const noteOf = (size: number, root = rootAt(size)) =>
    signCheckpoint({ origin: keys.origin, size, root }, keys.signers, 1);
  const proofOf = (first: number, second: number) => {
    const roots = new RangeRoots(consistencyRanges(first, second), nodeTreeHash);
    for (const leaf of leaves.slice(0, second)) roots.push(leaf);
    return roots.roots();
  };
  const ask = (body: string, latest: number) =>
    judge(
      body,
      (origin) =>
        origin === keys.origin
          ? { keys: publicKeys(keys), latest: { size: latest, root: rootAt(latest) } }
          : undefined,
      nodeTreeHash,
      verifySignature,
    );
  const body = (old: number, proof: readonly string[], note: string) =>
    formatSubmission({ old, proof, note });

  assert.equal((await ask(body(0, [], noteOf(7)), 0)).status, 200);
  assert.equal((await ask(body(7, proofOf(7, 20), noteOf(20)), 7)).status, 200);
  assert.equal((await ask(body(7, [], noteOf(7)), 7)).status, 200);
  assert.deepEqual(await ask(body(0, [], noteOf(20)), 7), { status: 409, size: 7 });
  assert.deepEqual(await ask(body(7, [], noteOf(7, rootAt(8))), 7), { status: 409, size: 7 });
  assert.equal((await ask(body(7, proofOf(6, 20), noteOf(20)), 7)).status, 422);
  assert.equal((await ask(body(0, proofOf(7, 20), noteOf(20)), 0)).status, 422);
  assert.equal((await ask(body(8, [], noteOf(7)), 8)).status, 400);
  assert.equal((await ask('old 0\n', 0)).status, 400);
  assert.equal((await ask(body(0, [], noteOf(7).replace('\n7\n', '\n8\n')), 0)).status, 403);
  assert.equal((await ask(body(0, [], noteOf(7).replace('example.com', 'example.org')), 0)).status, 404);
});
