import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hasDuplicateKeys } from './duplicate-keys.ts';

test('a member that is there twice is found at any depth, however it is written', () => {
  for (const text of [
    '{"a":1,"a":2}',
    '{"a" : 1, "\\u0061":2}',
    '{"x":[{"b":{}, "c":1, "b":[]}]}',
    '{"__proto__":1,"__proto__":2}',
    '{"a":{"a":1},"b":"}","a":3}',
  ])
    assert.equal(hasDuplicateKeys(text), true, text);
  for (const text of [
    '{}',
    '{"a":{"a":{"a":1}},"b":["a","a"]}',
    '{"a":"\\"a\\":1,{","b":"a"}',
    '"a"',
    '[{"a":1},{"a":1}]',
  ])
    assert.equal(hasDuplicateKeys(text), false, text);
});

test('whatever JSON.stringify writes has none', () => {
  fc.assert(fc.property(fc.json(), (text) => !hasDuplicateKeys(JSON.stringify(JSON.parse(text)))));
});

test('a string of tens of megabytes, or one of backslashes only, takes neither stack nor long', () => {
  const long = 'x'.repeat(32 << 20);
  const slashes = '\\'.repeat(2 << 20);
  assert.equal(hasDuplicateKeys(JSON.stringify({ a: long, b: slashes, c: `${slashes}"` })), false);
  assert.equal(hasDuplicateKeys(`{"a":"${long}","a":1}`), true);
});
