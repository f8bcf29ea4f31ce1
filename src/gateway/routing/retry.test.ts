import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Refusal, type RefusalCode } from '../../base/refusal.ts';
import { mayRetry, pauseBefore, verdictOf } from './retry.ts';

const RETRY = { retries: 2, idempotent: false, backoff: 100, patience: 2000, deadline: 10_000 };
const AGAIN = { ...RETRY, idempotent: true };

const thrown = (code: RefusalCode, sent: boolean) => ({
  refusal: new Refusal(code),
  status: undefined,
  sent,
});
const answered = (status: number) => ({ refusal: new Refusal('internal'), status, sent: true });

test('what never left may be sent again; what may have been done, only where that is said to be fine', () => {
  for (const code of ['upstream_unreachable', 'upstream_timeout', 'upstream_cut'] as const) {
    assert.equal(mayRetry(thrown(code, false), RETRY), true, code);
    assert.equal(mayRetry(thrown(code, true), RETRY), false, code);
    assert.equal(mayRetry(thrown(code, true), AGAIN), true, code);
  }
});

test('answers that say it was not done', () => {
  for (const status of [401, 403, 429, 503, 529])
    assert.equal(mayRetry(answered(status), RETRY), true, `${status}`);
  for (const status of [500, 502, 504, 302]) {
    assert.equal(mayRetry(answered(status), RETRY), false, `${status}`);
    assert.equal(mayRetry(answered(status), AGAIN), true, `${status}`);
  }
});

test('what the caller got wrong, and what the gateway decided, is never tried again', () => {
  for (const status of [400, 404, 408, 409, 413, 422, 451]) {
    assert.equal(mayRetry(answered(status), AGAIN), false, `${status}`);
  }
  for (const code of [
    'client_gone',
    'internal',
    'ledger_unavailable',
    'unsupported',
    'prompt_blocked',
  ] as const) {
    assert.equal(mayRetry(thrown(code, false), AGAIN), false, code);
  }
});

test('what the end of a request says of its target', () => {
  assert.equal(verdictOf(undefined), 'fine');
  assert.equal(verdictOf(new Refusal('upstream_cut')), 'failed');
  assert.equal(verdictOf(new Refusal('upstream_rate_limited')), 'neither');
  assert.equal(verdictOf(new Refusal('client_gone')), 'neither');
  assert.equal(verdictOf(new Refusal('reply_blocked')), 'fine');
  assert.equal(verdictOf(new Refusal('upstream_rejected')), 'fine');
  assert.equal(verdictOf(new TypeError()), 'neither');
});

test('pauses grow, never beyond the patience, and never below what the server wishes', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const wish = fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 11 }), wish, chance, (tries, wanted, roll) => {
      const pause = pauseBefore(tries, wanted, RETRY, () => roll);
      if (wanted !== undefined && wanted > RETRY.patience) assert.equal(pause, undefined);
      else {
        assert.ok(pause !== undefined && pause >= (wanted ?? 0) && pause <= RETRY.patience);
        assert.ok(pause <= Math.max(wanted ?? 0, RETRY.backoff * 2 ** (tries - 1)));
      }
    }),
  );
});
