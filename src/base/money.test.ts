import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decimal, dollarsOf, nanoDollars } from './money.ts';

test('dollars are written exactly, with two digits at least', () => {
  const written = [0, 1, 10, 1_000_000_000, 12_500_000_000, 1_234_567_891, 120_000_000].map((nano) =>
    dollarsOf(nano),
  );
  assert.deepEqual(written, ['0.00', '0.000000001', '0.00000001', '1.00', '12.50', '1.234567891', '0.12']);
});

test('what is written is read again, whatever it is', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 23n }), (nano) => {
      assert.equal(nanoDollars(dollarsOf(nano)), nano);
    }),
  );
});

test('decimals are read digit by digit, never through a fraction that binary does not have', () => {
  assert.equal(decimal(0.1, 6), 100_000n);
  assert.equal(decimal('18.75', 6), 18_750_000n);
  assert.equal(decimal(1.005, 3), 1005n);
  for (const wrong of ['', '-1', '1.', '.5', '1e3', 1e-7, 1e21, Number.NaN, '1.0000001', ' 1', '1 '])
    assert.equal(decimal(wrong, 6), undefined, String(wrong));
});
