import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../../exchange/caller.ts';
import { VerifiedTokens } from './verified-tokens.ts';

const verified = (id: string, ends = 1000) => ({
  caller: { id } as Caller,
  issuer: 'i',
  ends,
  keys: async () => new Uint8Array(),
});

test('CVE-2026-35030: tokens that begin alike are not taken for each other', () => {
  const tokens = new VerifiedTokens();
  const start = 'eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIn0.';
  tokens.add(`${start}alice.s`, verified('alice'));
  tokens.add(`${start}bob.s`, verified('bob'));
  assert.equal(tokens.get(`${start}alice.s`, 0)?.caller.id, 'alice');
  assert.equal(tokens.get(`${start}bob.s`, 0)?.caller.id, 'bob');
  for (const other of [start, start.slice(0, 20), `${start}alice.`, `${start}alice.t`, `${start}alice.s `])
    assert.equal(tokens.get(other, 0), undefined);
});

test('nothing is remembered beyond its end, and no more than fits; what is used stays', () => {
  const tokens = new VerifiedTokens();
  tokens.add('used', verified('used'));
  tokens.add('old', verified('old'));
  for (let i = 0; i < 9_999; i++) tokens.add(`t${i}`, verified('x'));
  assert.equal(tokens.get('used', 999), undefined, 'the oldest went first');
  assert.ok(tokens.get('old', 999));
  tokens.add('one more', verified('x'));
  assert.ok(tokens.get('old', 999));
  assert.equal(tokens.get('old', 1000), undefined);
  assert.equal(tokens.get('old', 0), undefined, 'and it is forgotten');
});
