import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alongPointer } from './pointer.ts';

test('a pointer leads through names and indexes, and nowhere where there is nothing', () => {
  const body = { a: [{ 'b/c~d': 'x' }] };
  assert.equal(alongPointer(body, '/a/0/b~1c~0d')?.at(-1), 'x');
  assert.deepEqual(alongPointer(body, ''), [body]);
  for (const none of ['/b', '/a/1', '/a/0/b~1c~0d/0', '/constructor', '/a/length/x'])
    assert.equal(alongPointer(body, none), undefined, none);
});
