import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Refusal } from '../base/refusal.ts';
import { BodyRoom } from './body-room.ts';

const LIMITS = { body: 10_000, bodies: 100_000, caller_bodies: 40_000 };

test('one caller fills their own room only; what has come to its end makes room', () => {
  const room = new BodyRoom();
  const shares = Array.from({ length: 4 }, () => room.open('greedy', LIMITS));
  for (const share of shares) share.take(9_800);
  const late = room.open('greedy', LIMITS);
  assert.throws(() => late.take(1), { code: 'quota_concurrency', status: 429, retryAfter: 1 });
  room.open('other', LIMITS).take(9_800);
  shares[0]?.end();
  late.take(9_800);
});

test('all together fill the room of all', () => {
  const room = new BodyRoom();
  for (let i = 0; i < 10; i++) room.open(`caller ${i}`, LIMITS).take(9_800);
  assert.throws(() => room.open('late', LIMITS).take(1), { code: 'overloaded', status: 503, retryAfter: 1 });
});

test('a single body has room, however small the settings make it for many', () => {
  const share = new BodyRoom().open('one', { body: 10_000, bodies: 1, caller_bodies: 1 });
  share.take(10_000);
  assert.throws(() => share.take(1), Refusal);
});

test('pieces of one byte count as what they cost', () => {
  const share = new BodyRoom().open('drip', LIMITS);
  let pieces = 0;
  assert.throws(() => {
    for (; pieces < LIMITS.caller_bodies; pieces++) share.take(1);
  }, Refusal);
  assert.ok(pieces < 200, `${pieces} pieces`);
});

test('whatever comes and goes, nothing stays behind', () => {
  const step = fc.record({
    caller: fc.constantFrom('a', 'b', 'c'),
    bytes: fc.nat(20_000),
    ends: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const room = new BodyRoom();
      const shares = steps.map(({ caller, bytes, ends }) => {
        const share = room.open(caller, LIMITS);
        try {
          share.take(bytes);
        } catch (error) {
          assert.ok(error instanceof Refusal);
        }
        if (ends) share.end();
        return share;
      });
      for (const share of shares) share.end();
      for (const caller of ['a', 'b', 'c']) {
        const share = room.open(caller, LIMITS);
        share.take(LIMITS.caller_bodies - 200);
        share.end();
      }
    }),
  );
});
