import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { after, before, suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { nanoDollars } from '../../src/base/money.ts';
import { reportUsage } from '../../src/ledger/usage.ts';
import { verifyFiles } from '../../src/ledger/verify-files.ts';
import { readEntries } from '../harness/gateway.ts';
import { type ScriptedUpstream, startUpstream } from '../harness/upstream.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const ROUNDS = 4;
const CALLERS = 6;

const POLICY = `version: 1
roles:
  app: { allow: [{ actions: [chat], models: ["*"] }] }
  admin: { allow: [{ actions: ["callers.*"] }] }
quotas:
  - { per: caller, requests: 100000/day, tokens: 100M/day }
budgets:
  - { per: team, dollars: 5000000/month }
prices: prices.yaml
guards:
  - use: secrets
`;

const PRICES = `version: 1
as_of: "2026-01-01"
prices: [{ models: [m], input: 1, output: 2 }]
`;

suite('kill -9 of a gateway under load', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-kill-'));
  const data = join(folder, 'gatehouse-data');
  const ledger = join(data, 'ledger');
  const file = join(folder, 'gatehouse.yaml');
  let upstream: ScriptedUpstream;
  let key = '';
  /** Bodies as callers sent them, by the mark in the prompt, and the marks of those answered to the end. */
  const sent = new Map<string, string>();
  const acknowledged: string[] = [];

  before(async () => {
    upstream = await startUpstream();
    writeFileSync(join(folder, 'policy.yaml'), POLICY);
    writeFileSync(join(folder, 'prices.yaml'), PRICES);
    writeFileSync(
      file,
      `listen: { port: 0 }
upstreams:
  open: { dialect: openai, url: "${upstream.url}/v1", key: upstream-key, models: [m] }
log: { level: error }
`,
    );
  });
  after(async () => {
    await upstream.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts the command line's own gateway, and waits until it says where it answers. */
  async function serve(): Promise<{ readonly child: ChildProcess; readonly address: string }> {
    const child = spawn(process.execPath, [MAIN, 'serve', '--json', '--config', file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const told = JSON.parse(line) as { readonly address: string; readonly keys?: { readonly app: string } };
    key = told.keys?.app ?? key;
    return { child, address: told.address };
  }

  /** Asks one thing after the other until nobody answers. */
  async function load(address: string): Promise<void> {
    for (;;) {
      const mark = `mark-${sent.size}`;
      const stream = sent.size % 2 === 1;
      const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: mark }], stream });
      sent.set(mark, body);
      try {
        const answer = await fetch(`${address}/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
          body,
        });
        const text = await answer.text();
        assert.equal(answer.status, 200, text);
        if (!stream || text.endsWith('data: [DONE]\n\n')) acknowledged.push(mark);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        return;
      }
    }
  }

  test('it starts again each time, on a ledger that verifies', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { child, address } = await serve();
      const over = once(child, 'exit');
      const callers = Array.from({ length: CALLERS }, () => load(address));
      await pause(50 + Math.random() * 300);
      child.kill('SIGKILL');
      await Promise.all([over, ...callers]);
      assert.equal(child.signalCode, 'SIGKILL');
      assert.equal((await verifyFiles({ ledger })).outcome, 'ok');
    }
    const { child } = await serve();
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    const report = await verifyFiles({ ledger });
    assert.deepEqual([report.outcome, report.unsigned, report.tornBytes], ['ok', 0, 0]);
  });

  test('what was answered is recorded to its end, and what left was recorded before', () => {
    const digestKey = Buffer.from(readFileSync(join(data, 'keys', 'digest'), 'utf8').trim(), 'hex');
    const digestOf = (mark: string) =>
      createHmac('sha256', digestKey)
        .update(sent.get(mark) ?? '')
        .digest('base64url');
    const begins = new Map<string, unknown>();
    const ended = new Map<unknown, unknown>();
    for (const { kind, seq, request, begin, outcome } of readEntries(ledger)) {
      if (kind === 'request.begin') begins.set((request as { digest: string }).digest, seq);
      if (kind === 'request.end') ended.set(begin, outcome);
    }
    assert.ok(acknowledged.length > 0);
    for (const mark of acknowledged) {
      assert.equal(ended.get(begins.get(digestOf(mark))), 'completed', mark);
    }
    assert.ok(upstream.seen.length >= acknowledged.length);
    for (const { text } of upstream.seen) {
      const mark = /mark-\d+/.exec(text)?.[0] ?? '';
      assert.ok(begins.has(digestOf(mark)), `${mark} left before it was recorded`);
    }
  });

  test('no dollar that was spent is forgotten', async () => {
    const { total, open } = await reportUsage(ledger, { by: [] });
    assert.equal(open, 0, 'what was killed is counted as it was set aside');
    const spent = readEntries(ledger).reduce((sum, { charge }) => {
      const { cost = '0' } = (charge ?? {}) as { cost?: string };
      return sum + (nanoDollars(cost) ?? 0n);
    }, 0n);
    assert.ok(spent > 0n && total.cost >= spent);
    const database = new DatabaseSync(join(data, 'gatehouse.sqlite'), { readOnly: true });
    const { used } = database
      .prepare("SELECT used FROM counters WHERE name LIKE 'dollars a month%'")
      .get() as {
      used: number;
    };
    database.close();
    assert.ok(BigInt(used) >= spent, 'a settlement may be lost to a kill: then what was set aside stays');
  });
});
