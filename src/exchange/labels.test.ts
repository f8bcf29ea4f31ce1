import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addLabel, labelsAsJson, takes } from './labels.ts';

const labelled = (...pairs: readonly (readonly [string, string])[]) => {
  const labels = new Map<string, Set<string>>();
  for (const [name, value] of pairs) addLabel(labels, name, value);
  return labels;
};

test('a target takes a request whose every label it names', () => {
  const accepts = { sensitivity: ['public', 'internal'], region: ['*'] };
  assert.ok(takes(accepts, labelled()));
  assert.ok(takes(accepts, labelled(['sensitivity', 'public'], ['region', 'eu'])));
  assert.ok(!takes(accepts, labelled(['sensitivity', 'restricted'])));
  assert.ok(
    !takes(accepts, labelled(['sensitivity', 'public'], ['sensitivity', 'restricted'])),
    'all values count',
  );
  assert.ok(!takes(accepts, labelled(['project', 'x'])), 'what is not named is not taken');
  assert.ok(!takes({}, labelled(['constructor', 'x'])));
});

test('labels read the same however they were gathered', () => {
  assert.equal(
    JSON.stringify(labelsAsJson(labelled(['b', 'y'], ['a', 'z'], ['b', 'x'], ['b', 'y']))),
    '{"a":["z"],"b":["x","y"]}',
  );
});
