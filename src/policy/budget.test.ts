import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../exchange/caller.ts';
import { Accounts } from './accounts.ts';
import { readBudgets } from './budget.ts';
import type { BudgetEntry } from './budget-schema.ts';
import type { CountClaim } from './claim.ts';

const caller: Caller = {
  id: 'clr_1',
  name: 'shop-bot',
  owner: '',
  team: 'red',
  roles: [],
  tags: { organisation: 'acme' },
  credential: 'key_1',
};
const fine = (entries: BudgetEntry[]) => readBudgets((_, message) => assert.fail(message), entries);
const errors = (entries: BudgetEntry[]) => {
  const found: string[] = [];
  readBudgets((path, message) => found.push(`${path.join('.')} ${message}`), entries);
  return found;
};

test('amounts are exact, alerts rise', () => {
  const [budget] = fine([
    { per: 'team', dollars: ['0.1/day', '1000.000000001/month'], alerts: ['100%', '5%', '5%'] },
  ]);
  assert.deepEqual(budget?.limits, [
    {
      limit: 100_000_000,
      unit: 'day',
      alerts: [
        { percent: 5, at: 5_000_000 },
        { percent: 100, at: 100_000_000 },
      ],
    },
    {
      limit: 1_000_000_000_001,
      unit: 'month',
      alerts: [
        { percent: 5, at: 50_000_000_001 },
        { percent: 100, at: 1_000_000_000_001 },
      ],
    },
  ]);
});

test('budgets that bound nothing, too much, or the same twice are errors', () => {
  assert.match(errors([{ per: 'team', dollars: '0/day' }]).join(), /more than 0/);
  assert.match(errors([{ per: 'team', dollars: '5000000.1/day' }]).join(), /at most 5000000/);
  assert.match(
    errors([
      { per: 'team', dollars: '1/day' },
      { per: 'team', dollars: ['2/week', '2/day'] },
    ]).join(),
    /budgets\.1 limits dollars a day of these requests a second time/,
  );
});

test('claims are plain data, one for each limit that fits, each on the count of its owner', () => {
  const budgets = fine([
    { per: 'organisation', dollars: '10/month' },
    { per: 'key', callers: ['shop-*'], dollars: '1/day' },
    { per: 'team', teams: ['blue'], dollars: '1/day' },
    { per: 'model', models: ['gpt-*'], dollars: '1/day' },
  ]);
  const account = new Accounts({ quotas: [], budgets }).of(caller, 'gpt-5');
  const claims = account.claims({ requests: 1, tokens: 7, dollars: 42 }) as CountClaim[];
  assert.deepEqual(
    claims.map(({ counter, limit, amount, alerts }) => [counter, limit, amount, alerts?.owner]),
    [
      ['dollars a month, organisation: acme', 10_000_000_000, 42, 'acme'],
      ['dollars a day, key callers=shop-*: key_1 clr_1', 1_000_000_000, 42, 'key_1 clr_1'],
      ['dollars a day, model models=gpt-*: gpt-5', 1_000_000_000, 42, 'gpt-5'],
    ],
  );
  assert.deepEqual(JSON.parse(JSON.stringify(claims)), claims);
});
