import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean, nearest } from './suggest.ts';

test('a slip of the hand finds its word, a different word finds none', () => {
  const known = ['listen', 'upstreams', 'limits', 'ledger', 'log'];
  assert.equal(nearest('upsteams', known), 'upstreams');
  assert.equal(nearest('lisetn', known), 'listen');
  assert.equal(nearest('Ledger', known), 'ledger');
  assert.equal(nearest('loh', known), 'log');
  assert.equal(nearest('telemetry', known), undefined);
  assert.equal(didYouMean('limit', known), ' Did you mean “limits”?');
  assert.equal(didYouMean('telemetry', known), '');
});
