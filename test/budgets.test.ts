import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { dollarsOf } from '../src/base/money.ts';
import { processIo } from '../src/cli/io.ts';
import { run } from '../src/cli/run.ts';
import { reportUsage } from '../src/ledger/usage.ts';
import { GUARDS, startGateway, type TestGateway } from './harness/gateway.ts';
import {
  completion,
  json,
  message,
  messageEvents,
  type ScriptedUpstream,
  sse,
  startUpstream,
} from './harness/upstream.ts';

const PRICES = `version: 1
as_of: "2026-11-01"
prices:
  - { models: [inner], input: 1000, cached_input: 100, output: 2000, reasoning: 4000 }
  - { models: ["claude*"], input: 1000, cache_write: 1250, cached_input: 100, output: 5000 }
  - { models: [gpt-flat], input: 0, output: 0, request: 0.25 }
`;

/** That of the first keys. */
const TEAM = 'team: default';

let upstream: ScriptedUpstream;
before(async () => {
  upstream = await startUpstream();
});
after(() => upstream.close());

/** A gateway whose every counter is compared with its ledger when it ends. */
async function within(policy: string, act: (gateway: TestGateway) => Promise<void>): Promise<void> {
  const gateway = await startGateway({
    upstream: upstream.url,
    policy: `${GUARDS}prices: prices.yaml\n${policy}`,
    files: { 'prices.yaml': PRICES },
  });
  try {
    await act(gateway);
    const report = await reportUsage(ledgerOf(gateway), { by: ['team'] });
    const counted = await usedBy(gateway, TEAM);
    if (policy.includes('per: team')) assert.equal(dollarsOf(report.total.cost), dollarsOf(counted));
  } finally {
    await gateway.close();
  }
}

const ledgerOf = ({ folder }: TestGateway) => join(folder, 'gatehouse-data', 'ledger');

async function usedBy({ gateway }: TestGateway, scope: string): Promise<number> {
  const counter = `dollars a month, ${scope}`;
  const [used] = await gateway.gate.store.quotas.used([{ counter, window: { calendar: 'month' } }]);
  return used ?? 0;
}

const chat = (gateway: TestGateway, more: object = {}, model = 'renamed') =>
  gateway.post('/v1/chat/completions', {
    model,
    max_tokens: 10,
    messages: [{ role: 'user', content: 'Hi' }],
    ...more,
  });
const messages = (gateway: TestGateway, more: object = {}) =>
  gateway.post(
    '/v1/messages',
    { model: 'claude-x', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }], ...more },
    { 'anthropic-version': '2023-06-01' },
  );

type Fields = Record<string, unknown>;
const last = (gateway: TestGateway, kind: string) =>
  gateway.entries().findLast((entry) => entry.kind === kind) as Fields;

test('every token at its price: the closing entry, the report and the counter say the same', async () => {
  await within('budgets: [{ per: team, dollars: 100/month }]', async (gateway) => {
    upstream.script = json(
      completion('Hello', {
        usage: {
          prompt_tokens: 1000,
          completion_tokens: 500,
          total_tokens: 1500,
          prompt_tokens_details: { cached_tokens: 600 },
          completion_tokens_details: { reasoning_tokens: 200 },
        },
      }),
    );
    assert.equal((await chat(gateway)).status, 200);
    // 400 × 0.001 + 600 × 0.0001 + 300 × 0.002 + 200 × 0.004
    const { charge, caller, model, upstream: served, as } = last(gateway, 'request.end');
    const { prices, ...counted } = charge as Fields;
    assert.deepEqual(counted, {
      input: 1000,
      cached: 600,
      output: 500,
      reasoning: 200,
      basis: 'reported',
      cost: '1.86',
    });
    assert.match(String(prices), /^2026-11-01\/[0-9a-f]{16}$/);
    assert.deepEqual([(caller as Fields).name, model, served, as], ['app', 'renamed', 'open', 'inner']);

    upstream.script = json(
      message([{ type: 'text', text: 'Hello' }], {
        usage: {
          input_tokens: 100,
          cache_creation_input_tokens: 400,
          cache_read_input_tokens: 500,
          output_tokens: 100,
        },
      }),
    );
    assert.equal((await messages(gateway, {})).status, 200);
    // 100 × 0.001 + 400 × 0.00125 + 500 × 0.0001 + 100 × 0.005
    assert.equal((last(gateway, 'request.end').charge as Fields).cost, '1.15');
    assert.equal(dollarsOf(await usedBy(gateway, TEAM)), '3.01');
  });
});

test('a budget that is spent refuses in each dialect’s own words, until the month is over', async () => {
  await within('budgets: [{ per: team, dollars: 0.09/month }]', async (gateway) => {
    upstream.script = json(completion('Hello', { usage: { prompt_tokens: 1, completion_tokens: 24 } }));
    assert.equal((await chat(gateway)).status, 200);
    const refused = await chat(gateway);
    const { error } = (await refused.json()) as { error: Fields };
    assert.deepEqual([refused.status, error.code], [429, 'quota_dollars']);
    const wait = Number(refused.headers.get('retry-after'));
    assert.ok(wait > 0 && wait <= 31 * 86_400);
    assert.equal(refused.headers.get('x-should-retry'), 'false');
    const other = await messages(gateway);
    const body = (await other.json()) as { type: string; error: Fields };
    assert.deepEqual([other.status, body.type, body.error.type], [429, 'error', 'rate_limit_error']);
    assert.equal(last(gateway, 'request.refused').code, 'quota_dollars');
  });
});

test('many at once spend what there is and no more, whatever becomes of them', async () => {
  const policy =
    'budgets: [{ per: team, dollars: 1/month, alerts: ["50%"] }, { per: key, dollars: 2/month }]';
  await within(policy, async (gateway) => {
    let turn = 0;
    upstream.script = (res, seen) => {
      turn += 1;
      if (turn % 5 === 0) return void res.writeHead(500).end();
      if (turn % 7 === 0) return void res.destroy();
      return json(completion('Hello', { usage: { prompt_tokens: 3, completion_tokens: 10 } }))(res, seen);
    };
    const statuses = new Set<number>();
    for (let round = 0; round < 6; round++) {
      const answers = await Promise.all(Array.from({ length: 25 }, () => chat(gateway)));
      for (const { status } of answers) statuses.add(status);
      assert.ok((await usedBy(gateway, TEAM)) <= 1_000_000_000);
    }
    assert.ok(statuses.has(200) && statuses.has(429));
    // An alert is written beside the requests, so it may come a moment after them.
    const alerts = () => gateway.entries().filter(({ kind }) => kind === 'budget.alert');
    while (alerts().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(alerts().length, 1);
    const { per, percent, limit, unit } = alerts()[0] as Fields;
    assert.deepEqual([per, percent, limit, unit], ['team', 50, '1.00', 'month']);
  });
});

test('what is cut is charged as was set aside, and what was not served costs nothing', async () => {
  await within('budgets: [{ per: team, dollars: 100/month }]', async (gateway) => {
    upstream.script = sse(messageEvents(['Hel', 'lo']).slice(0, 3));
    await (await messages(gateway, { stream: true })).text();
    const cut = last(gateway, 'request.end');
    const reserved = last(gateway, 'request.begin').reserved as Fields;
    assert.equal((cut.charge as Fields).basis, 'estimated');
    assert.equal((cut.charge as Fields).output, 10);
    assert.ok(Number((cut.charge as Fields).cost) <= Number(reserved.cost));
    upstream.script = json({ error: { message: 'busy', type: 'overloaded' } }, 503);
    await chat(gateway);
    assert.equal(last(gateway, 'request.end').charge, null);
    await chat(gateway, { messages: [{ role: 'user', content: 'the forbidden fruit' }] });
    const { cost, basis } = last(gateway, 'request.refused').charge as Fields;
    assert.deepEqual([cost, basis], ['0.00', 'reported']);
    upstream.script = json(completion('Hello', { usage: undefined }));
    assert.equal((await chat(gateway)).status, 200);
    const silent = last(gateway, 'request.end').charge as Fields;
    assert.deepEqual([silent.output, silent.basis], [10, 'estimated']);
    upstream.script = sse(messageEvents(['Hel', 'lo']));
    await (await messages(gateway, { stream: true })).text();
    assert.deepEqual((last(gateway, 'request.end').charge as Fields).cost, '0.04');
  });
});

test('the report on the command line and over the admin API', async () => {
  await within('budgets: [{ per: team, dollars: 100/month }]', async (gateway) => {
    upstream.script = json(completion('Hello', { usage: { prompt_tokens: 1, completion_tokens: 2 } }));
    await chat(gateway);
    await chat(gateway, { reasoning_effort: 'low' });
    const asked = async (query: string) => {
      const headers = { authorization: `Bearer ${gateway.adminKey}` };
      const answer = await fetch(`${gateway.url}/admin/v1/usage${query}`, { headers });
      return { status: answer.status, body: (await answer.json()) as { rows: Fields[]; total: Fields } };
    };
    const { body } = await asked('?by=team,upstream&since=2020-01-01');
    assert.deepEqual(
      [body.rows[0]?.team, body.rows[0]?.upstream, body.total.cost],
      ['default', 'open', '0.01'],
    );
    for (const wrong of ['?by=planet', '?by=team&by=key', '?since=yesterday', '?more=1'])
      assert.equal((await asked(wrong)).status, 400, wrong);

    const said = async (...args: string[]) => {
      const lines: string[] = [];
      const io = { ...processIo(), cwd: gateway.folder, out: (text: string) => void lines.push(text) };
      assert.equal(await run(['usage', ...args], io, 'test'), 0);
      return lines;
    };
    assert.deepEqual(await said('--csv', '--by', 'model,purpose'), [
      'model,purpose,requests,input,cached,cache_write,output,reasoning,unpriced,estimated,dollars',
      'renamed,,2,2,0,0,4,0,0,0,0.01',
    ]);
    const [head, row, total] = await said('--by', 'caller');
    assert.match(head ?? '', /^caller +requests +input +cached +cache write +output +reasoning +cost$/);
    assert.match(row ?? '', /^app +2 +2 +0 +0 +4 +0 +\$0\.01$/);
    assert.match(total ?? '', /^total +2 /);
    assert.equal(await run(['usage', '--by', 'planet'], { ...processIo(), err: () => {} }, 'test'), 3);
  });
});

test('a model without a price is recorded so, or refused where its cost would have to be known', async () => {
  upstream.script = json(completion('Hello'));
  await within('unpriced: allow', async (gateway) => {
    assert.equal((await chat(gateway, {}, 'm')).status, 200);
    const charge = last(gateway, 'request.end').charge as Fields;
    assert.deepEqual(charge, { input: 5, output: 7, basis: 'reported' });
    const { total } = await reportUsage(ledgerOf(gateway), { by: [] });
    assert.deepEqual([total.requests, total.unpriced, total.cost], [1, 1, 0n]);
  });
  for (const policy of ['unpriced: refuse', 'budgets: [{ per: caller, dollars: 1/day }]']) {
    await within(policy, async (gateway) => {
      const before = upstream.seen.length;
      assert.equal((await chat(gateway, {}, 'm')).status, 403);
      assert.equal(upstream.seen.length, before);
      assert.equal((await chat(gateway, {}, 'gpt-flat')).status, 200);
      assert.equal((last(gateway, 'request.end').charge as Fields).cost, '0.25');
    });
  }
});

test('the checks name models whose cost nobody knows', async () => {
  await within('budgets: [{ per: caller, dollars: 1/day }]', async (gateway) => {
    for (const verb of ['policy', 'config']) {
      const lines: string[] = [];
      const io = { ...processIo(), cwd: gateway.folder, out: (text: string) => void lines.push(text) };
      assert.equal(await run([verb, 'check'], io, 'test'), 0);
      assert.match(lines.at(-1) ?? '', /^No price is known of m at open: /);
    }
  });
  await within('quotas: []', async (gateway) => {
    const lines: string[] = [];
    const io = { ...processIo(), cwd: gateway.folder, out: (text: string) => void lines.push(text) };
    await run(['config', 'check'], io, 'test');
    assert.equal(lines.length, 1);
  });
});
