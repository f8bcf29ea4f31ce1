import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  gatehouse,
  gatehouseJson,
  keysIn,
  ledgerOf,
  type Served,
  serve,
  tempFolder,
} from '../harness/cli.ts';
import { completion, json, startUpstream } from '../harness/upstream.ts';

const [FIRST, SECOND] = ['aa'.repeat(32), 'bb'.repeat(32)];

interface Content {
  readonly content: readonly {
    kind: string;
    text: string | null;
    failed: string | null;
    recorded: boolean;
  }[];
}

/** A gateway of its own, with a vault, in front of a scripted model server. */
async function scene(t: TestContext) {
  const folder = tempFolder(t);
  const upstream = await startUpstream(json(completion('canary answer')));
  t.after(() => upstream.close());
  writeFileSync(join(folder, 'first.key'), `${FIRST}\n`);
  const settings = (vault: string) =>
    writeFileSync(
      join(folder, 'gatehouse.yaml'),
      `upstreams:\n  open: { dialect: openai, url: "${upstream.url}/v1", key: k, models: [m] }\nvault: ${vault}\n`,
    );
  settings('{ masters: { first: { key: { file: ./first.key } } } }');
  writeFileSync(
    join(folder, 'policy.yaml'),
    'version: 1\nroles:\n  app: { allow: [{ actions: [chat], models: ["*"] }] }\n' +
      '  admin: { allow: [{ actions: ["vault.*", "content.*"] }] }\ncontent: { seal: both }\n',
  );
  let key = '';
  return {
    folder,
    settings,
    async start(): Promise<Served> {
      const served = await serve(t, folder);
      if (key === '') key = keysIn(served.out()).app;
      return served;
    },
    /** Asks, and returns the id of the request. */
    async ask({ address }: Served, content: string, subject?: string): Promise<string> {
      const answer = await fetch(`${address}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          ...(subject !== undefined && { 'x-gatehouse-subject': subject }),
        },
        body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }),
      });
      assert.equal(answer.status, 200, await answer.text());
      return ledgerOf(folder)
        .filter(({ kind }) => kind === 'request.end')
        .at(-1)?.id as string;
    },
    unseal: async (id: string) =>
      (await gatehouseJson<Content & object>(folder, ['vault', 'unseal', '--request', id])).content,
  };
}

test('unseal, erase, and the ledger tells of both without naming anyone', async (t) => {
  const { folder, start, ask, unseal } = await scene(t);
  const served = await start();
  const ann = await ask(served, 'canary of ann', 'ann@example.com');
  const bob = await ask(served, 'canary of bob', 'bob@example.com');
  const [prompt, reply] = await unseal(ann);
  assert.match(prompt?.text ?? '', /canary of ann/);
  assert.match(reply?.text ?? '', /canary answer/);
  assert.deepEqual([prompt?.recorded, reply?.recorded], [true, true], 'the ledger names these bytes');
  const read = ledgerOf(folder).findLast(({ kind }) => kind === 'admin.begin');
  assert.deepEqual([read?.operation, read?.target], ['content.read', ann]);

  assert.deepEqual(await gatehouseJson(folder, ['vault', 'erase', '--subject', 'ann@example.com']), {
    keys: 1,
  });
  assert.deepEqual(
    (await unseal(ann)).map(({ failed, text }) => [failed, text]),
    [
      ['erased', null],
      ['erased', null],
    ],
  );
  assert.match((await unseal(bob))[0]?.text ?? '', /canary of bob/);
  const erased = ledgerOf(folder).find(({ kind }) => kind === 'content.erased');
  assert.equal(erased?.keys, 1);
  assert.match(String(erased?.subject), /^[\w-]{43}$/);
  const ledger = JSON.stringify(ledgerOf(folder));
  assert.doesNotMatch(ledger, /canary|example\.com/);

  const month = new Date().toISOString().slice(0, 7);
  assert.deepEqual(await gatehouseJson(folder, ['vault', 'erase', '--team', 'default', '--month', month]), {
    keys: 1,
  });
  assert.equal((await unseal(bob))[0]?.failed, 'erased');
  const wrong = await gatehouse(folder, ['vault', 'erase', '--month', month]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /a team and a month/);
  const none = await gatehouse(folder, ['vault', 'unseal', '--request', 'req_0']);
  assert.equal(none.code, 1);
  await served.stop();
});

test('a new master key while the gateway runs; killed, it goes on; then the old one can go', async (t) => {
  const { folder, settings, start, ask, unseal } = await scene(t);
  const served = await start();
  const before = await ask(served, 'before');
  writeFileSync(join(folder, 'second.key'), SECOND);
  settings(
    '{ current: second, masters: { first: { key: { file: ./first.key } }, second: { key: { file: ./second.key } } } }',
  );
  served.child.kill('SIGHUP');
  await served.says(/configuration reloaded/);
  served.child.kill('SIGKILL');
  const again = await start();
  assert.deepEqual(await gatehouseJson(folder, ['vault', 'rotate']), { keys: 1 });
  assert.deepEqual(await gatehouseJson(folder, ['vault', 'rotate']), { keys: 0 });
  assert.deepEqual(await gatehouseJson(folder, ['vault', 'rewrap']), { keys: 1 });
  settings('{ masters: { second: { key: { file: ./second.key } } } }');
  again.child.kill('SIGHUP');
  await again.says(/configuration reloaded/);
  assert.match((await unseal(before))[0]?.text ?? '', /before/);
  const status = await gatehouse(folder, ['vault', 'status']);
  assert.match(status.out, /^second \(local\): wraps 1 keys, fine, wraps new keys$/m);
  for (const line of [again.err(), again.out(), status.out, JSON.stringify(ledgerOf(folder))]) {
    assert.equal(line.includes(FIRST) || line.includes(SECOND), false, 'no key is shown');
  }
  await again.stop();
  assert.match((await unseal(before))[0]?.text ?? '', /before/, 'also while none is running');
  assert.equal((await gatehouse(folder, ['audit', 'verify'])).code, 0);
});

test('keys from a backup do not bring back what was erased', async (t) => {
  const { folder, start, ask, unseal } = await scene(t);
  const served = await start();
  const id = await ask(served, 'gone for good', 'ann');
  await served.stop();
  const [data, backup] = [join(folder, 'gatehouse-data'), join(folder, 'backup')];
  cpSync(data, backup, { recursive: true });
  assert.deepEqual(await gatehouseJson(folder, ['vault', 'erase', '--subject', 'ann']), { keys: 1 });
  for (const name of ['vault.sqlite', 'vault.sqlite-wal', 'vault.sqlite-shm']) {
    rmSync(join(data, name), { force: true });
  }
  cpSync(join(backup, 'vault.sqlite'), join(data, 'vault.sqlite'));
  const again = await start();
  assert.equal((await unseal(id))[0]?.failed, 'erased');
  assert.deepEqual(await gatehouseJson(folder, ['vault', 'restore-erasures']), { keys: 0 });
  await again.stop();
});

test('a wrong master key is found out at start, and nothing is said of it', async (t) => {
  const { folder, start, ask } = await scene(t);
  const served = await start();
  await ask(served, 'hello');
  await served.stop();
  writeFileSync(join(folder, 'first.key'), SECOND);
  const wrong = await gatehouse(folder, ['serve', '--port', '0']);
  assert.equal(wrong.code, 3);
  assert.match(wrong.err, /the master key “first” is not the one that was used under this name before/);
  assert.equal(wrong.err.includes(SECOND), false);
  writeFileSync(join(folder, 'first.key'), 'too short');
  const short = await gatehouse(folder, ['serve', '--port', '0']);
  assert.match(short.err, /is not 32 bytes in hex or base64/);
  assert.equal(readFileSync(join(folder, 'gatehouse-data', 'vault.sqlite')).includes('too short'), false);
});
