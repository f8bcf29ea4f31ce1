import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { Problem } from '../base/problem.ts';
import { localMaster, type MasterKey } from './master.ts';
import { Masters } from './masters.ts';
import { type ContentAbout, type Erasure, Vault, vaultPaths } from './vault.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 9, 3, 12);

interface Bench {
  readonly data: string;
  readonly now: { ms: number };
  open(masters?: Masters, data?: string): Promise<Vault>;
}

function bench(t: TestContext): Bench {
  const data = mkdtempSync(join(tmpdir(), 'gatehouse-vault-'));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const now = { ms: START };
  return {
    data,
    now,
    async open(masters = one(), folder = data) {
      const vault = await Vault.open({
        data: folder,
        masters,
        clock: { now: () => now.ms, tick: () => now.ms },
      });
      t.after(() => vault.close().catch(() => {}));
      return vault;
    },
  };
}

const bytes = { first: randomBytes(32), second: randomBytes(32) };
const key = (name: keyof typeof bytes) => localMaster(name, bytes[name]);
const one = () => new Masters([key('first')], key('first'));
const both = (): Masters => {
  const keys = [key('first'), key('second')] as const;
  return new Masters(keys, keys[1]);
};

const about = (more: Partial<ContentAbout> = {}): ContentAbout => ({
  request: 'req_1',
  kind: 'prompt',
  tenant: 'web',
  subject: null,
  ...more,
});

async function keep(vault: Vault, text: string, more: Partial<ContentAbout> = {}) {
  const sealing = await vault.seal(about(more));
  await sealing.push(text);
  return sealing.end();
}

const textsOf = async (vault: Vault, request = 'req_1', time = START) =>
  (await vault.read(request, time)).map(({ text, failed }) => text ?? failed);

/** Everything in the files of a folder, as one text of bytes. */
function allBytes(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

const wrappedIn = (data: string): string[] => {
  const database = new DatabaseSync(vaultPaths(data).keys, { readOnly: true });
  try {
    const rows = database
      .prepare('SELECT wrapped FROM month_keys UNION ALL SELECT wrapped FROM subject_keys')
      .all();
    return (rows as { wrapped: string }[]).map(({ wrapped }) => wrapped);
  } finally {
    database.close();
  }
};

test('content comes back as it was, for its request only, also after a restart', async (t) => {
  const { open } = bench(t);
  const vault = await open();
  const long = 'ä🙂 long text '.repeat(20_000);
  const { digest, id, bytes: size } = await keep(vault, long);
  await keep(vault, 'the answer', { kind: 'reply', subject: 'ann' });
  await keep(vault, 'other', { request: 'req_2' });
  assert.equal(size, Buffer.byteLength(long));
  const read = await vault.read('req_1', START);
  assert.deepEqual(
    read.map(({ head, text }) => [head.kind, head.subject, text]),
    [
      ['prompt', null, long],
      ['reply', 'ann', 'the answer'],
    ],
  );
  assert.deepEqual([read[0]?.digest, read[0]?.head.id], [digest, id]);
  await vault.close();
  assert.deepEqual(await textsOf(await open(), 'req_2'), ['other']);
});

test('no text, no key and no subject in any file', async (t) => {
  const { open, data } = bench(t);
  const vault = await open();
  await keep(vault, 'canary-in-the-prompt'.repeat(10_000));
  await vault.close();
  const all = allBytes(data);
  assert.equal(all.includes('canary'), false);
  for (const form of ['hex', 'base64', 'base64url', 'latin1'] as const) {
    assert.equal(all.includes(bytes.first.toString(form)), false);
  }
});

test('every byte of a segment counts: changed anywhere, its record does not open as something else', async (t) => {
  const { open, data } = bench(t);
  const vault = await open();
  await keep(vault, 'one short text');
  await vault.close();
  const { content } = vaultPaths(data);
  const file = join(content, readdirSync(content)[0] as string);
  const whole = readFileSync(file);
  const reader = await open();
  for (let at = 0; at < whole.length; at++) {
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] as number) ^ 0x11;
    writeFileSync(file, changed);
    const read = await textsOf(reader);
    assert.ok(
      read.length === 0 || (read.length === 1 && read[0] !== 'one short text'),
      `byte ${at}: ${read}`,
    );
    assert.ok(['tampered', 'erased', undefined].includes(read[0]), `byte ${at}`);
  }
});

test('one person is erased, in every month and team, and nobody else', async (t) => {
  const { open, now, data } = bench(t);
  const vault = await open();
  await keep(vault, 'ann in october', { subject: 'ann' });
  await keep(vault, 'bob in october', { subject: 'bob', request: 'req_bob' });
  await keep(vault, 'ann of ops', { subject: 'ann', tenant: 'ops', request: 'req_ops' });
  now.ms += 30 * DAY;
  await keep(vault, 'ann in november', { subject: 'ann', request: 'req_nov' });
  const before = wrappedIn(data);
  const target = { subject: 'ann' };
  const { keys, until } = vault.planErasure(target);
  assert.equal(keys, 3);
  assert.equal(vault.erase({ target, until }), 3);
  assert.deepEqual(await textsOf(vault), ['erased']);
  assert.deepEqual(await textsOf(vault, 'req_ops'), ['erased']);
  assert.deepEqual(await textsOf(vault, 'req_nov', now.ms), ['erased']);
  assert.deepEqual(await textsOf(vault, 'req_bob'), ['bob in october']);
  const gone = before.filter((wrapped) => !wrappedIn(data).includes(wrapped));
  assert.equal(gone.length, 3);
  const left = allBytes(data);
  for (const wrapped of gone) assert.equal(left.includes(wrapped), false, 'its wrapped key is in no file');
  await keep(vault, 'ann again', { subject: 'ann', request: 'req_again' });
  assert.deepEqual(
    await textsOf(vault, 'req_again', now.ms),
    ['ann again'],
    'a new key for what comes after',
  );
  assert.equal(vault.erase({ target, until }), 1, 'the same moment is erased');
});

test('one month of a team is erased, with the people in it', async (t) => {
  const { open, now, data } = bench(t);
  const vault = await open();
  await keep(vault, 'october');
  await keep(vault, 'ann', { subject: 'ann', request: 'req_ann' });
  await keep(vault, 'ops', { tenant: 'ops', request: 'req_ops' });
  now.ms += 30 * DAY;
  await keep(vault, 'november', { request: 'req_nov' });
  const before = wrappedIn(data);
  const target = { tenant: 'web', month: '2026-10' };
  vault.erase({ target, until: vault.planErasure(target).until });
  const after = wrappedIn(data);
  assert.equal(before.length - after.length, 2);
  const left = allBytes(data);
  for (const wrapped of before) assert.equal(left.includes(wrapped), after.includes(wrapped));
  assert.deepEqual(await textsOf(vault), ['erased']);
  assert.deepEqual(await textsOf(vault, 'req_ann'), ['erased']);
  assert.deepEqual(await textsOf(vault, 'req_ops'), ['ops']);
  assert.deepEqual(await textsOf(vault, 'req_nov', now.ms), ['november']);
});

test('keys put back from a backup are destroyed again by the ledger’s erasures', async (t) => {
  const { open, now, data } = bench(t);
  const backup = `${data}-backup`;
  t.after(() => rmSync(backup, { recursive: true, force: true }));
  const vault = await open();
  await keep(vault, 'ann', { subject: 'ann' });
  await vault.reapply(5, async function* () {});
  await vault.close();
  cpSync(data, backup, { recursive: true });

  const again = await open();
  now.ms += 1000;
  const target = { subject: 'ann' };
  const erasure: Erasure = { target, until: again.planErasure(target).until };
  again.erase(erasure);
  assert.deepEqual(await textsOf(again), ['erased']);

  const restored = await open(one(), backup);
  assert.deepEqual(await textsOf(restored), ['ann'], 'the old keys open it');
  now.ms += 1000;
  await keep(restored, 'ann later', { subject: 'bob', request: 'req_later' });
  const asked: number[] = [];
  const erasures = async function* (from: number) {
    asked.push(from);
    yield erasure;
  };
  assert.equal(await restored.reapply(9, erasures), 1);
  assert.deepEqual(await textsOf(restored), ['erased']);
  assert.deepEqual(await textsOf(restored, 'req_later', now.ms), ['ann later']);
  await restored.reapply(9, erasures);
  await restored.reapply(3, erasures);
  await restored.reapply(9, erasures, true);
  assert.deepEqual(
    asked,
    [5, 9, 0, 0],
    'from where it stood; all of a ledger that is another; all when asked',
  );
});

test('rotation: goes on where it stopped, and the old master key can go', async (t) => {
  const { open, now } = bench(t);
  const vault = await open();
  for (let i = 0; i < 10; i++) await keep(vault, `text ${i}`, { tenant: `team-${i}`, request: `req_${i}` });
  const next = both();
  await vault.check(next);
  vault.adopt(next);
  const first = await vault.rotate(false, '', 0);
  assert.equal(first.keys, 1, 'no time: one at a time');
  await keep(vault, 'meanwhile', { request: 'req_now', tenant: 'new' });
  await vault.close();

  const again = await open(both());
  const alone = new Masters([key('second')], key('second'));
  await assert.rejects(again.check(alone), /“first” still wraps keys/);
  const rest = await again.rotate(false, '', 1000);
  assert.deepEqual([rest.keys, rest.next], [9, undefined]);
  const { masters } = await again.status();
  assert.deepEqual(
    masters.map(({ name, keys }) => [name, keys]),
    [
      ['first', 0],
      ['second', 11],
    ],
  );
  await again.close();
  now.ms += 1;
  const last = await open(new Masters([key('second')], key('second')));
  for (let i = 0; i < 10; i++) assert.deepEqual(await textsOf(last, `req_${i}`), [`text ${i}`]);
  assert.deepEqual(await textsOf(last, 'req_now'), ['meanwhile']);
  const { keys } = await last.rotate(true, '', 1000);
  assert.equal(keys, 11, 'all anew under the same key');
  assert.deepEqual(await textsOf(last, 'req_3'), ['text 3']);
});

test('another key under the same name is found out at start, and shown nowhere', async (t) => {
  const { open } = bench(t);
  const vault = await open();
  await keep(vault, 'text');
  await vault.close();
  const other = localMaster('first', randomBytes(32));
  await assert.rejects(open(new Masters([other], other)), (error) => {
    assert.ok(error instanceof Problem && error.kind === 'usage');
    assert.match(error.message, /the master key “first” is not the one/);
    return true;
  });
});

/** A key service: counts what it is asked, and can be down. */
function service(): { master: MasterKey; asked: string[]; down: boolean } {
  const inner = key('first');
  const it = { asked: [] as string[], down: false };
  const counted = <T>(what: string, act: () => Promise<T>): Promise<T> => {
    it.asked.push(what);
    return it.down ? Promise.reject(new Error('down')) : act();
  };
  const master: MasterKey = {
    ...inner,
    kind: 'transit',
    wrap: (one, two) => counted('wrap', () => inner.wrap(one, two)),
    unwrap: (one, two) => counted('unwrap', () => inner.unwrap(one, two)),
  };
  return Object.assign(it, { master });
}

test('a key service is asked for each month’s key, not for each request; while it is down, nothing is sealed', async (t) => {
  const { open, now } = bench(t);
  const kms = service();
  const vault = await open(new Masters([kms.master], kms.master));
  kms.asked.length = 0;
  await Promise.all(Array.from({ length: 50 }, (_, i) => keep(vault, 'x', { subject: `person-${i % 5}` })));
  assert.deepEqual(kms.asked, ['wrap', 'unwrap']);
  kms.down = true;
  await keep(vault, 'still in memory');
  now.ms += 10 * 60_000;
  await assert.rejects(vault.seal(about()), { code: 'vault_unavailable' });
  await assert.rejects(vault.seal(about({ tenant: 'new' })), { code: 'vault_unavailable' });
  kms.down = false;
  now.ms += 2000;
  await keep(vault, 'back');
});

test('a service that does not answer at start does not stop the start', async (t) => {
  const { open } = bench(t);
  const kms = service();
  kms.down = true;
  const vault = await open(new Masters([kms.master], kms.master));
  await assert.rejects(vault.seal(about()), { code: 'vault_unavailable' });
  assert.equal((await vault.status()).masters[0]?.verified, false);
  kms.down = false;
  await keep(vault, 'now it does');
  assert.equal((await vault.status()).masters[0]?.verified, true);
});

test('a disk that takes nothing: refused, and sealed again when it does', async (t) => {
  const { open, data } = bench(t);
  const vault = await open();
  const { content } = vaultPaths(data);
  writeFileSync(content, 'a file where the folder belongs');
  await assert.rejects(keep(vault, 'text'), { code: 'vault_unavailable' });
  rmSync(content);
  mkdirSync(content, { mode: 0o700 });
  await keep(vault, 'text', { request: 'req_2' });
  assert.deepEqual(await textsOf(vault, 'req_2'), ['text']);
});

test('what is older than the policy keeps goes, with its keys', async (t) => {
  const { open, now, data } = bench(t);
  const vault = await open();
  await keep(vault, 'old');
  now.ms += 45 * DAY;
  await keep(vault, 'new', { request: 'req_new' });
  assert.ok((await vault.bytes()) > 0);
  assert.deepEqual(await vault.retain(60 * DAY), { keys: 0, segments: 0 });
  assert.deepEqual(await vault.retain(10 * DAY), { keys: 1, segments: 1 });
  assert.deepEqual(await textsOf(vault), []);
  assert.deepEqual(await textsOf(vault, 'req_new', now.ms), ['new']);
  assert.equal(readdirSync(vaultPaths(data).content).length, 1);
});

test('a record cut off by a crash does not open, and those before it do', async (t) => {
  const { open, data } = bench(t);
  const vault = await open();
  await keep(vault, 'whole');
  await keep(vault, 'cut', { request: 'req_cut' });
  await vault.close();
  const { content } = vaultPaths(data);
  const file = join(content, readdirSync(content)[0] as string);
  writeFileSync(file, readFileSync(file).subarray(0, -3));
  const again = await open();
  assert.deepEqual(await textsOf(again), ['whole']);
  assert.deepEqual(await textsOf(again, 'req_cut'), []);
  await keep(again, 'after', { request: 'req_after' });
  assert.deepEqual(await textsOf(again, 'req_after'), ['after']);
});
