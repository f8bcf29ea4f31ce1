import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NO_TAGS } from '../exchange/tags.ts';
import { readTags } from './tags.ts';

const refused = { code: 'header_refused' };

test('no header, no tags; other headers are not looked at', () => {
  assert.equal(readTags([]), NO_TAGS);
  assert.equal(readTags(['Accept', '*/*', 'x-gate', 'house']), NO_TAGS);
});

test('purpose, consent and subject, whatever the case of their names', () => {
  const headers = ['X-Gatehouse-Purpose', 'support', 'x-gatehouse-CONSENT', 'storage, training'];
  assert.deepEqual(readTags([...headers, 'x-gatehouse-subject', 'ann+1@example.com']), {
    purpose: 'support',
    consent: ['storage', 'training'],
    subject: 'ann+1@example.com',
  });
});

test('what is doubled, misspelt or does not fit is refused', () => {
  for (const headers of [
    ['x-gatehouse-purpose', 'a', 'X-Gatehouse-Purpose', 'a'],
    ['x-gatehouse-purpos', 'a'],
    ['x-gatehouse-purpose', ''],
    ['x-gatehouse-purpose', 'a,b'],
    ['x-gatehouse-purpose', 'Support'],
    ['x-gatehouse-purpose', 'süpport'],
    ['x-gatehouse-purpose', 'a'.repeat(65)],
    ['x-gatehouse-consent', ''],
    ['x-gatehouse-consent', 'a,,b'],
    ['x-gatehouse-consent', 'a,a'],
    ['x-gatehouse-consent', Array.from({ length: 17 }, (_, i) => `w${i}`).join(',')],
    ['x-gatehouse-subject', ''],
    ['x-gatehouse-subject', 'two words'],
    ['x-gatehouse-subject', 'a'.repeat(129)],
    ['x-gatehouse-subject', '"; permit(principal, action, resource);'],
  ]) {
    assert.throws(() => readTags(headers), refused, headers.join(': '));
  }
});

test('any value is read or refused, never changed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      try {
        assert.equal(readTags(['x-gatehouse-subject', text]).subject, text);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'header_refused');
      }
    }),
  );
});
