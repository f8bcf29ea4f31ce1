import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../exchange/caller.ts';
import { Accounts } from './accounts.ts';
import type { Quota } from './policy.ts';
import { readScope } from './scope.ts';

const quotas: Quota[] = [
  {
    ...readScope({ per: 'team' }),
    rates: [{ measure: 'requests', limit: 5, unit: 'minute', window: 60_000 }],
    concurrency: 2,
  },
];
const ann: Caller = {
  id: 'clr_1',
  name: 'ann',
  owner: 'ann',
  team: 'red',
  roles: ['app'],
  tags: {},
  credential: 'key_1',
};
const amounts = { requests: 1, tokens: 3, dollars: 0 };

test('an account is made once for a caller and a model, with the amounts of each request', () => {
  const accounts = new Accounts({ quotas, budgets: [] });
  const account = accounts.of(ann, 'm');
  assert.equal(accounts.of(ann, 'm'), account);
  assert.notEqual(accounts.of(ann, 'n'), account);
  assert.equal(account.budgeted, false);
  assert.deepEqual(account.claims(amounts), [
    {
      kind: 'count',
      counter: 'requests a minute, team: red',
      window: { ms: 60_000 },
      measure: 'requests',
      limit: 5,
      amount: 1,
    },
    { kind: 'place', scope: 'team: red', limit: 2, per: 'team' },
  ]);
});

test('a caller who has changed has the accounts of who they are now', () => {
  const accounts = new Accounts({ quotas, budgets: [] });
  accounts.of(ann, 'm');
  const [claim] = accounts.of({ ...ann, team: 'blue' }, 'm').claims(amounts);
  assert.equal(claim?.kind === 'count' && claim.counter, 'requests a minute, team: blue');
});

test('models are remembered up to a bound, and long names not at all', () => {
  const accounts = new Accounts({ quotas, budgets: [] });
  const first = accounts.of(ann, 'model 0');
  for (let i = 1; i < 300; i += 1) accounts.of(ann, `model ${i}`);
  assert.notEqual(accounts.of(ann, 'model 0'), first);
  const long = 'm'.repeat(1000);
  assert.notEqual(accounts.of(ann, long), accounts.of(ann, long));
});
