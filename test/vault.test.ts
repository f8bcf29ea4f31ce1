import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { requestId } from '../src/base/ids.ts';
import { startGateway, type TestGateway, type TestOptions } from './harness/gateway.ts';
import { chunks, completion, json, type ScriptedUpstream, sse, startUpstream } from './harness/upstream.ts';

const KEY = '11'.repeat(32);
const VAULT = `vault: { masters: { main: { key: "${KEY}" } } }`;
const GUARDS = `guards:
  - use: patterns
    action: { prompt: block, reply: block }
    patterns: [{ id: forbidden, match: "forbidden fruit" }]
`;
const policy = (content: string) => `${GUARDS}content: { ${content} }\n`;

interface Scene {
  readonly upstream: ScriptedUpstream;
  readonly gateway: TestGateway;
  chat(text: string, more?: object, headers?: Record<string, string>): Promise<Response>;
  /** Closing entries of requests, oldest first. */
  endings(): Record<string, Record<string, unknown>>[];
  /** What is sealed of the last request. */
  sealed(): Promise<{ kind: string; text: string | undefined; failed: string | undefined }[]>;
}

async function scene(t: TestContext, options: Partial<TestOptions>): Promise<Scene> {
  const upstream = await startUpstream();
  const gateway = await startGateway({ upstream: upstream.url, settings: VAULT, ...options });
  t.after(async () => {
    await gateway.close();
    await upstream.close();
  });
  const endings = () =>
    gateway.entries().filter(({ kind }) => kind === 'request.end' || kind === 'request.refused') as Record<
      string,
      Record<string, unknown>
    >[];
  return {
    upstream,
    gateway,
    endings,
    chat: (content, more = {}, headers = {}) =>
      gateway.post(
        '/v1/chat/completions',
        { model: 'm', messages: [{ role: 'user', content }], ...more },
        headers,
      ),
    async sealed() {
      const last = endings().at(-1) as { id?: string } | undefined;
      const { vault } = gateway.gateway.gate;
      assert.ok(vault !== undefined && last?.id !== undefined);
      const read = await vault.read(last.id, Date.now());
      return read.map(({ head, text, failed }) => ({ kind: head.kind, text, failed }));
    },
  };
}

/** Everything in the files of the data folder, as one text of bytes. */
const allBytes = ({ folder }: TestGateway): string =>
  readdirSync(join(folder, 'gatehouse-data'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');

test('what goes out and comes back is sealed, and its entry names it', async (t) => {
  const { upstream, chat, sealed, endings } = await scene(t, { policy: policy('seal: both') });
  upstream.script = json(completion('the answer'));
  assert.equal((await chat('the question')).status, 200);
  const [prompt, reply] = await sealed();
  assert.equal(prompt?.kind, 'prompt');
  assert.deepEqual(JSON.parse(prompt?.text ?? ''), upstream.seen.at(-1)?.body, 'as it was sent');
  assert.deepEqual(JSON.parse(reply?.text ?? ''), completion('the answer'));
  const content = endings().at(-1)?.content as Record<string, { id: string; digest: string; bytes: number }>;
  assert.deepEqual(Object.keys(content).sort(), ['prompt', 'reply']);
  assert.match(content.prompt?.id ?? '', /^cnt_[0-9a-f]{32}$/);
  assert.equal(content.reply?.bytes, JSON.stringify(completion('the answer')).length);
});

test('a stream is sealed as the client got it', async (t) => {
  const { upstream, chat, sealed } = await scene(t, { policy: policy('seal: replies') });
  upstream.script = sse(chunks(['one ', 'two ', 'three '.repeat(30_000), 'end']));
  const text = await (await chat('go', { stream: true })).text();
  const records = await sealed();
  assert.deepEqual(
    records.map(({ kind }) => kind),
    ['reply'],
  );
  assert.equal(records[0]?.text === text, true);
});

test('a stream that a guard cuts: what was let through is sealed', async (t) => {
  const { upstream, chat, sealed } = await scene(t, { policy: policy('seal: replies') });
  upstream.script = sse(chunks(['eat the ', 'forbidden ', 'fruit']));
  await (await chat('go', { stream: true })).text();
  const [reply] = await sealed();
  assert.match(reply?.text ?? '', /eat/);
  assert.doesNotMatch(reply?.text ?? '', /fruit/);
});

test('a blocked prompt is kept as it came only where the policy says so', async (t) => {
  const kept = await scene(t, { policy: policy('seal: both, blocked: true') });
  assert.equal((await kept.chat('a forbidden fruit')).status, 403);
  const [record] = await kept.sealed();
  assert.equal(record?.kind, 'blocked');
  assert.match(record?.text ?? '', /a forbidden fruit/);
  const other = await scene(t, { policy: policy('seal: both') });
  assert.equal((await other.chat('a forbidden fruit')).status, 403);
  assert.deepEqual(await other.sealed(), []);
  assert.equal(other.endings().at(-1)?.content, undefined);
});

for (const seal of ['both', 'none']) {
  test(`no prompt, reply or subject in any file, with seal: ${seal}`, async (t) => {
    const { gateway, upstream, chat } = await scene(t, {
      policy: policy(seal === 'both' ? 'seal: both, blocked: true' : 'seal: none'),
    });
    const subject = { 'x-gatehouse-subject': 'canary-person' };
    upstream.script = json(completion('canary-in-the-reply'));
    await chat('canary-in-the-prompt', {}, subject);
    upstream.script = sse(chunks(['canary-', 'in-the-stream ', 'x'.repeat(100_000)]));
    await (await chat('canary-again', { stream: true }, subject)).text();
    await chat('canary with a forbidden fruit');
    assert.doesNotMatch(allBytes(gateway), /canary/);
    assert.doesNotMatch(gateway.log.join('\n'), /canary/);
    const { vault } = gateway.gateway.gate;
    assert.equal((await vault?.status())?.subjects, seal === 'both' ? 1 : 0);
  });
}

test('content that cannot be sealed: nothing is let through, unless the policy says so', async (t) => {
  const strict = await scene(t, { policy: policy('seal: both') });
  const before = strict.upstream.seen.length;
  const content = join(strict.gateway.folder, 'gatehouse-data', 'content');
  writeFileSync(content, 'a file where the folder belongs');
  const refused = await strict.chat('hello');
  assert.equal(refused.status, 503);
  assert.equal(((await refused.json()) as { error: { code: string } }).error.code, 'vault_unavailable');
  assert.equal(strict.upstream.seen.length, before, 'nothing went upstream');
  const entry = strict.endings().at(-1);
  assert.deepEqual([entry?.code, entry?.content], ['vault_unavailable', { failed: true }]);
  rmSync(content);
  strict.upstream.script = json(completion('fine'));
  assert.equal((await strict.chat('hello')).status, 200, 'and goes on when it can');

  const lenient = await scene(t, { policy: policy('seal: both, on_error: allow') });
  writeFileSync(join(lenient.gateway.folder, 'gatehouse-data', 'content'), '');
  for (const [script, stream] of [
    [json(completion('fine')), false],
    [sse(chunks(['fine'])), true],
  ] as const) {
    lenient.upstream.script = script;
    const answer = await lenient.chat('hello', { stream });
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /fine/);
    const said = lenient.endings().at(-1);
    assert.equal(said?.outcome, 'completed');
    assert.deepEqual(said?.content, { failed: true });
  }
});

test('a stream whose sealing fails in the middle ends as the dialect ends a failure', async (t) => {
  const { upstream, chat, gateway, endings } = await scene(t, { policy: policy('seal: replies') });
  upstream.script = async (res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    const frames = chunks(['one ', 'two']);
    res.write(frames[0]);
    res.write(frames[1]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    writeFileSync(join(gateway.folder, 'gatehouse-data', 'content'), '');
    res.end(frames.slice(2).join(''));
  };
  const text = await (await chat('go', { stream: true })).text();
  assert.match(text, /vault_unavailable/);
  const entry = endings().at(-1);
  assert.deepEqual(
    [entry?.outcome, entry?.code, entry?.content],
    ['cut', 'vault_unavailable', { reply: null, failed: true }],
  );
});

test('a key service that does not answer: the gateway starts, and lets nothing through', async (t) => {
  const { upstream, chat, gateway } = await scene(t, {
    policy: policy('seal: prompts'),
    settings:
      'vault: { masters: { kms: { transit: { url: "http://127.0.0.1:9", key: gate, token: canary-token } } } }',
  });
  assert.equal((await chat('hello')).status, 503);
  assert.equal(upstream.seen.length, 0);
  assert.match(gateway.log.join('\n'), /a master key cannot be asked/);
  assert.doesNotMatch(gateway.log.join('\n') + JSON.stringify(gateway.allEntries()), /canary/);
});

test('an admin without content.read reads and erases nothing', async (t) => {
  const { gateway, upstream, chat, endings } = await scene(t, { policy: policy('seal: both') });
  upstream.script = json(completion('fine'));
  await chat('hello');
  const id = String(endings().at(-1)?.id);
  const headers = { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' };
  for (const [path, body] of [
    [`/admin/v1/vault/content/${id}`, undefined],
    ['/admin/v1/vault', undefined],
    ['/admin/v1/vault/erase', { team: 'default', month: new Date().toISOString().slice(0, 7) }],
    ['/admin/v1/vault/rotate', {}],
  ] as const) {
    const answer = await fetch(gateway.url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    assert.equal(answer.status, 403, path);
  }
  assert.equal((await gateway.gateway.gate.vault?.status())?.months, 1);
});

test('a full vault takes nothing more', async (t) => {
  const { upstream, chat } = await scene(t, { policy: policy('seal: prompts, max: 1KB') });
  upstream.script = json(completion('fine'));
  assert.equal((await chat('x'.repeat(3000))).status, 200);
  assert.equal((await chat('hello')).status, 503);
});

test('a policy that seals needs a vault', async () => {
  const upstream = await startUpstream();
  await assert.rejects(
    startGateway({ upstream: upstream.url, policy: policy('seal: both') }),
    /the settings have no vault/,
  );
  await upstream.close();
});

test('of another team there is nothing to unseal, as of a request that was never made', async (t) => {
  const { chat, gateway, endings } = await scene(t, {
    policy: `  reader:\n    allow: [{ actions: [content.read] }]\n${policy('seal: both')}authorization: { files: [own.cedar] }\n`,
    files: {
      'own.cedar': `forbid (principal, action == Action::"content.read", resource)
        when { resource has team && resource.team != principal.team };`,
    },
  });
  await chat('the question');
  const { id } = endings().at(-1) as unknown as { id: string };
  const { callers } = gateway.gateway.gate.store;
  const read = async (team: string, of = id) => {
    const draft = {
      name: `reader-${team}-${of}`,
      owner: team,
      team,
      roles: ['reader'],
      tags: {},
      expires: undefined,
    };
    const { key } = callers.create(draft);
    const answer = await fetch(`${gateway.url}/admin/v1/vault/content/${of}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    return [answer.status, ((await answer.json()) as { title?: string }).title];
  };
  assert.equal((await read('default'))[0], 200);
  const none = await read('other', requestId(Date.now()));
  assert.equal(none[0], 404);
  assert.deepEqual(await read('other'), none);
});
