import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isObject, isRawNumber } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import { parseJson, parseJsonText, parseLossless } from './json.ts';

const LIMITS = { maxDepth: 64 };
const read = (text: string, limits = LIMITS) => parseJson(Buffer.from(text), limits);
const refused = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;

test('any JSON object comes back as it was', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 8 })), (value) => {
      const text = JSON.stringify(value);
      assert.equal(JSON.stringify(read(text)), JSON.stringify(JSON.parse(text)));
    }),
  );
});

test('numbers that a double would change are written back as they came', () => {
  const text = '{"seed":12345678901234567890,"a":[-9007199254740993,{"b":1e300}],"c":0.5}';
  const value = read(text);
  assert.equal(JSON.stringify(value), text);
  assert.ok(isRawNumber(value.seed));
  assert.ok(!isRawNumber(value.c));
  assert.ok(!isObject(value.seed), 'it has no members');
  assert.equal(JSON.stringify(parseLossless(text)), text);
});

test('a number out of range is refused', () => {
  assert.throws(() => read('{"a":1e400}'), refused('body_not_json'));
  assert.throws(() => read('{"a":[-1e999]}'), refused('body_not_json'));
});

test('depth is bounded without recursion', () => {
  const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
  assert.ok(read(nested(64)));
  assert.throws(() => read(nested(65)), refused('body_too_deep'));
  assert.throws(() => read(nested(1_000_000)), refused('body_too_deep'));
  // The bound holds before the slow path for big numbers, which does recurse.
  assert.throws(() => read(`{"n":12345678901234567890,"a":${'['.repeat(99_999)}${']'.repeat(99_999)}}`));
});

test('the last of two equal keys counts, and it is the one that is written', () => {
  const value = read('{"role":"user","content":"good","content":"bad","n":1,"n":12345678901234567890}');
  assert.equal(JSON.stringify(value), '{"role":"user","content":"bad","n":12345678901234567890}');
});

test('__proto__ and constructor are keys like any other', () => {
  const text = '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"n":12345678901234567890}';
  const value = read(text);
  assert.equal(JSON.stringify(value), text);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test('lone surrogates survive', () => {
  assert.equal(JSON.stringify(read('{"a":"\\ud800 \\udc00"}')), '{"a":"\\ud800 \\udc00"}');
});

test('what is not strict JSON in strict UTF-8 is refused', () => {
  assert.throws(
    () => parseJson(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), LIMITS),
    refused('body_unreadable'),
  );
  assert.throws(() => read('\ufeff{}'), refused('body_unreadable'));
  for (const text of [
    '',
    '[]',
    '"a"',
    'null',
    '1',
    '{',
    '{}x',
    "{'a':1}",
    '{"a":NaN}',
    '{"a":1,}',
    '{"a":"\n"}',
  ]) {
    assert.throws(() => read(text), refused('body_not_json'), text);
  }
});

test('the refusal holds nothing of the body', () => {
  assert.throws(
    () => parseJsonText('{"secret": hunter2}', LIMITS),
    (error: unknown) =>
      error instanceof Refusal && error.cause === undefined && !error.message.includes('hunter2'),
  );
});
