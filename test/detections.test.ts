import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { processIo } from '../src/cli/io.ts';
import { run } from '../src/cli/run.ts';
import { readRule } from '../src/detect/read-rule.ts';
import { tryRule } from '../src/detect/try-rule.ts';
import { shippedRules } from '../src/gateway/watch/rules.ts';
import { keysIn, ledgerOf, serve, tempFolder } from './harness/cli.ts';
import { startUpstream } from './harness/upstream.ts';

suite('rules that ship', () => {
  const sources = shippedRules();
  assert.ok(sources.length >= 25);
  for (const { file, text } of sources)
    test(file, () => {
      const rule = readRule(text, file);
      assert.equal(basename(file), `${rule.id}.yaml`, 'a rule is in the file of its id');
      assert.ok(rule.atlas.length > 0 && rule.owasp.length > 0, 'a rule is mapped to ATLAS and OWASP');
      assert.ok(
        rule.kinds !== undefined || /closed: true|exists: true/.test(text),
        'a rule says which entries it is about',
      );
      const tried = tryRule(rule);
      for (const { test: one, fired, passed } of tried)
        assert.ok(passed, `“${one.name}” fired ${fired} times`);
      assert.ok(
        tried.some(({ test: one }) => one.fires > 0),
        'a rule shows what it tells of',
      );
      assert.ok(
        tried.some(({ test: one }) => one.fires === 0),
        'a rule shows what it does not tell of',
      );
    });
});

const POLICY = `version: 1
roles:
  app: { allow: [{ actions: [chat], models: ["*"] }] }
  admin: { allow: [{ actions: [audit.read, config.reload] }] }
guards:
  - use: patterns
    name: names
    action: block
    patterns: [{ id: heron, words: [heron] }]
`;

const OWN = `id: own.heron
title: Somebody asks about the heron
description: Three times within an hour.
level: high
tags: [owasp.LLM02:2025]
falsepositives: [Ornithologists.]
response: Ask why.
detection:
  heron:
    kind: request.refused
    blocked: names.heron
  condition: heron
correlation:
  type: event_count
  group-by: [caller]
  timespan: 1h
  condition: { gte: 3 }
tests:
  - name: three
    fires: 1
    events:
      - { kind: request.refused, caller: a, blocked: names.heron, times: 3 }
`;

async function scene(t: TestContext) {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  const folder = tempFolder(t);
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const settings = (detections: string, workers = 1) =>
    write(
      'gatehouse.yaml',
      `workers: ${workers}
upstreams:
  open: { dialect: openai, url: "${upstream.url}/v1", key: upstream-key, models: [m] }
detections: ${detections}
`,
    );
  write('policy.yaml', POLICY);
  write('own.yaml', OWN);
  return { folder, write, settings };
}

type Keys = ReturnType<typeof keysIn>;
interface Detections {
  readonly rules: readonly { readonly id: string; readonly enabled: boolean; readonly ships: boolean }[];
  readonly alerts: readonly (Record<string, unknown> & { readonly seq: number })[];
}

const asks = (address: string, { app, admin }: Keys) => ({
  async chat(content: string) {
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${app}` };
    await (await fetch(`${address}/v1/chat/completions`, { method: 'POST', body, headers })).text();
  },
  async detections(query = ''): Promise<Detections> {
    const answer = await fetch(`${address}/admin/v1/detections${query}`, {
      headers: { authorization: `Bearer ${admin}` },
    });
    assert.equal(answer.status, 200);
    return (await answer.json()) as Detections;
  },
  status: async (key: string, query = '') =>
    (await fetch(`${address}/admin/v1/detections${query}`, { headers: { authorization: `Bearer ${key}` } }))
      .status,
});

const alertsIn = (folder: string) => ledgerOf(folder).filter(({ kind }) => kind === 'detect.alert');
const own = (folder: string) => alertsIn(folder).filter(({ rule }) => rule === 'own.heron');

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (const late = Date.now() + 15_000; Date.now() < late; await setTimeout(50)) if (await what()) return;
  assert.fail('it never came');
}

test('a real gateway tells once, over a kill and a restart', async (t) => {
  const { folder, settings } = await scene(t);
  settings('{ rules: [own.yaml], disable: [ledger.unclean-start] }');
  const first = await serve(t, folder);
  const keys = keysIn(first.out());
  const before = asks(first.address, keys);
  await before.chat('about project heron');
  await before.chat('hello');
  await before.chat('about project heron');
  assert.deepEqual((await before.detections()).alerts, []);
  assert.equal(await before.status(keys.app), 403);
  assert.equal(await before.status(keys.admin, '?colour=red'), 400);
  await first.stop('SIGKILL');

  // What was counted is still counted: the third one is asked of another process.
  const second = await serve(t, folder);
  const after = asks(second.address, keys);
  await after.chat('about project heron');
  await until(async () => (await after.detections()).alerts.length > 0);
  const { alerts, rules } = await after.detections('?rule=own.heron');
  assert.equal(rules.find(({ id }) => id === 'own.heron')?.ships, false);
  assert.equal(rules.find(({ id }) => id === 'ledger.unclean-start')?.enabled, false);
  const [alert] = alerts;
  assert.equal(alerts.length, 1);
  assert.deepEqual([alert?.rule, alert?.level, alert?.count], ['own.heron', 'high', 3]);
  assert.equal(JSON.stringify(alert).includes('project'), false);
  await second.stop('SIGKILL');

  // Views that are made anew from the ledger tell nothing again.
  for (const end of ['', '-wal', '-shm'])
    rmSync(join(folder, 'gatehouse-data', `views.sqlite${end}`), { force: true });
  const third = await serve(t, folder);
  const again = asks(third.address, keys);
  await again.chat('about project heron');
  await until(async () => (await again.detections('?rule=own.heron')).alerts.length === 1);
  const ended = await third.stop();
  assert.equal(ended.code, 0, ended.err);
  assert.equal(own(folder).length, 1);
  const [entry] = own(folder);
  const refused = ledgerOf(folder).filter(({ kind }) => kind === 'request.refused');
  assert.deepEqual([entry?.first, entry?.last], [refused[0]?.seq, refused[2]?.seq]);

  const { code, out } = await said(folder, 'detect', 'replay', '--since', '1h', '--json');
  assert.equal(code, 1);
  const told = JSON.parse(out) as { rule: string; detection: string }[];
  assert.deepEqual(
    told.filter(({ rule }) => rule === 'own.heron').map(({ detection }) => detection),
    [entry?.detection],
  );
});

test('with workers, what one of them refused is told by the primary', async (t) => {
  const { folder, settings } = await scene(t);
  settings('{ rules: [own.yaml] }', 2);
  const gateway = await serve(t, folder);
  const { chat, detections } = asks(gateway.address, keysIn(gateway.out()));
  for (let i = 0; i < 3; i++) await chat('about project heron');
  await until(async () => (await detections()).alerts.some(({ rule }) => rule === 'own.heron'));
  await gateway.stop();
  assert.equal(own(folder).length, 1);
});

test('own rules are read again without a restart, and a bad one changes nothing', async (t) => {
  const { folder, settings, write } = await scene(t);
  settings('{}');
  const gateway = await serve(t, folder);
  const { chat, detections } = asks(gateway.address, keysIn(gateway.out()));
  assert.equal(
    (await detections()).rules.some(({ id }) => id === 'own.heron'),
    false,
  );
  settings('{ rules: [own.yaml], change: { own.heron: { gte: 2 } } }');
  gateway.child.kill('SIGHUP');
  await until(async () => (await detections()).rules.some(({ id }) => id === 'own.heron'));
  write('own.yaml', OWN.replace('kind: request', 'kinds: request'));
  gateway.child.kill('SIGHUP');
  await gateway.says(/own\.yaml/).catch(() => {});
  await chat('about project heron');
  await chat('about project heron');
  await until(async () => (await detections()).alerts.some(({ rule }) => rule === 'own.heron'));
  assert.equal((await gateway.stop()).code, 0);
});

test('the command line lists, shows, checks, tests and replays rules', async (t) => {
  const { folder, settings, write } = await scene(t);
  settings('{ rules: [own.yaml] }');
  const detect = (...args: string[]) => said(folder, 'detect', ...args);
  assert.match((await detect('list')).out, /^own\.heron +high +Somebody asks/m);
  assert.match((await detect('show', 'own.heron')).out, /What to do: Ask why\./);
  assert.equal((await detect('show', 'own.eagle')).code, 3);
  assert.deepEqual(await detect('check', 'own.yaml'), {
    code: 0,
    out: 'own.yaml is fine: own.heron, with 1 test.\n',
  });
  assert.match((await detect('test', 'own.yaml')).out, /1 of 1 tests of 1 rules passed/);
  assert.equal((await detect('check', 'nothing.yaml')).code, 4);
  write('bad.yaml', OWN.replace('fires: 1', 'fires: 2'));
  assert.deepEqual(await detect('test', 'bad.yaml'), {
    code: 1,
    out: 'own.heron: “three” fired 1 times, and should 2\n0 of 1 tests of 1 rules passed.\n',
  });
  assert.equal((await detect('replay', '--ledger', 'nowhere')).code, 4);
  write('own.yaml', OWN.replace('blocked:', 'blockd:'));
  const checked = await said(folder, 'config', 'check');
  assert.equal(checked.code, 3);
  assert.match(checked.out, /own\.yaml:11:5 .*blockd/);
  settings('{ disable: [no.such] }');
  assert.match((await said(folder, 'config', 'check')).out, /detections\.disable names “no\.such”/);
  settings('{ time_zone: Mars/Olympus }');
  assert.match((await said(folder, 'config', 'check')).out, /gatehouse\.yaml:\d+:\d+ .*time zone/);
});

/** A command line in this process, with all that it says. */
async function said(cwd: string, ...args: string[]): Promise<{ code: number; out: string }> {
  let out = '';
  const line = (text: string) => {
    out += `${text}\n`;
  };
  const io = {
    ...processIo(),
    cwd,
    out: line,
    err: line,
    json: (value: unknown) => line(JSON.stringify(value)),
  };
  const code = await run(args, io, '0');
  process.exitCode = 0;
  return { code, out };
}
