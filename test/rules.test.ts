import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stalePages } from '../scripts/rule-pages.ts';

test('every rule of the scanner has its page (npm run rules writes them)', () => {
  assert.deepEqual(stalePages(), []);
});
