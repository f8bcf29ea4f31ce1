import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { keysIn, ledgerOf, serve, tempFolder } from '../harness/cli.ts';
import { gatehouse } from '../harness/cli-here.ts';
import { completion, json, startUpstream } from '../harness/upstream.ts';

const policy = (word: string) => `version: 1
roles:
  app: { allow: [{ actions: [chat], models: ["*"] }] }
  admin: { allow: [{ actions: ["policy.*"] }] }
guards:
  - { use: patterns, name: words, patterns: [{ id: word, match: ${word} }] }
`;

const ROUNDS = 3;

test('killed while a policy is applied: the file is whole, it is in force, and the history knows whose it is', async (t) => {
  const folder = tempFolder(t);
  const file = join(folder, 'policy.yaml');
  writeFileSync(file, policy('first'));
  writeFileSync(
    join(folder, 'gatehouse.yaml'),
    'upstreams:\n  open: { dialect: openai, url: "http://127.0.0.1:9/v1", key: k, models: [m] }\nlog: { level: error }\n',
  );
  let key = '';
  let number = 0;
  const tried = new Map<string, number>([[policy('first'), 0]]);
  for (let round = 0; round <= ROUNDS; round += 1) {
    const gateway = await serve(t, folder);
    key ||= keysIn(gateway.out()).admin;
    const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
      const answer = await fetch(`${gateway.address}/admin/v1/policy${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      return (await answer.json()) as T;
    };
    const text = readFileSync(file, 'utf8');
    assert.ok(tried.has(text), 'half of a file');
    const found = await ask<{ digest: string; loaded: boolean }>('GET', '/text');
    assert.equal(found.loaded, true);
    const { versions } = await ask<{
      versions: { version: number; digest: string; origin: string; reason: string }[];
    }>('GET', '/versions');
    assert.equal(versions[0]?.digest, found.digest);
    for (const { origin, reason, version } of versions.slice(0, -1))
      assert.deepEqual([origin, /^round \d$/.test(reason)], ['applied', true], `version ${version}`);
    if (round === ROUNDS) {
      await gateway.stop();
      break;
    }
    let base = found.digest;
    const applying = (async () => {
      for (;;) {
        number += 1;
        const next = policy(`word${number}`);
        tried.set(next, number);
        const said = await ask<{ digest: string }>('POST', '/apply', {
          text: next,
          base,
          reason: `round ${round}`,
        });
        base = said.digest;
      }
    })();
    applying.catch(() => {});
    await setTimeout(150 + Math.random() * 250);
    await gateway.stop('SIGKILL');
  }
  // Whatever was in force stands in the ledger, and all of it holds together.
  const named = ledgerOf(folder).flatMap(({ kind, version }) =>
    /^system\.(?:start|reload)$/.test(String(kind)) && version !== undefined ? [version] : [],
  );
  assert.ok(named.length > ROUNDS);
  assert.equal((await gatehouse(folder, ['audit', 'verify'])).code, 0);
});

test('applied, it holds in every process at once', async (t) => {
  const upstream = await startUpstream(json(completion('fine')));
  t.after(() => upstream.close());
  const folder = tempFolder(t);
  writeFileSync(join(folder, 'policy.yaml'), policy('first'));
  writeFileSync(join(folder, 'next.yaml'), policy('second'));
  writeFileSync(
    join(folder, 'gatehouse.yaml'),
    `workers: 2\nupstreams:\n  open: { dialect: openai, url: "${upstream.url}/v1", key: k, models: [m] }\nlog: { level: error }\n`,
  );
  const gateway = await serve(t, folder);
  const { app } = keysIn(gateway.out());
  /** Over connections of their own, so that they spread over the processes. */
  const send = (content: string) =>
    Promise.all(
      Array.from({ length: 6 }, async () => {
        const answer = await fetch(`${gateway.address}/v1/chat/completions`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${app}`,
            'content-type': 'application/json',
            connection: 'close',
          },
          body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }),
        });
        return answer.status;
      }),
    );
  assert.deepEqual(new Set(await send('the second word')), new Set([200]));
  const applied = await gatehouse(folder, ['policy', 'apply', 'next.yaml', '--reason', 'the next']);
  assert.equal(applied.code, 0, applied.err);
  assert.deepEqual(new Set(await send('the second word')), new Set([403]));
  assert.equal((await gatehouse(folder, ['policy', 'rollback', '--reason', 'back'])).code, 0);
  assert.deepEqual(new Set(await send('the second word')), new Set([200]));
  await gateway.stop();
});
