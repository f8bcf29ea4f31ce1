import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../base/problem.ts';
import { patterns } from './patterns.ts';
import { ABOUT, MEANS, masked, readWhole } from './testing.ts';

type Settings = Parameters<typeof patterns.build>[1];
type Rules = Settings['patterns'];

const guard = (rules: Rules, rest: Omit<Settings, 'patterns'> = {}) =>
  patterns.build('house', { patterns: rules, ...rest }, MEANS);

const refusal = (rules: Rules, rest?: Omit<Settings, 'patterns'>): Problem => {
  try {
    guard(rules, rest);
  } catch (error) {
    assert.ok(error instanceof Problem && error.kind === 'usage');
    return error;
  }
  throw new assert.AssertionError({ message: 'was not refused' });
};

test('a pattern without a bound is refused with advice, or holds the text back while it may match', async () => {
  const endless = [{ id: 'all', match: 'BEGIN.*END' }];
  const problem = refusal(endless);
  assert.match(problem.message, /"all" has no greatest length/);
  assert.match(problem.advice ?? '', /\{0,200\}.*unbounded: whole/);
  const reader = guard(endless, { unbounded: 'whole' }).open(ABOUT);
  assert.equal((await reader.push('harmless BE')).clear, 9);
  assert.equal((await reader.push(`GIN ${'x'.repeat(1_000)}`)).clear, 9);
  assert.deepEqual((await reader.push('END')).found, []);
  assert.deepEqual((await reader.end()).found, [{ start: 9, end: 1018, reason: 'house.all' }]);
});

test('says which pattern is wrong and where', () => {
  assert.match(refusal([{ id: 'one', match: 'a(?=b)' }]).message, /"one", character 2: lookahead/);
  assert.match(refusal([{ id: 'one', match: 'a', words: ['b'] }]).message, /"one" must have either/);
  assert.match(refusal([{ id: 'one' }]).message, /"one" must have either/);
  assert.match(refusal([{ id: 'one', words: [' '] }]).message, /"one" has a phrase that is empty/);
  const twice = [
    { id: 'one', match: 'a' },
    { id: 'one', match: 'b' },
  ];
  assert.match(refusal(twice).message, /two patterns "one"/);
});

test('each pattern has its action and its mask', async () => {
  const house = guard([
    { id: 'name', words: ['Nightjar'], replacement: 'N.' },
    { id: 'place', match: 'Site [A-Z]', action: 'flag' },
    { id: 'number', match: '#\\d{4}', action: 'block' },
  ]);
  const text = 'NIGHTJAR at Site B, #1234';
  const found = await readWhole(house, text);
  assert.deepEqual(
    found.map(({ reason, action }) => [reason, action]),
    [
      ['house.name', undefined],
      ['house.place', 'flag'],
      ['house.number', 'block'],
    ],
  );
  assert.equal(masked(text, found), 'N. at Site B, [house.number]');
});

test('words stand as they are written: nothing in them is an operator', async () => {
  const house = guard([{ id: 'odd', words: ['C++ (v1.0)', 'a|b', '$5 [net]'] }]);
  for (const text of ['use C++ (v1.0) now', 'A|B', 'only $5   [NET]!']) {
    assert.equal((await readWhole(house, text)).length, 1, text);
  }
  for (const text of ['C+++ (v1.0)', 'C++ (v1x0)', 'a', 'b'])
    assert.deepEqual(await readWhole(house, text), [], text);
});

test('words are found whole, over line ends and without regard to case unless told otherwise', async () => {
  const house = guard([
    { id: 'any', words: ['blue heron'] },
    { id: 'exact', words: ['Ibis'], ignore_case: false },
  ]);
  const reasons = async (text: string) => (await readWhole(house, text)).map(({ reason }) => reason);
  assert.deepEqual(await reasons('a Blue\r\n  HERON!'), ['house.any']);
  assert.deepEqual(await reasons('blue herons, ibis'), []);
  assert.deepEqual(await reasons('an Ibis'), ['house.exact']);
});
