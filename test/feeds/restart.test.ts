import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gatehouse, gatehouseJson, keysIn, ledgerOf, serve, tempFolder } from '../harness/cli.ts';
import { startUpstream } from '../harness/upstream.ts';
import { type Act, receiver, until } from './receiver.ts';

/** The whole program: killed in the middle, started again, asked on the command line. */

test('nothing is lost over a kill -9 and a restart', async (t) => {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  let slow = true;
  const taken: string[] = [];
  const act: Act = (got, res) => {
    if (slow && taken.length > 3) return void setTimeout(() => res.writeHead(503).end(), 20);
    taken.push(got.body);
    res.writeHead(200).end();
  };
  const { url } = await receiver(t, ...Array.from({ length: 5000 }, () => act));
  const folder = tempFolder(t);
  writeFileSync(
    join(folder, 'policy.yaml'),
    'version: 1\nroles:\n  app: { allow: [{ actions: [chat], models: ["*"] }] }\n  admin: { allow: [{ actions: ["config.*", audit.read] }] }\n',
  );
  writeFileSync(
    join(folder, 'gatehouse.yaml'),
    `workers: 2
upstreams:
  open: { dialect: openai, url: "${upstream.url}/v1", key: k, models: [m] }
feeds:
  siem: { use: http, url: "${url}", entries: all, begin: start, queue: 5, retry: { first: 20ms, longest: 50ms } }
`,
  );
  const chat = async (address: string, key: string, times: number) => {
    for (let i = 0; i < times; i++) {
      const answer = await fetch(`${address}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'canary prompt' }] }),
      });
      await answer.text();
    }
  };
  const seqs = () =>
    taken.flatMap((body) => body.trimEnd().split('\n')).map((line) => JSON.parse(line).ledger.seq as number);
  const first = await serve(t, folder);
  const { app } = keysIn(first.out());
  await chat(first.address, app, 10);
  await until(() => taken.length > 3, 'the beginning');
  await first.stop('SIGKILL');
  slow = false;
  const second = await serve(t, folder);
  await chat(second.address, app, 3);
  const size = ledgerOf(folder).length;
  await until(() => new Set(seqs()).size >= size, 'all of it');
  const all = new Set(seqs());
  for (let seq = 0; seq < size; seq++) assert.ok(all.has(seq), `entry ${seq}`);
  assert.ok(!taken.join('').includes('canary'));

  const { feeds } = await gatehouseJson<{ feeds: { name: string; state: string }[] }>(folder, [
    'feeds',
    'list',
  ]);
  assert.deepEqual(
    feeds.map(({ name, state }) => [name, state]),
    [['siem', 'delivering']],
  );
  const tried = await gatehouse(folder, ['feeds', 'test', 'siem']);
  assert.equal(tried.code, 0, tried.err);
  assert.match(tried.out, /^delivered: HTTP 200, in \d+ ms \(ledger entry \d+\)/);
  assert.match((await gatehouse(folder, ['feeds', 'dead', 'siem'])).out, /None was refused/);
  assert.equal((await gatehouse(folder, ['feeds', 'test', 'nobody'])).code, 1);
  await second.stop();
  // Without a gateway it is the command that tries it, and says what does not work.
  writeFileSync(
    join(folder, 'gatehouse.yaml'),
    `upstreams:\n  open: { dialect: openai, url: "${upstream.url}/v1", key: k, models: [m] }\nfeeds:\n  siem: { use: http, url: "http://127.0.0.1:9" }\n`,
  );
  const alone = await gatehouse(folder, ['feeds', 'test', 'siem']);
  assert.equal(alone.code, 1, alone.err);
  assert.match(alone.out, /^not delivered: .*ECONNREFUSED/);
});
