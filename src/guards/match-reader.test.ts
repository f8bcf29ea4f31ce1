import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PatternSet } from '../regex/pattern-set.ts';
import { type Judge, MatchReader } from './match-reader.ts';
import { read } from './testing.ts';

const readWith = (judge: Judge, text: string, ...sources: string[]) =>
  read(
    new MatchReader(PatternSet.compile(sources.map((source) => ({ id: source, source }))), judge),
    text.split(''),
  );

test('shows the judge the match, and takes its word', async () => {
  const seen: string[] = [];
  const judge: Judge = (matched, pattern) => {
    seen.push(`${pattern}:${matched}`);
    return matched === 'a12' ? { reason: 'test.hit' } : undefined;
  };
  const found = await readWith(judge, 'a12 b a34', 'a\\d\\d', 'b');
  assert.deepEqual(found, [{ start: 0, end: 3, reason: 'test.hit' }]);
  assert.deepEqual(seen, ['0:a12', '1:b', '0:a34']);
});

test('a finding may be a part of its match', async () => {
  const judge: Judge = (matched) => ({ reason: 'test.value', within: [4, matched.length] });
  assert.deepEqual(await readWith(judge, 'say key=secret!', 'key=[a-z]{1,10}'), [
    { start: 8, end: 14, reason: 'test.value' },
  ]);
});

test('what lies within a finding with the same action is no further finding; another action counts', async () => {
  const meanings = [
    { reason: 'test.outer' },
    { reason: 'test.inner' },
    { reason: 'test.flag', action: 'flag' as const },
    { reason: 'test.same' },
  ];
  const found = await readWith((_, pattern) => meanings[pattern], 'abcd', 'abcd', 'bc', 'cd', 'abcd');
  assert.deepEqual(
    found.map(({ reason, start, end }) => [reason, start, end]),
    [
      ['test.outer', 0, 4],
      ['test.flag', 2, 4],
    ],
  );
});

test('a match that its judge rejects hides no other', async () => {
  const judge: Judge = (_, pattern) => (pattern === 0 ? undefined : { reason: 'test.inner' });
  assert.deepEqual(await readWith(judge, 'abcd', 'abcd', 'bc'), [{ start: 1, end: 3, reason: 'test.inner' }]);
});
