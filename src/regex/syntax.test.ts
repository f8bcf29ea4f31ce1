import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from './parse.ts';
import { maxLength, minLength } from './syntax.ts';

test('knows the shortest and the longest match', () => {
  const lengths = Object.entries({
    'ab{2,3}|c': [1, 4],
    '😀{3}': [6, 6],
    '[a😀]b?': [1, 3],
    '(a|bc){2}$': [2, 4],
    '\\bfoo*': [2, Number.POSITIVE_INFINITY],
    '(?:a{4}|b{2}){0,2}': [0, 8],
  });
  for (const [source, expected] of lengths) {
    const node = parse(source);
    assert.deepEqual([minLength(node), maxLength(node)], expected, source);
  }
});
