import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { networkOf } from '../../base/network.ts';
import type { AbuseSettings } from '../../settings/abuse.ts';
import { Abuse } from './abuse.ts';
import { Frequent } from './frequent.ts';

const rule = { count: 3, window: 1000, cooldown: 5000 };
const OFF: AbuseSettings = {
  repeats: undefined,
  invalid_requests: undefined,
  networks: undefined,
  strangers: undefined,
};
const flag = { ...rule, action: 'flag' } as const;
const block = { ...rule, action: 'block' } as const;

function watch() {
  const time = { now: 0 };
  return { time, abuse: new Abuse(() => time.now) };
}

test('repeats: the same prompt is told of once per episode, different ones are not', () => {
  const { time, abuse } = watch();
  const settings = { ...OFF, repeats: flag };
  for (let i = 0; i < 50; i++) assert.deepEqual(abuse.prompt(settings, 'a', `digest ${i}`), {});
  const looks = Array.from({ length: 10 }, () => abuse.prompt(settings, 'b', 'same'));
  assert.deepEqual(looks.slice(0, 3), [{}, {}, {}]);
  assert.deepEqual(looks[3], { finding: { check: 'repeats', action: 'flag', count: 4, window: 1000 } });
  assert.ok(looks.slice(4).every((look) => look.finding === undefined && look.wait === undefined));
  time.now = 1500;
  for (let i = 0; i < 10; i++) assert.deepEqual(abuse.prompt(settings, 'b', 'same'), {}, 'it goes on');
  time.now = 10_000;
  const later = Array.from({ length: 4 }, () => abuse.prompt(settings, 'b', 'same'));
  assert.ok(later[3]?.finding, 'a new episode');
  assert.equal(abuse.waits('b'), 0, 'a flag stops nobody');
});

test('a calm window between two floods makes two episodes', () => {
  const { time, abuse } = watch();
  const settings = { ...OFF, repeats: flag };
  const flood = () =>
    Array.from({ length: 5 }, () => abuse.prompt(settings, 'a', 'x')).filter((l) => l.finding);
  assert.equal(flood().length, 1);
  time.now = 1100;
  assert.deepEqual(abuse.prompt(settings, 'a', 'x'), {});
  time.now = 2200;
  assert.equal(flood().length, 1);
});

test('invalid requests: who makes many has to wait, until the cool-down is over; others do not', () => {
  const { time, abuse } = watch();
  const settings = { ...OFF, invalid_requests: block };
  for (let i = 0; i < 3; i++) assert.deepEqual(abuse.refused(settings, 'a'), {});
  assert.equal(abuse.refused(settings, 'a').wait, 5000);
  assert.equal(abuse.waits('a'), 5000);
  assert.equal(abuse.waits('b'), 0);
  time.now = 4999;
  assert.equal(abuse.waits('a'), 1);
  time.now = 5000;
  assert.equal(abuse.waits('a'), 0);
  assert.deepEqual(abuse.refused(settings, 'a'), {}, 'counted anew');
});

test('networks: one credential from many networks; the same network again is nothing new', () => {
  const { abuse } = watch();
  const settings = { ...OFF, networks: flag };
  for (let i = 0; i < 20; i++) assert.deepEqual(abuse.used(settings, 'k', '192.0.2.0/24'), {});
  for (const n of [1, 2]) assert.deepEqual(abuse.used(settings, 'k', `198.51.${n}.0/24`), {});
  assert.equal(abuse.used(settings, 'k', '203.0.113.0/24').finding?.count, 4);
  assert.deepEqual(abuse.used(settings, 'other', '203.0.113.0/24'), {});
});

test('networks, blocked: the credential waits wherever it comes from', () => {
  const { time, abuse } = watch();
  const settings = { ...OFF, networks: block };
  const use = (n: number) => abuse.used(settings, 'k', `198.51.${n}.0/24`).wait;
  assert.deepEqual([1, 2, 3, 4, 1].map(use), [undefined, undefined, undefined, 5000, 5000]);
  time.now = 5000;
  assert.equal(use(1), undefined);
});

test('a check that is off looks at nothing, and memory is bounded', () => {
  const { abuse } = watch();
  for (let i = 0; i < 100; i++) assert.deepEqual(abuse.stranger(OFF, 'n'), {});
  const settings = { ...OFF, strangers: block };
  for (let i = 0; i < 4; i++) abuse.stranger(settings, 'first');
  for (let i = 0; i < 20_000; i++) abuse.stranger(settings, `n${i}`);
  assert.deepEqual(abuse.stranger(settings, 'first'), {}, 'who was quiet longest was forgotten');
});

test('Misra-Gries: never more than there was, and never less by more than N / k', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 600 }), (items) => {
      const frequent = new Frequent();
      const true_ = new Map<number, number>();
      for (const [index, item] of items.entries()) {
        const count = (true_.get(item) ?? 0) + 1;
        true_.set(item, count);
        const seen = frequent.see(String(item));
        if (seen > count || seen < count - (index + 1) / 32 - 1) return false;
      }
      return true;
    }),
  );
});

test('networks are prefixes; this machine is none', () => {
  assert.equal(networkOf('203.0.113.77', 64), '203.0.113.0/24');
  assert.equal(networkOf('::ffff:203.0.113.77', 48), '203.0.113.0/24');
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6', 64), '2001:db8:1:2::/64');
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6', 48), '2001:db8:1::/48');
  assert.equal(networkOf('2001:db8::1', 64), '2001:db8:0:0::/64');
  assert.equal(networkOf('fe80::1%eth0', 64), 'fe80:0:0:0::/64');
  for (const own of ['127.0.0.1', '::1', '::ffff:127.0.0.1', 'local', ''])
    assert.equal(networkOf(own, 64), undefined);
});
