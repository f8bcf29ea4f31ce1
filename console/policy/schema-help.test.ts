import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { aboutKey, helpAt, type Schema, spotAtEnd } from './schema-help.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../policy.schema.json', import.meta.url), 'utf8'),
) as Schema;
const labels = (text: string) => helpAt(schema, spotAtEnd(text)).map(({ label }) => label);

test('where the end of a text is', () => {
  for (const [text, path, writes, begun] of [
    ['', [], 'key', ''],
    ['gua', [], 'key', 'gua'],
    [
      'version: 1\nroles:\n  app:\n    allow:\n      - actions: [chat, em',
      ['roles', 'app', 'allow', -1, 'actions', -1],
      'value',
      'em',
    ],
    ['guards:\n  - use: sec', ['guards', -1, 'use'], 'value', 'sec'],
    ['guards:\n- use: secrets\n  act', ['guards', -1], 'key', 'act'],
    [
      'guards:\n  - use: secrets\n  - { use: pii, action: { prompt: b',
      ['guards', -1, 'action', 'prompt'],
      'value',
      'b',
    ],
    ['guards:\n  - { use: pii, o', ['guards', -1], 'key', 'o'],
    ['roles: {}\nquotas:\n  - per: caller\n    # said\n\n    re', ['quotas', -1], 'key', 're'],
    ['a:\n  b: 1\nc', [], 'key', 'c'],
  ] as const)
    assert.deepEqual(
      (({ path, writes, begun }) => ({ path, writes, begun }))(spotAtEnd(text)),
      { path, writes, begun },
      text,
    );
});

test('keys and values of the policy, by what stands beside them', () => {
  assert.ok(labels('').includes('guards'));
  assert.ok(labels('guards:\n  - use: ').includes('secrets'));
  const ofPatterns = labels('guards:\n  - use: patterns\n    ');
  assert.ok(ofPatterns.includes('patterns') && ofPatterns.includes('action') && !ofPatterns.includes('use'));
  assert.ok(!labels('guards:\n  - use: bounds\n    ').includes('patterns'));
  assert.deepEqual(labels('guards:\n  - { use: secrets, action: ').sort(), [
    'block',
    'flag',
    'hash',
    'mask',
    'pseudonymise',
    'review',
  ]);
  assert.ok(labels('quotas:\n  - per: ').includes('caller+model'));
  assert.deepEqual(labels('nothing:\n  like: '), []);
  assert.match(aboutKey(schema, ['guards', -1, 'on_error']) ?? '', /./);
});
