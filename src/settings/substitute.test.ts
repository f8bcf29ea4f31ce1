import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { writePath } from '../base/document.ts';
import type { Json } from '../base/json.ts';
import { substitute } from './substitute.ts';

const env = { KEY: 'value', EMPTY: '', NESTED: '${KEY}' };

function fill(value: Json): { value: Json; reports: string[] } {
  const reports: string[] = [];
  return {
    value: substitute(value, env, (path, message) => reports.push(`${writePath(path)}: ${message}`)),
    reports,
  };
}

test('variables are filled in, once', () => {
  const cases = {
    '${KEY}': 'value',
    'a ${KEY} b ${KEY}': 'a value b value',
    '${EMPTY}': '',
    '${EMPTY:-other}': 'other',
    '${MISSING:-other}': 'other',
    '${MISSING:-}': '',
    '$${KEY}': '${KEY}',
    '${NESTED}': '${KEY}',
    $KEY: '$KEY',
  };
  for (const [text, expected] of Object.entries(cases))
    assert.deepEqual(fill(text), { value: expected, reports: [] });
});

test('what cannot be filled in is reported with its place', () => {
  assert.deepEqual(fill({ a: ['x', '${MISSING}'] }).reports, [
    'a[1]: the environment variable MISSING is not set',
  ]);
  assert.match(fill('${KEY').reports.join(), /not \$\{NAME\}/);
  assert.match(fill('${1}').reports.join(), /not \$\{NAME\}/);
});

test('names of members and everything that is no text stay as they are', () => {
  const value = { '${KEY}': 1, b: [true, null, 2.5] };
  assert.deepEqual(fill(value).value, value);
  fc.assert(
    fc.property(fc.jsonValue(), (any) => {
      const json = JSON.parse(JSON.stringify(any).replaceAll('$', 'S')) as Json;
      assert.deepEqual(fill(json), { value: json, reports: [] });
    }),
  );
});
