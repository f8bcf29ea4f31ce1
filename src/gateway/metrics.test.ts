import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metrics } from './metrics.ts';

const metrics = () => new Metrics({ open: () => 1, ledgerSize: () => 2, ledgerOpen: () => true });

test('everything that is declared is counted', async () => {
  const some = metrics();
  some.ended('openai.chat', 'm', 'blocked', 0.2);
  some.refused('prompt_blocked');
  some.guards('prompt', 1.5);
  some.found('secrets.jwt', 'block');
  some.charged('m', 'red', { input: 3, output: 4 }, 2_500_000);
  some.budgetSpent('team', 80);
  const text = await some.registry.metrics();
  for (const line of [
    'gatehouse_requests_total{operation="openai.chat",model="m",outcome="blocked"} 1',
    'gatehouse_refusals_total{code="prompt_blocked"} 1',
    'gatehouse_request_seconds_count{operation="openai.chat"} 1',
    'gatehouse_guard_seconds_sum{direction="prompt"} 0.0015',
    'gatehouse_findings_total{reason="secrets.jwt",action="block"} 1',
    'gatehouse_tokens_total{model="m",team="red",direction="output"} 4',
    'gatehouse_cost_dollars_total{model="m",team="red"} 0.0025',
    'gatehouse_budget_alerts_total{per="team",percent="80"} 1',
    'gatehouse_open_requests 1',
    'gatehouse_ledger_entries 2',
    'gatehouse_ledger_open 1',
  ]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
});

test('callers who make up model names do not make up labels without end', async () => {
  const some = metrics();
  for (let i = 0; i < 5000; i++) {
    some.ended('openai.chat', `m-${i}`, 'failed', 0.1);
    some.charged(`m-${i}`, `t-${i}`, { input: 1, output: 1 }, undefined);
  }
  some.ended('openai.chat', 'm-0', 'completed', 0.1);
  const text = await some.registry.metrics();
  const labels = new Set([...text.matchAll(/model="([^"]*)"/g)].map(([, model]) => model));
  assert.equal(labels.size, 201);
  const teams = new Set([...text.matchAll(/team="([^"]*)"/g)].map(([, team]) => team));
  assert.ok(teams.size <= 201);
  assert.match(text, /model="m-0",outcome="completed"} 1\n/);
  assert.match(text, /model="other",outcome="failed"} 4800\n/);
});
