import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dollarsOf, MOST } from '../base/money.ts';
import type { Problem } from '../base/problem.ts';
import type { Usage } from '../exchange/exchange.ts';
import { usageOf } from '../exchange/usage.ts';
import { costOf, mostOf, type Price } from './price.ts';
import { parsePrices, SHIPPED_PRICES } from './price-table.ts';

const table = (entries: string) =>
  parsePrices(`version: 1\nas_of: "2026-01-01"\nprices:\n${entries}`, 'prices.yaml');
const priceOf = (entries: string): Price => {
  const price = table(entries).find('m', 'up');
  assert.ok(price !== undefined);
  return price;
};

test('each direction has its rate, and what is not said is as its whole', () => {
  const price = priceOf(
    '  - { models: [m], input: 3, cached_input: 0.3, cache_write: 3.75, output: 15, request: 0.01 }',
  );
  const usage: Usage = {
    input: 1_000_000,
    cached: 400_000,
    cacheWrite: 100_000,
    output: 10_000,
    reasoning: 4_000,
  };
  // 0.5M × 3 + 0.4M × 0.3 + 0.1M × 3.75 + 0.01M × 15 + 0.01
  assert.equal(dollarsOf(costOf(price, usage)), '2.155');
  const dear = priceOf('  - { models: [m], input: 1, output: 2, reasoning: 200 }');
  assert.equal(dollarsOf(costOf(dear, usage)), '1.812');
});

test('a long prompt has rates of its own for all of its tokens', () => {
  const price = priceOf(
    '  - { models: [m], input: 1, output: 10, long: { above: 200000, input: 2, output: 15 } }',
  );
  assert.equal(dollarsOf(costOf(price, { input: 200_000, output: 1_000 })), '0.21');
  assert.equal(dollarsOf(costOf(price, { input: 200_001, output: 1_000 })), '0.415002');
});

const rate = fc.nat(100_000_000).map((micro) => micro / 1_000_000);
const prices = fc
  .record({ input: rate, cached_input: rate, cache_write: rate, output: rate, reasoning: rate })
  .map((rates) => ({ rates, price: priceOf(`  - ${JSON.stringify({ models: ['m'], ...rates })}`) }));
const tokens = fc.nat(2_000_000);
const usages = fc
  .tuple(tokens, tokens, tokens, tokens, tokens)
  .map(([input, output, cached, cacheWrite, reasoning]) =>
    usageOf(input, output, { cached, cacheWrite, reasoning }),
  );

test('the cost is the exact price, rounded up once to a billionth of a dollar', () => {
  fc.assert(
    fc.property(prices, usages, ({ rates, price }, usage) => {
      const { input, output, cached = 0, cacheWrite = 0, reasoning = 0 } = usage;
      const micro = (dollars: number) => BigInt(Math.round(dollars * 1e6));
      const exact =
        BigInt(input - cached - cacheWrite) * micro(rates.input) +
        BigInt(cached) * micro(rates.cached_input) +
        BigInt(cacheWrite) * micro(rates.cache_write) +
        BigInt(output - reasoning) * micro(rates.output) +
        BigInt(reasoning) * micro(rates.reasoning);
      const cost = BigInt(costOf(price, usage)) * 1000n;
      assert.ok(cost >= exact && cost - exact < 1000n);
      assert.ok(mostOf(price, usage) >= costOf(price, usage), 'what is reserved is enough');
    }),
  );
});

test('costs of any size stay whole numbers, and sums of them in any order are the same', () => {
  fc.assert(
    fc.property(prices, fc.array(usages, { maxLength: 50 }), ({ price }, all) => {
      const costs = all.map((usage) => costOf(price, usage));
      assert.ok(costs.every(Number.isSafeInteger));
      const forth = costs.reduce((sum, cost) => sum + cost, 0);
      const back = costs.reduceRight((sum, cost) => sum + cost, 0);
      assert.equal(forth, back);
      assert.equal(
        BigInt(forth),
        costs.reduce((sum, cost) => sum + BigInt(cost), 0n),
      );
    }),
  );
  const dearest = priceOf('  - { models: [m], input: 1000000, output: 1000000 }');
  assert.equal(costOf(dearest, { input: 1e9, output: 1e9 }), MOST);
});

test('the first entry that fits holds; a table of one’s own comes before the shipped one', () => {
  const own = parsePrices(
    `version: 1
as_of: "2026-01-01"
prices:
  - { models: [gpt-4o], upstreams: [azure], input: 1, output: 1 }
  - { models: ["llama*"], input: 0, output: 0 }`,
    'prices.yaml',
    SHIPPED_PRICES,
  );
  const input = (model: string, upstream: string) => own.find(model, upstream)?.input;
  assert.equal(input('gpt-4o', 'azure'), 1_000_000n);
  assert.equal(input('gpt-4o', 'openai'), 2_500_000n);
  assert.equal(input('llama-4', 'here'), 0n);
  assert.equal(input('unheard-of', 'here'), undefined);
  assert.notEqual(own.hash, SHIPPED_PRICES.hash);
});

test('the shipped table knows families by their names, and the small from the large', () => {
  const output = (model: string) => SHIPPED_PRICES.find(model, 'x')?.output;
  assert.equal(output('gpt-4o-mini-2024-07-18'), 600_000n);
  assert.equal(output('gpt-4o-2024-08-06'), 10_000_000n);
  assert.equal(output('claude-opus-4-5-20251101'), 25_000_000n);
  assert.equal(output('claude-opus-4-1-20250805'), 75_000_000n);
  assert.equal(output('gemini-2.5-flash-lite'), 400_000n);
  assert.equal(output('gpt-4o-realtime-preview'), undefined, 'nothing is priced by a likeness of names');
});

test('prices that cannot be kept exactly are errors', () => {
  assert.throws(
    () => table('  - { models: [m], input: 0.0000001, output: 1, request: -1 }'),
    (error: Problem) => /prices\[0\]/.test(error.message) || /prices\[0\]/.test(String(error.advice)),
  );
  assert.throws(() => table('  - { models: [m], input: 1.23456789, output: 1 }'), /six|at most 6 digits/);
});
