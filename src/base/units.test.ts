import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDuration, parseSize } from './units.ts';

test('sizes', () => {
  assert.equal(parseSize('10MB'), 10 * 1024 * 1024);
  assert.equal(parseSize('64 KB'), 65_536);
  assert.equal(parseSize('1.5KB'), 1536);
  assert.equal(parseSize('512B'), 512);
  assert.equal(parseSize(4096), 4096);
  assert.equal(parseSize('4096'), 4096);
  for (const bad of ['', 'MB', '10mb', '-1', '1.5', '0x10', '1e9', '10 MB extra', '10TB', 1.5, Number.NaN]) {
    assert.equal(parseSize(bad), undefined, String(bad));
  }
});

test('durations', () => {
  assert.equal(parseDuration('50ms'), 50);
  assert.equal(parseDuration('30s'), 30_000);
  assert.equal(parseDuration('1.1s'), 1100);
  assert.equal(parseDuration('5m'), 300_000);
  assert.equal(parseDuration('2h'), 7_200_000);
  assert.equal(parseDuration('7d'), 604_800_000);
  assert.equal(parseDuration(60), 60_000);
  assert.equal(parseDuration(0.25), 250);
  for (const bad of ['', 's', '-5s', '5 seconds', '5M', '1h30m', '9'.repeat(40)]) {
    assert.equal(parseDuration(bad), undefined, bad);
  }
});

test('durations are written as Go writes them', () => {
  const samples = { 360000: '6m0s', 90500: '1m30.5s', 3600000: '1h0m0s', 250: '250ms', 1000: '1s', 0: '0s' };
  for (const [ms, text] of Object.entries(samples)) assert.equal(formatDuration(Number(ms)), text);
  assert.equal(formatDuration(-5), '0s');
  fc.assert(
    fc.property(fc.nat(1e9), (ms) => {
      const parts = formatDuration(ms).match(/[\d.]+(ms|[hms])/g) ?? [];
      const sum = parts.reduce((total, part) => total + (parseDuration(part) ?? Number.NaN), 0);
      assert.equal(sum, ms);
    }),
  );
});
