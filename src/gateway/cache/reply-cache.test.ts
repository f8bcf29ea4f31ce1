import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ReplyCache } from './reply-cache.ts';

const settings = { ttl: 100, max_entries: 3, max_bytes: 10_000, per: 'caller', sampled: false } as const;

test('answers are kept for a while, and the one unused for the longest goes first', () => {
  let now = 0;
  const cache = new ReplyCache(settings, () => now);
  for (const key of ['a', 'b', 'c']) cache.put(key, key.toUpperCase());
  assert.equal(cache.get('a'), 'A');
  cache.put('d', 'D');
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((key) => cache.get(key)),
    ['A', undefined, 'C', 'D'],
  );
  now = 100;
  assert.equal(cache.get('a'), undefined, 'being asked for makes nothing younger');
  cache.put('a', 'new');
  assert.equal(cache.get('a'), 'new');
  cache.clear();
  assert.deepEqual([cache.get('a'), cache.size, cache.bytes], [undefined, 0, 0]);
});

test('whatever is put in, it takes no more than it may, and gives back what was put', () => {
  const step = fc.record({ key: fc.integer({ min: 0, max: 9 }), length: fc.integer({ min: 0, max: 6000 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const cache = new ReplyCache({ ...settings, max_entries: 5 }, () => 0);
      const last = new Map<string, string>();
      for (const { key, length } of steps) {
        const text = String(key).repeat(length);
        cache.put(String(key), text);
        last.set(String(key), text);
        assert.ok(cache.bytes <= settings.max_bytes && cache.size <= 5);
        assert.ok(cache.bytes >= 0);
      }
      for (const [key, text] of last) assert.ok([undefined, text].includes(cache.get(key)));
    }),
  );
});
