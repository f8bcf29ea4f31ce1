import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gatehouse, gatehouseJson, keysIn, runProgram, serve, tempFolder } from '../harness/cli.ts';

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** The command that a start prints under “Try it”. */
const printedCommand = (out: string) => /curl.*?\n(?=\n)/s.exec(out)?.[0] ?? '';

test('first start: everything is made, keys are shown once, and the printed command works', async (t) => {
  const cwd = tempFolder(t);
  const first = await serve(t, cwd);
  const keys = keysIn(first.out());
  assert.match(first.out(), /practice model answers: a simulation/);
  const curl = await runProgram('sh', ['-c', 'command -v curl'], cwd);
  if (curl.code !== 0) t.diagnostic('curl is not on this machine: the printed command is not tried');
  else {
    const { code, out } = await runProgram('sh', ['-c', printedCommand(first.out())], cwd);
    assert.equal(code, 0);
    assert.match(JSON.parse(out).choices[0].message.content, /practice model: a simulation/);
  }
  const data = join(cwd, 'gatehouse-data');
  assert.equal(mode(data), '700');
  assert.equal(mode(join(data, 'keys')), '700');
  for (const file of readdirSync(data, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath, file.name);
    if (file.isDirectory()) assert.equal(mode(path), '700', path);
    else if (!file.name.endsWith('.pub')) assert.equal(mode(path), '600', path);
  }
  for (const file of ['gatehouse.yaml', 'policy.yaml']) assert.equal(mode(join(cwd, file)), '600');
  const ended = await first.stop();
  assert.equal(ended.code, 0);
  for (const key of Object.values(keys)) {
    assert.doesNotMatch(ended.err, new RegExp(key), 'no key in the log');
    const { code } = await runProgram('grep', ['-r', '-q', key, cwd], cwd);
    assert.equal(code, 1, 'no key in any file');
  }

  const before = readFileSync(join(cwd, 'gatehouse.yaml'), 'utf8');
  const second = await serve(t, cwd);
  assert.doesNotMatch(second.out(), /gh[ka]_\w/);
  assert.match(second.out(), /\$GATEHOUSE_KEY/);
  const again = await fetch(`${second.address}/v1/models`, { headers: { 'x-api-key': keys.app } });
  assert.equal(again.status, 200, 'the key of the first start still works');
  assert.equal(readFileSync(join(cwd, 'gatehouse.yaml'), 'utf8'), before);
});

test('a first start as JSON: one line for programs, logs beside it', async (t) => {
  const started = await serve(t, tempFolder(t), ['--json']);
  const { address, keys } = JSON.parse(started.out());
  const answer = await fetch(`${address}/v1/models`, { headers: { authorization: `Bearer ${keys.app}` } });
  assert.equal(answer.status, 200);
  const { out, err } = await started.stop('SIGINT');
  assert.equal(out.trim().split('\n').length, 1);
  for (const line of err.trim().split('\n')) JSON.parse(line);
});

/** A server that says which models it has, and whether it was asked with a key. */
async function modelServer(t: TestContext): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((req, res) => {
    asked.push(`${req.method} ${req.url}`);
    res.setHeader('content-type', 'application/json');
    if (req.method === 'GET')
      res.end(
        '{"object":"list","data":[{"id":"llama3:8b","object":"model"},{"id":"qwen3","object":"model"}]}',
      );
    else
      res.end(
        '{"id":"c","object":"chat.completion","created":1,"model":"llama3:8b","choices":[{"index":0,"message":{"role":"assistant","content":"from the server"},"finish_reason":"stop"}]}',
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

test('a local server in the environment is asked for its models and set up', async (t) => {
  const cwd = tempFolder(t);
  const { url, asked } = await modelServer(t);
  const started = await serve(t, cwd, [], { OLLAMA_HOST: url });
  assert.doesNotMatch(started.out(), /practice/);
  const answer = await fetch(`${started.address}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keysIn(started.out()).app}`, 'content-type': 'application/json' },
    body: '{"model":"llama3:8b","messages":[{"role":"user","content":"hi"}]}',
  });
  assert.match(await answer.text(), /from the server/);
  assert.deepEqual(asked, ['GET /v1/models', 'POST /v1/chat/completions']);
});

test('a local server that does not answer is named, and the practice model stands in', async (t) => {
  const started = await serve(t, tempFolder(t), [], { OLLAMA_HOST: '127.0.0.1:9' });
  assert.match(started.out(), /ollama at http:\/\/127\.0\.0\.1:9\/v1 did not answer/);
  assert.match(started.out(), /practice model answers/);
});

test('keys of OpenAI and Anthropic in the environment: both are set up, and no key is written', async (t) => {
  const cwd = tempFolder(t);
  const env = { OPENAI_API_KEY: 'sk-from-the-environment', ANTHROPIC_API_KEY: 'sk-ant-environment' };
  const { code } = await gatehouse(cwd, ['init'], env);
  assert.equal(code, 0);
  const settings = readFileSync(join(cwd, 'gatehouse.yaml'), 'utf8');
  assert.match(settings, /key: \$\{OPENAI_API_KEY\}/);
  assert.match(settings, /key: \$\{ANTHROPIC_API_KEY\}/);
  assert.doesNotMatch(settings, /sk-/);
  const shown = await gatehouse(cwd, ['config', 'show'], env);
  assert.equal(JSON.parse(shown.out).upstreams.openai.key, '[secret]');
  const missing = await gatehouse(cwd, ['config', 'check'], { OPENAI_API_KEY: 'x' });
  assert.equal(missing.code, 3);
  assert.match(missing.err, /gatehouse\.yaml:\d+:\d+.*ANTHROPIC_API_KEY/);
});

test('init: makes what serve would, once, and leaves what is there', async (t) => {
  const cwd = tempFolder(t);
  const first = await gatehouseJson<{ made: string[]; keys: { app: string } }>(cwd, ['init']);
  assert.deepEqual(first.made, ['gatehouse.yaml', 'policy.yaml', 'gatehouse-data']);
  assert.match(first.keys.app, /^ghk_/);
  assert.deepEqual(await gatehouseJson(cwd, ['init']), { made: [] });
  const { out } = await gatehouse(cwd, ['init']);
  assert.match(out, /Everything is in place/);
  assert.match(out, /gatehouse serve/);
  assert.ok(existsSync(join(cwd, 'gatehouse-data', 'ledger', 'ledger.pub')));
});
