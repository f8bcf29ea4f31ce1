import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Condition, ConditionError, holds, kindsFor, parseCondition } from './condition.ts';

const NAMES = ['a', 'b', 'filter_x', 'filter_y', '_hidden'];
const says = (text: string, on: readonly string[]): boolean =>
  holds(parseCondition(text, NAMES), (name) => on.includes(name));

test('conditions hold as Sigma says: not before and before or, brackets, one of and all of', () => {
  assert.equal(says('a', ['a']), true);
  assert.equal(says('a and not b', ['a', 'b']), false);
  assert.equal(says('a or b and filter_x', ['a']), true);
  assert.equal(says('(a or b) and filter_x', ['a']), false);
  assert.equal(says('a and not 1 of filter_*', ['a', 'filter_y']), false);
  assert.equal(says('a and not 1 of filter_*', ['a']), true);
  assert.equal(says('all of filter_*', ['filter_x']), false);
  assert.equal(says('2 of them', ['a', 'b']), true);
  assert.equal(says('2 of them', ['a']), false);
  assert.equal(says('NOT a AND b', ['b']), true);
});

test('“them” leaves out what begins with an underscore', () => {
  assert.equal(says('1 of them', ['_hidden']), false);
});

test('what is wrong is said', () => {
  const wrong = (text: string, what: RegExp) =>
    assert.throws(
      () => parseCondition(text, NAMES),
      (error) => error instanceof ConditionError && what.test(error.message),
      text,
    );
  wrong('', /too early/);
  wrong('a and', /too early/);
  wrong('a b', /has “b”/);
  wrong('(a', /not closed/);
  wrong('c', /no such selection/);
  wrong('1 of z*', /no such selection/);
  wrong('3 of filter_*', /wants 3 of 2/);
  wrong('a & b', /character 2/);
  wrong('('.repeat(50), /too many brackets/);
  wrong(Array(300).fill('a').join(' and '), /too long/);
});

/** Any condition over two names, as text and as what it says. */
const { any: conditions } = fc.letrec<{ any: { text: string; of: (on: readonly string[]) => boolean } }>(
  (tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc
        .constantFrom('a', 'b')
        .map((name) => ({ text: name, of: (on: readonly string[]) => on.includes(name) })),
      tie('any').map((one) => ({ text: `not (${one.text})`, of: (on: readonly string[]) => !one.of(on) })),
      fc.tuple(tie('any'), tie('any')).map(([x, y]) => ({
        text: `(${x.text}) and (${y.text})`,
        of: (on: readonly string[]) => x.of(on) && y.of(on),
      })),
      fc.tuple(tie('any'), tie('any')).map(([x, y]) => ({
        text: `(${x.text}) or (${y.text})`,
        of: (on: readonly string[]) => x.of(on) || y.of(on),
      })),
    ),
  }),
);

test('any condition holds exactly where it says so', () => {
  fc.assert(
    fc.property(conditions, fc.subarray(['a', 'b']), (condition, on) => {
      let parsed: Condition;
      try {
        parsed = parseCondition(condition.text, ['a', 'b']);
      } catch (error) {
        assert.match(String(error), /too many brackets|too long/);
        return;
      }
      assert.equal(
        holds(parsed, (name) => on.includes(name)),
        condition.of(on),
      );
    }),
  );
});

test('kinds are only left out where a condition cannot hold for them', () => {
  const kinds = (text: string): string[] | undefined => {
    const found = kindsFor(parseCondition(text, ['a', 'b', 'c']), (name) =>
      name === 'a' ? new Set(['x']) : name === 'b' ? new Set(['x', 'y']) : undefined,
    );
    return found && [...found].sort();
  };
  assert.deepEqual(kinds('a'), ['x']);
  assert.deepEqual(kinds('a or b'), ['x', 'y']);
  assert.deepEqual(kinds('a and b'), ['x']);
  assert.deepEqual(kinds('b and c'), ['x', 'y']);
  assert.deepEqual(kinds('b and not a'), ['x', 'y']);
  assert.equal(kinds('not a'), undefined);
  assert.equal(kinds('a or c'), undefined);
  assert.equal(kinds('1 of them'), undefined);
});
