import assert from 'node:assert/strict';
import test from 'node:test';
import { Problem } from '../../base/problem.ts';
import type { Finding } from '../../findings/finding.ts';
import type { FileRead } from '../../findings/result.ts';
import { readBaseline, writeBaseline } from './baseline.ts';
import { Bench } from './judge.ts';
import { NO_POLICY } from './no-policy.ts';
import { readScanPolicy } from './policy.ts';

const RULES = new Set(['pickle.unknown-call', 'zip.slip']);
const TODAY = '2026-11-21';
const policyOf = (text: string) => readScanPolicy(text, 'p.yaml', TODAY, RULES);

const finding = (rule: string, more: Partial<Finding> = {}): Finding => ({
  rule,
  severity: 'medium',
  place: { path: ['a.pt', 'data.pkl'], range: { start: 1, end: 2 } },
  message: 'm',
  evidence: { call: 'a.b' },
  ...more,
});
const file = (findings: readonly Finding[], isRead = true, path = 'a.pt'): FileRead => ({
  path,
  size: 10,
  sha256: 'cd'.repeat(32),
  verdict: 'findings',
  findings,
  parts: [
    {
      path: [path],
      formats: ['pickle'],
      size: 10,
      ranges: [{ as: isRead ? 'parsed' : 'unread', start: 0, end: 10 }],
    },
  ],
  more: 0,
});

test('what is medium or worse fails, what is not read is not decided, the rest is clean', () => {
  const bench = new Bench(NO_POLICY, []);
  assert.equal(bench.judge(file([finding('zip.slip')])).verdict, 'findings');
  assert.equal(bench.judge(file([finding('zip.slip', { severity: 'low' })])).verdict, 'clean');
  assert.equal(bench.judge(file([finding('zip.slip', { severity: 'low' })], false)).verdict, 'undecided');
  assert.equal(bench.judge(file([finding('zip.slip')], false)).verdict, 'findings');
});

test('a suppression excuses its rule, in its files, for its time, and is named where it met nothing', () => {
  const policy = policyOf(`
version: 1
suppress:
  - { rule: zip.slip, path: 'a.*', reason: ours, until: 2026-11-21 }
  - { rule: zip.slip, path: 'other/*', reason: theirs, until: 2027-01-01 }
  - { rule: pickle.unknown-call, reason: long ago, until: 2026-11-20 }
`);
  const bench = new Bench(policy, []);
  const judged = bench.judge(file([finding('zip.slip')]));
  assert.equal(judged.verdict, 'clean');
  assert.deepEqual(judged.findings[0]?.excuse, { by: 'policy', reason: 'ours', until: '2026-11-21' });
  assert.equal(bench.judge(file([finding('pickle.unknown-call')])).verdict, 'findings');
  const { notes } = bench.result('1', [judged], [], policy.over);
  assert.deepEqual(notes, [
    'the suppression of pickle.unknown-call ended on 2026-11-20',
    'the suppression of zip.slip met nothing',
  ]);
});

test('what may stay unread is allowed by path or digest, never findings in it', () => {
  const policy = policyOf(
    `{version: 1, unread: [{sha256: ${'cd'.repeat(32)}, reason: weights of ours, until: 2027-01-01}]}`,
  );
  const bench = new Bench(policy, []);
  assert.equal(bench.judge(file([], false)).verdict, 'clean');
  assert.equal(bench.judge(file([finding('zip.slip')], false)).verdict, 'findings');
  assert.equal(bench.judge({ ...file([], false), sha256: 'ab'.repeat(32) }).verdict, 'undecided');
});

test('fail_on moves the line', () => {
  const judged = new Bench(policyOf('{version: 1, fail_on: high}'), []).judge(file([finding('zip.slip')]));
  assert.equal(judged.verdict, 'clean');
});

test('a policy is refused with everything that is wrong in it', () => {
  const wrong = `version: 1
suppress:
  - { rule: zip.slop, reason: typing, until: 2027-02-30 }
calls:
  - { call: 'torch.*', verdict: allowed, reason: all of it }
`;
  assert.throws(
    () => policyOf(wrong),
    (error: unknown) => error instanceof Problem && error.kind === 'usage',
  );
  assert.throws(() => policyOf('version: 1\nsuppress:\n  - { rule: zip.slip, reason: forever }\n'), /until/);
  assert.throws(
    () => policyOf('version: 1\nunread:\n  - { reason: all of it, until: 2027-01-01 }\n'),
    /sha256/,
  );
  assert.throws(
    () => policyOf('version: 1\nsuppress:\n  - { rule: zip.slop, reason: typing, until: 2027-02-30 }\n'),
    (error: unknown) =>
      error instanceof Problem && /zip\.slop/.test(error.message) && /no day/.test(error.message),
  );
});

test('a baseline knows findings again wherever their bytes move, and no new ones', () => {
  const first = new Bench(NO_POLICY, []);
  const result = first.result('1', [first.judge(file([finding('zip.slip'), finding('zip.slip')]))], [], []);
  const { text } = writeBaseline(result, '2027-01-01');
  const { pardons } = readBaseline(text, 'baseline.json', TODAY);
  const moved = finding('zip.slip', { place: { path: ['a.pt', 'data.pkl'], range: { start: 7, end: 9 } } });
  const again = (findings: readonly Finding[]) => new Bench(NO_POLICY, pardons).judge(file(findings)).verdict;
  assert.equal(again([moved, moved]), 'clean');
  assert.equal(again([moved, moved, moved]), 'findings');
  assert.equal(again([finding('zip.slip', { evidence: { call: 'os.system' } })]), 'findings');
  assert.equal(again([finding('pickle.unknown-call')]), 'findings');
  assert.deepEqual(readBaseline(text, 'baseline.json', '2027-01-02'), {
    pardons: [],
    over: ['the baseline baseline.json ended on 2027-01-01'],
  });
  assert.throws(() => readBaseline('{"kind": "other"}', 'b', TODAY), Problem);
  const endless = text.replace('2027-01-01', '2027-99-99');
  assert.throws(() => readBaseline(endless, 'b', TODAY), /no day of any calendar|has an error/);
});
