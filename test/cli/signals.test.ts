import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gatehouse, keysIn, ledgerOf, type Served, serve, tempFolder } from '../harness/cli.ts';
import { chunks, completion, json, type ScriptedUpstream, startUpstream } from '../harness/upstream.ts';

interface Running {
  readonly cwd: string;
  readonly served: Served;
  readonly upstream: ScriptedUpstream;
  chat(content: string, stream?: boolean): Promise<Response>;
}

/** A gateway of its own process in front of a scripted upstream. */
async function running(t: TestContext, args: readonly string[] = []): Promise<Running> {
  const cwd = tempFolder(t);
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  writeFileSync(join(cwd, 'gatehouse.yaml'), settingsFor(upstream, 'm'));
  await gatehouse(cwd, ['init', '--json']).then(({ out }) => writeFileSync(join(cwd, 'keys'), out));
  const { app } = keysIn(readFileSync(join(cwd, 'keys'), 'utf8'));
  const served = await serve(t, cwd, args);
  return {
    cwd,
    served,
    upstream,
    chat: (content, stream = false) =>
      fetch(`${served.address}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${app}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content }] }),
      }),
  };
}

const settingsFor = (upstream: ScriptedUpstream, model: string) =>
  `upstreams:\n  s: { dialect: openai, url: "${upstream.url}/v1", models: [${model}] }\n`;

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal}: an open stream finishes, the ledger is signed to its end, exit 0`, async (t) => {
    const { cwd, served, upstream, chat } = await running(t);
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const frames = chunks(['first ', 'last']);
    upstream.script = async (res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write(frames.slice(0, 2).join(''));
      await held;
      res.end(frames.slice(2).join(''));
    };
    const answer = await chat('hi', true);
    const stopped = served.stop(signal);
    await served.says(/stopping/);
    goOn();
    const text = await answer.text();
    assert.match(text, /last/);
    assert.ok(text.endsWith('data: [DONE]\n\n'));
    const { code } = await stopped;
    assert.equal(code, 0);
    const [end, stop] = ledgerOf(cwd).slice(-2);
    assert.deepEqual([end?.kind, end?.outcome, stop?.kind], ['request.end', 'completed', 'system.stop']);
    const verified = await gatehouse(cwd, ['audit', 'verify', '--json']);
    assert.equal(verified.code, 0, verified.err);
  });
}

test('SIGHUP: good files take effect at once, bad ones change nothing and are named', async (t) => {
  const { cwd, served, upstream, chat } = await running(t);
  const policy = join(cwd, 'policy.yaml');
  const before = readFileSync(policy, 'utf8');
  assert.equal((await chat('about project heron')).status, 200);
  writeFileSync(
    policy,
    `${before}  - use: patterns\n    name: projects\n    patterns: [{ id: codename, words: [project heron] }]\n`,
  );
  served.child.kill('SIGHUP');
  await served.says(/configuration reloaded/);
  assert.equal((await chat('about project heron')).status, 403);
  writeFileSync(policy, 'version: 2\n');
  served.child.kill('SIGHUP');
  await served.says(/nothing was changed/);
  await served.says(/policy\.yaml:1:10/);
  assert.equal((await chat('about project heron')).status, 403, 'the policy before goes on');
  writeFileSync(policy, before);
  writeFileSync(join(cwd, 'gatehouse.yaml'), `data: ./other\n${settingsFor(upstream, 'm')}`);
  served.child.kill('SIGHUP');
  await served.says(/can only change with a restart/);
  assert.equal((await chat('about project heron')).status, 403);
});

test('--watch: a changed file is a reload, and a bad one changes nothing', async (t) => {
  const { cwd, served, upstream, chat } = await running(t, ['--watch']);
  upstream.script = json(completion('hello'));
  assert.equal((await chat('hi')).status, 200);
  const file = join(cwd, 'gatehouse.yaml');
  writeFileSync(file, 'upstreams: [');
  await served.says(/reload refused/);
  assert.equal((await chat('hi')).status, 200);
  writeFileSync(file, settingsFor(upstream, 'other'));
  await served.says(/configuration reloaded/);
  assert.equal((await chat('hi')).status, 404);
  assert.equal((await served.stop()).code, 0);
  assert.equal(ledgerOf(cwd).filter(({ kind }) => kind === 'system.reload').length, 1);
});
