import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyOf, glob, globsOverlap } from './glob.ts';

const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 6 });
const name = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
const regex = (text: string) => new RegExp(`^${text.replaceAll(/\*+/g, '.*').replaceAll('.*', '[ab]*')}$`);

test('a star stands for any run of characters', () => {
  assert.ok(glob('gpt-*')('gpt-4o'));
  assert.ok(glob('gpt-*')('gpt-'));
  assert.ok(!glob('gpt-*')('xgpt-4'));
  assert.ok(glob('*')(''));
  assert.ok(!glob('a*a')('a'));
  assert.ok(glob('a.c')('a.c'));
  assert.ok(!glob('a.c')('abc'));
});

test('matches as the regular expression does', () => {
  fc.assert(fc.property(pattern, name, (p, n) => assert.equal(glob(p)(n), regex(p).test(n), `${p} ${n}`)));
});

test('any of many', () => {
  const matches = anyOf(['exact', 'gpt-*']);
  assert.deepEqual(['exact', 'gpt-4', 'other'].map(matches), [true, true, false]);
});

test('two patterns overlap just where some name fits both', () => {
  const names = ['', 'a', 'b'];
  for (let i = 1; names.length < 2047; i++) names.push(`${names[i]}a`, `${names[i]}b`);
  fc.assert(
    fc.property(pattern, pattern, (a, b) => {
      // The shortest common name is no longer than both patterns' letters together.
      const shortest = a.replaceAll('*', '').length + b.replaceAll('*', '').length;
      fc.pre(shortest <= 9);
      const common = names.some((n) => glob(a)(n) && glob(b)(n));
      assert.equal(globsOverlap(a, b), common, `${a} ${b}`);
      assert.equal(globsOverlap(b, a), common, `${b} ${a}`);
    }),
    { numRuns: 300 },
  );
});
