import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Json } from '../base/json.ts';
import type { Facts } from './facts.ts';
import { readSelection } from './selection.ts';

function selection(value: Json) {
  const problems: string[] = [];
  const read = readSelection(value, [], (path, message) => problems.push(`${path.join('.')}: ${message}`));
  return { ...read, problems };
}
const fits = (value: Json, facts: Facts): boolean => {
  const { problems, fits: test } = selection(value);
  assert.deepEqual(problems, []);
  return test(facts);
};

suite('selections', () => {
  test('all fields of a mapping, any mapping of a list, any value of a list', () => {
    assert.equal(fits({ kind: 'a', caller: 'x' }, { kind: 'a', caller: 'x' }), true);
    assert.equal(fits({ kind: 'a', caller: 'x' }, { kind: 'a', caller: 'y' }), false);
    assert.equal(fits({ kind: 'a', caller: 'x' }, { kind: 'a' }), false);
    assert.equal(fits([{ kind: 'a' }, { caller: 'x' }], { caller: 'x' }), true);
    assert.equal(fits({ kind: ['a', 'b'] }, { kind: 'b' }), true);
  });

  test('texts without regard to case, but where it is asked for', () => {
    assert.equal(fits({ name: 'Shop' }, { name: 'sHOP' }), true);
    assert.equal(fits({ 'name|cased': 'Shop' }, { name: 'sHOP' }), false);
    assert.equal(fits({ 'name|cased': 'Shop' }, { name: 'Shop' }), true);
  });

  test('runs of characters, beginnings, ends and pieces', () => {
    assert.equal(fits({ reason: 'injection.*' }, { reason: ['secrets.key', 'injection.jailbreak'] }), true);
    assert.equal(fits({ 'model|startswith': 'gpt-' }, { model: 'gpt-9' }), true);
    assert.equal(fits({ 'model|endswith': '-mini' }, { model: 'gpt-9' }), false);
    assert.equal(fits({ 'model|contains': ['x', 'pt'] }, { model: 'gpt-9' }), true);
    assert.equal(fits({ 'model|contains|all': ['x', 'pt'] }, { model: 'gpt-9' }), false);
    assert.equal(fits({ 'reason|all': ['a', 'b'] }, { reason: ['b', 'c', 'a'] }), true);
  });

  test('patterns, in linear time, with regard to case but for “i”', () => {
    assert.equal(fits({ 'model|re': '^(a+)+$' }, { model: `${'a'.repeat(190)}b` }), false);
    assert.equal(fits({ 'model|re': 'GPT' }, { model: 'gpt-9' }), false);
    assert.equal(fits({ 'model|re|i': 'GPT' }, { model: 'gpt-9' }), true);
  });

  test('numbers, flags, and whether something is there', () => {
    assert.equal(fits({ 'status|gte': 500 }, { status: 500 }), true);
    assert.equal(fits({ 'status|gt': 500 }, { status: 500 }), false);
    assert.equal(fits({ status: [404, 403] }, { status: 403 }), true);
    assert.equal(fits({ 'cost|lt': 1 }, {}), false);
    assert.equal(fits({ admin: true }, { admin: true }), true);
    assert.equal(fits({ admin: false }, {}), true);
    assert.equal(fits({ 'code|exists': false }, { kind: 'a' }), true);
    assert.equal(fits({ reason: null }, { kind: 'a' }), true);
  });

  test('kinds are known where they stand there plainly', () => {
    assert.deepEqual([...(selection({ kind: ['a', 'b'] }).kinds ?? [])], ['a', 'b']);
    assert.deepEqual([...(selection([{ kind: 'a' }, { kind: 'c', caller: 'x' }]).kinds ?? [])], ['a', 'c']);
    assert.equal(selection({ closed: true }).kinds?.has('admin.end'), true);
    assert.equal(selection({ closed: false }).kinds, undefined);
    assert.equal(selection({ kind: 'a*' }).kinds, undefined);
    assert.equal(selection({ 'kind|endswith': 'a' }).kinds, undefined);
    assert.equal(selection([{ kind: 'a' }, { caller: 'x' }]).kinds, undefined);
  });

  test('kinds are compared without regard to case, too', () => {
    assert.equal(selection({ kind: 'Request.End' }).kinds?.has('request.end'), true);
  });

  test('what is wrong is said, with its place', () => {
    const wrong = (value: Json, what: RegExp) => assert.match(selection(value).problems.join('\n'), what);
    wrong({ calller: 'x' }, /calller: is not a field of events\. Did you mean “?caller/);
    wrong({ 'caller|near': 'x' }, /unknown modifier, “near”/);
    wrong({ 'caller|contains|startswith': 'x' }, /do not go together/);
    wrong({ 'caller|contains|contains': 'x' }, /do not go together/);
    wrong({ 'caller|gte': 3 }, /is for numbers/);
    wrong({ 'status|contains': '4' }, /is a number/);
    wrong({ status: '404' }, /must be a number/);
    wrong({ caller: 7 }, /must be text/);
    wrong({ caller: [] }, /is empty/);
    wrong({ admin: 'yes' }, /must be true or false/);
    wrong({ 'code|exists': 'yes' }, /must be true or false/);
    wrong({ 'model|re': '(' }, /model\|re: Pattern/);
    wrong({}, /must be a mapping/);
    wrong([], /is empty/);
    wrong(['x'], /0: must be a mapping/);
    wrong('x', /must be a mapping/);
  });
});
