import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codingFor } from './serve.ts';

test('the smallest coding that the client takes', () => {
  assert.equal(codingFor('gzip, deflate, br'), 'br');
  assert.equal(codingFor('br;q=0, gzip;q=0.5'), 'gzip');
  assert.equal(codingFor('BR ; Q=0.000, gzip ;q=0'), 'identity');
  assert.equal(codingFor('*'), 'identity');
  assert.equal(codingFor(undefined), 'identity');
});
