import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import type { Caller } from '../exchange/caller.ts';
import type { CredentialRecord } from './caller.ts';
import { credentialOf } from './credential.ts';
import { hashKey, identifyKey, mintKey } from './key.ts';

const pepper = createSecretKey(Buffer.alloc(32, 7));
const caller: Caller = {
  id: 'clr_1',
  name: 'app',
  owner: 'a',
  team: 't',
  roles: ['app'],
  tags: {},
  credential: 'x',
};
const minted = mintKey('ghk', pepper);
const records = new Map<string, CredentialRecord>([
  [minted.id, { caller, hash: minted.hash, expires: 1000 }],
]);
const none = new URLSearchParams();

const ask = (rawHeaders: readonly string[], query = none, now = 0) =>
  identifyKey(credentialOf(rawHeaders, query)?.text ?? '', (id) => records.get(id), pepper, now);
const refused = (code: string, rawHeaders: readonly string[], query = none, now = 0) =>
  assert.throws(() => ask(rawHeaders, query, now), { code });

test('keys have their form, 256 bits, and are not alike', () => {
  const keys = Array.from({ length: 200 }, () => mintKey('gha', pepper).key);
  for (const key of keys) assert.match(key, /^gha_[0-9A-Za-z]{10}_[0-9A-Za-z]{43}$/);
  assert.equal(new Set(keys).size, keys.length);
  assert.ok(62n ** 43n >= 2n ** 256n);
  const letters = new Set(keys.join('').replaceAll(/gha|_/g, ''));
  assert.equal(letters.size, 62, 'every letter of the alphabet is used');
});

test('each header that clients use is taken, in any case', () => {
  assert.equal(ask(['Authorization', `Bearer ${minted.key}`]), caller);
  assert.equal(ask(['authorization', `bearer ${minted.key}`]), caller);
  assert.equal(ask(['X-API-Key', minted.key]), caller);
  assert.equal(ask(['api-key', minted.key, 'accept', '*/*']), caller);
  assert.equal(ask(['X-Goog-Api-Key', minted.key]), caller);
});

test('none, an empty one, another scheme', () => {
  for (const headers of [
    ['accept', '*/*'],
    ['x-api-key', ''],
    ['Authorization', 'Bearer '],
  ])
    assert.equal(credentialOf(headers, none), undefined);
  refused('credential_invalid', ['Authorization', `Basic ${minted.key}`]);
  refused('credential_invalid', ['Authorization', minted.key]);
});

test('two credentials are refused, even the same one twice', () => {
  refused('credential_ambiguous', ['Authorization', `Bearer ${minted.key}`, 'x-api-key', minted.key]);
  refused('credential_ambiguous', ['x-api-key', minted.key, 'x-api-key', 'other']);
  refused('credential_ambiguous', ['x-api-key', '', 'api-key', minted.key]);
});

test('any prefix, suffix or change of a key is not the key', () => {
  const { key } = minted;
  const flip = (at: number) => key.slice(0, at) + (key[at] === 'a' ? 'b' : 'a') + key.slice(at + 1);
  const wrong = [
    key.slice(0, -1),
    `${key}a`,
    'ghk_',
    `ghk_${minted.id}_`,
    key.toUpperCase(),
    flip(4),
    flip(key.length - 1),
    'x'.repeat(100_000),
  ];
  for (const value of wrong) refused('credential_invalid', ['x-api-key', value]);
  const other = mintKey('ghk', pepper);
  refused('credential_invalid', ['x-api-key', `ghk_${minted.id}_${other.key.slice(15)}`]);
});

test('an expired key is as invalid as an unknown one', () => {
  assert.equal(ask(['x-api-key', minted.key], none, 999), caller);
  refused('credential_invalid', ['x-api-key', minted.key], none, 1000);
});

test('a key in the address is refused, with or without one in a header', () => {
  const header = ['x-api-key', minted.key];
  for (const query of [
    'key=1',
    'API_KEY=x',
    'access_token=x',
    `q=${minted.key}`,
    'token=',
    'q=sk-abcdef',
    'a=Bearer x',
    'client_secret=y',
    'q=eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.',
  ]) {
    refused('credential_in_query', header, new URLSearchParams(query));
    refused('credential_in_query', [], new URLSearchParams(query));
  }
  assert.equal(ask(header, new URLSearchParams('beta=true')), caller);
});

test('the hash depends on the pepper', () => {
  assert.notDeepEqual(hashKey(minted.key, createSecretKey(Buffer.alloc(32, 8))), minted.hash);
});
