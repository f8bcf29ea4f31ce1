import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../base/secret.ts';
import { holdsSecret, secretsIn } from './secrets.ts';

test('a secret is found however YAML spells it, and a short one where it is all of a text', () => {
  const cases: readonly [string, string][] = [
    ["key: 'it''s-a-long-secret'", "it's-a-long-secret"],
    ['key: "a\\u002dlong\\x2dsecret"', 'a-long-secret'],
    ['key: "a-long-\\\n  secret"', 'a-long-secret'],
    ['key: >-\n  two words\n  of a secret', 'two words of a secret'],
    ['header: Bearer a-long-secret', 'a-long-secret'],
    ['# key: a-long-secret\nother: 1', 'a-long-secret'],
    ['key: short', 'short'],
    ['key: " short "', 'short'],
    ['key: "${KEY:-short}"', 'short'],
    ['key: a-long-$${secret}', 'a-long-${secret}'],
    ['other:\n  - [{ short: 1 }]', 'short'],
    ['short\n', 'short'],
    ['-----BEGIN KEY-----\na: [\n-----END KEY-----\n', '-----BEGIN KEY-----\na: [\n-----END KEY-----'],
  ];
  for (const [text, secret] of cases) assert.ok(holdsSecret(text, [secret]), text);
  assert.ok(!holdsSecret('words: a shorter one\nkey: "${KEY}"', ['short', 'another secret']));
  assert.deepEqual(secretsIn({ a: [new Secret(' one ')], b: { c: new Secret('') }, d: 'no' }), ['one']);
});
