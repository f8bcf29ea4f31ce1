import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { parseText } from '../src/audit/checkpoint.ts';
import { formatVkey, parseNote } from '../src/audit/note.ts';
import {
  cosign,
  formatSubmission,
  parseSubmission,
  type Witness,
  witnessesOf,
} from '../src/audit/witness.ts';
import { systemClock } from '../src/base/clock.ts';
import { growthPath, stateAt } from '../src/ledger/growth.ts';
import { initLedger, ledgerPaths, PUBLIC_KEYS } from '../src/ledger/init.ts';
import { verifySignature } from '../src/ledger/keys.ts';
import { Ledger } from '../src/ledger/ledger.ts';
import { LedgerPages } from '../src/ledger/pages.ts';
import { readPublicKeys, verifyFiles } from '../src/ledger/verify-files.ts';
import { COSIGNED, Cosigning, type CosigningOptions } from '../src/witness/cosigning.ts';
import { openWitnessKeys, publicText } from '../src/witness/keys.ts';
import { Mirror } from '../src/witness/mirror.ts';
import { witnessOf } from '../src/witness/places.ts';
import { startWitness, type WitnessServer } from '../src/witness/server.ts';
import { WitnessState } from '../src/witness/state.ts';
import type { WitnessPlace } from '../src/witness/submit.ts';
import { WitnessedLedger } from '../src/witness/witnessed-ledger.ts';
import { gatehouse, keysIn, serve, tempFolder } from './harness/cli.ts';

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-witness-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A ledger, its data folder, and how to have its checkpoints cosigned. */
class Log {
  readonly data: string;
  ledger!: Ledger;
  cosigning!: Cosigning;
  readonly conflicts: string[] = [];

  constructor(data: string) {
    this.data = data;
  }

  get folder(): string {
    return ledgerPaths(this.data).folder;
  }

  async open(
    t: TestContext,
    witnesses: readonly WitnessPlace[],
    more: Partial<CosigningOptions> = {},
  ): Promise<this> {
    const { keys } = await initLedger({ data: this.data, clock: systemClock, origin: 'example.com/log' });
    this.cosigning = new Cosigning({
      folder: this.folder,
      witnesses,
      quorum: 2,
      every: 3_600_000,
      clock: systemClock,
      onConflict: (name, kind) => void this.conflicts.push(`${name}: ${kind}`),
      ...more,
    });
    this.ledger = await Ledger.open({
      folder: this.folder,
      keys,
      clock: systemClock,
      onCheckpoint: (note, tree) => this.cosigning.take({ note, tree }),
    });
    t.after(async () => {
      await this.cosigning.close();
      await this.ledger.close().catch(() => {});
    });
    return this;
  }

  /** Entries, a checkpoint, and a round of witnesses. */
  async grow(entries: number, what = 'x'): Promise<void> {
    for (let i = 0; i < entries; i++) await this.ledger.append({ kind: 'test', what, i });
    await this.ledger.checkpoint();
    await this.cosigning.round();
    // A round that began with an older checkpoint may have been under way.
    await this.cosigning.round();
  }

  /** What was written down with a quorum's signatures. */
  get cosigned(): string | undefined {
    return readdirSync(this.folder).includes(COSIGNED)
      ? readFileSync(join(this.folder, COSIGNED), 'utf8')
      : undefined;
  }

  async close(): Promise<void> {
    await this.cosigning.close();
    await this.ledger.close();
  }
}

interface Party {
  readonly place: WitnessPlace;
  readonly witness: Witness;
  readonly server: WitnessServer;
  restart(): Promise<Party>;
}

/** An honest witness that watches the log of a folder. */
async function honest(t: TestContext, log: Log, name: string, folder = folderOf(t)): Promise<Party> {
  const keys = await openWitnessKeys(join(folder, 'witness.json'), name);
  const logs = [await readPublicKeys(join(log.folder, PUBLIC_KEYS))];
  const state = new WitnessState(join(folder, 'logs'), logs);
  const server = await startWitness({ keys, state, clock: systemClock, host: '127.0.0.1', port: 0 });
  t.after(() => server.close());
  const witness = witnessOf(publicText(keys), name);
  return {
    witness,
    place: { ...witness, url: server.url },
    server,
    async restart() {
      await server.close();
      return honest(t, log, name, folder);
    },
  };
}

/** A witness that signs whatever it is shown. */
async function liar(t: TestContext, name: string): Promise<Pick<Party, 'place' | 'witness'>> {
  const keys = await openWitnessKeys(join(folderOf(t), 'witness.json'), name);
  const server = http.createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req) body += chunk;
    const checkpoint = parseText(parseNote(parseSubmission(body).note).text);
    res.end(cosign(checkpoint, keys.signers, Math.floor(Date.now() / 1000)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const witness = witnessOf(publicText(keys), name);
  return {
    witness,
    place: { ...witness, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
  };
}

async function prepared(t: TestContext): Promise<Log> {
  const log = new Log(folderOf(t));
  await initLedger({ data: log.data, clock: systemClock, origin: 'example.com/log' });
  return log;
}

const post = async (url: string, body: string) => {
  const answer = await fetch(`${url}/add-checkpoint`, { method: 'POST', body });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
};

/** A mirror that takes what a log says. */
const mirrorOf = async (folder: string, log: Log, file = 'checkpoint') =>
  Mirror.open({
    folder,
    keys: await readPublicKeys(join(log.folder, PUBLIC_KEYS)),
    feed: {
      checkpoint: async () => readFileSync(join(log.folder, file), 'utf8'),
      entries: async (from) => (await new LedgerPages(log.folder).read(from, log.ledger.size)).text,
    },
  });

suite('three witnesses, one of them lying', () => {
  test('a ledger that only grows is cosigned, and whoever verifies it can see by whom', async (t) => {
    const log = await prepared(t);
    const one = await honest(t, log, 'w.example/1');
    const two = await honest(t, log, 'w.example/2');
    const three = await liar(t, 'w.example/3');
    const all = [one, two, three].map(({ witness }) => witness);
    await log.open(t, [one.place, two.place, three.place]);
    await log.grow(3);
    await log.grow(40);
    assert.deepEqual(
      await witnessesOf(log.cosigned ?? '', all, verifySignature),
      all.map(({ name }) => name),
    );
    assert.equal(parseText(parseNote(log.cosigned ?? '').text).size, 43);
    const report = await verifyFiles({ ledger: log.folder, checkpoint: join(log.folder, COSIGNED) });
    assert.equal(report.outcome, 'ok');
    assert.deepEqual(log.conflicts, []);
  });

  test('a split view: one history gets a quorum, and the other has the liar alone', async (t) => {
    const log = await prepared(t);
    const one = await honest(t, log, 'w.example/1');
    const two = await honest(t, log, 'w.example/2');
    const three = await liar(t, 'w.example/3');
    const witnesses = [one.witness, two.witness, three.witness];
    const places = [one.place, two.place, three.place];
    await log.open(t, places);
    await log.grow(20);
    const copy = await mirrorOf(folderOf(t), log);
    await copy.follow();
    await log.close();
    // The operator, who has the keys, keeps two books from here on.
    const other = new Log(folderOf(t));
    cpSync(log.data, other.data, { recursive: true });
    rmSync(join(other.folder, COSIGNED));
    await log.open(t, places);
    await log.grow(5, 'what the auditors see');
    await other.open(t, places);
    await other.grow(5, 'what the others see');
    await other.grow(9, 'and longer');

    assert.equal((await witnessesOf(log.cosigned ?? '', witnesses, verifySignature)).length, 3);
    assert.equal(other.cosigned, undefined, 'the second history has no quorum');
    assert.deepEqual(other.conflicts.sort(), ['w.example/1: forked', 'w.example/2: forked']);
    await copy.follow();
    // Each history alone looks whole: a mirror of the other one finds no fault with it …
    let shown = other;
    const seen = await Mirror.open({
      folder: folderOf(t),
      keys: await readPublicKeys(join(log.folder, PUBLIC_KEYS)),
      feed: {
        checkpoint: async () => readFileSync(join(shown.folder, 'checkpoint'), 'utf8'),
        entries: async (from) => (await new LedgerPages(shown.folder).read(from, shown.ledger.size)).text,
      },
    });
    await seen.follow();
    // … until it is shown both, and then it has the proof, signed by the ledger itself.
    shown = log;
    await log.grow(20, 'what the auditors see');
    await assert.rejects(seen.follow(), { kind: 'findings' });
  });

  test('a rollback: what was cosigned is more than there is, and then something else', async (t) => {
    const log = await prepared(t);
    const one = await honest(t, log, 'w.example/1');
    const two = await honest(t, log, 'w.example/2');
    const three = await liar(t, 'w.example/3');
    const places = [one.place, two.place, three.place];
    await log.open(t, places);
    await log.grow(10);
    await log.close();
    const backup = folderOf(t);
    cpSync(log.data, backup, { recursive: true });
    await log.open(t, places);
    const mirror = await mirrorOf(folderOf(t), log);
    await log.grow(30);
    await mirror.follow();
    await log.close();

    const older = new Log(backup);
    rmSync(join(older.folder, COSIGNED));
    await older.open(t, places);
    await older.grow(2, 'rewritten');
    assert.deepEqual(older.conflicts.sort(), ['w.example/1: behind', 'w.example/2: behind']);
    assert.equal(older.cosigned, undefined);
    const fooled = await Mirror.open({
      folder: folderOf(t),
      keys: await readPublicKeys(join(log.folder, PUBLIC_KEYS)),
      feed: {
        checkpoint: async () => readFileSync(join(older.folder, 'checkpoint'), 'utf8'),
        entries: async (from) => (await new LedgerPages(older.folder).read(from, older.ledger.size)).text,
      },
    });
    assert.equal((await fooled.follow()).entries, older.ledger.signedSize);
    await older.grow(60, 'rewritten');
    assert.ok(older.conflicts.includes('w.example/1: forked'));
    assert.equal(older.cosigned, undefined);
    // Nothing is let through any more where the settings say so.
    const guarded = new WitnessedLedger(
      older.ledger,
      older.cosigning,
      { ...systemClock, now: () => Date.now() + 60_000 },
      30_000,
    );
    assert.equal(guarded.state, 'failed');
    await assert.rejects(guarded.append({ kind: 'request.begin' }), { code: 'ledger_unavailable' });
    await guarded.append({ kind: 'system.stop' });
  });

  test('a witness that is down, slow, wrong or rude holds up nobody', async (t) => {
    const log = await prepared(t);
    const one = await honest(t, log, 'w.example/1');
    const two = await honest(t, log, 'w.example/2');
    const troubles: string[] = [];
    const rude = http.createServer((_req, res) => res.writeHead(302, { location: one.place.url }).end());
    const wrong = http.createServer((_req, res) => res.end('— w.example/4 AAAAAAAA\n'));
    for (const server of [rude, wrong]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      t.after(() => server.close());
    }
    const at = (server: http.Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { witness } = await liar(t, 'w.example/4');
    const places = [
      one.place,
      two.place,
      { ...witness, url: at(wrong) },
      { ...witness, name: 'w.example/5', url: at(rude) },
      { ...witness, name: 'w.example/6', url: 'http://127.0.0.1:9' },
    ];
    await log.open(t, places, { onTrouble: (name, why) => void troubles.push(`${name}: ${why}`) });
    await log.grow(3);
    assert.equal(
      (await witnessesOf(log.cosigned ?? '', [one.witness, two.witness], verifySignature)).length,
      2,
    );
    assert.deepEqual(troubles.sort(), [
      'w.example/4: bad_signature',
      'w.example/5: status_302',
      'w.example/6: unreachable',
    ]);
  });
});

suite('a witness', () => {
  test('answers every kind of submission as C2SP tlog-witness says', async (t) => {
    const log = await prepared(t);
    const { place, restart } = await honest(t, log, 'w.example/1');
    await log.open(t, []);
    await log.grow(7);
    const note = readFileSync(join(log.folder, 'checkpoint'), 'utf8');
    const size = log.ledger.signedSize;
    assert.equal((await post(place.url, 'old 0\n')).status, 400);
    assert.equal((await post(place.url, `old 01\n\n${note}`)).status, 400);
    assert.equal((await post(place.url, `old 0\n${'A'.repeat(44)}\n\n${note}`)).status, 400);
    assert.equal((await post(place.url, formatSubmission({ old: size + 1, proof: [], note }))).status, 400);
    assert.equal(
      (await post(place.url, `old 0\n\n${note.replace('example.com', 'example.org')}`)).status,
      404,
    );
    assert.equal((await post(place.url, `old 0\n\n${note.replace(/^7$/m, '6')}`)).status, 403);
    assert.equal((await post(place.url, 'x'.repeat(100_000))).status, 413);
    assert.equal((await fetch(`${place.url}/add-checkpoint`)).status, 405);
    assert.equal((await fetch(`${place.url}//add-checkpoint`, { method: 'POST' })).status, 404);
    const first = await post(place.url, formatSubmission({ old: 0, proof: [], note }));
    assert.equal(first.status, 200);
    assert.match(first.text, /^— w\.example\/1 \S+\n— w\.example\/1 \S+\n$/);
    await log.grow(6);
    const later = readFileSync(join(log.folder, 'checkpoint'), 'utf8');
    const proof = await growthPath(log.folder, await stateAt(log.folder, size), log.ledger.signedSize);
    const conflict = await post(place.url, formatSubmission({ old: 0, proof: [], note: later }));
    assert.deepEqual([conflict.status, conflict.type, conflict.text], [409, 'text/x.tlog.size', `${size}\n`]);
    const bad = [proof[0] ?? '', ...proof.slice(1).reverse(), proof[0] ?? ''];
    assert.equal(
      (await post(place.url, formatSubmission({ old: size, proof: bad, note: later }))).status,
      422,
    );
    // What it has cosigned it knows after a restart too.
    const again = await restart();
    assert.equal((await post(again.place.url, formatSubmission({ old: 0, proof: [], note }))).status, 409);
    const good = formatSubmission({ old: size, proof, note: later });
    const race = await Promise.all([
      post(again.place.url, good),
      post(again.place.url, good),
      post(again.place.url, good),
    ]);
    assert.deepEqual(race.map(({ status }) => status).sort(), [200, 409, 409]);
  });

  test('a mirror keeps what contradicts it, and finds its place again after a kill', async (t) => {
    const log = await prepared(t);
    await log.open(t, []);
    await log.grow(50);
    const folder = folderOf(t);
    assert.equal((await (await mirrorOf(folder, log)).follow()).added, 50);
    // Half a page more than was signed for, as a mirror leaves it that was killed.
    const segment = join(folder, readdirSync(folder).find((name) => name.endsWith('.jsonl')) ?? '');
    writeFileSync(segment, `${readFileSync(segment, 'utf8')}{"v":1,"seq":50,"ti`);
    await log.grow(10);
    assert.equal((await (await mirrorOf(folder, log)).follow()).added, 10);
    assert.equal((await verifyFiles({ ledger: folder })).outcome, 'ok');
    const lines = readFileSync(segment, 'utf8').split('\n');
    lines[3] = (lines[3] ?? '').replace('"what":"x"', '"what":"y"');
    writeFileSync(segment, lines.join('\n'));
    await assert.rejects(mirrorOf(folder, log), { kind: 'findings' });
  });
});

test('the command line: a gateway with witnesses, a mirror of it, and both verified', async (t) => {
  const folder = tempFolder(t);
  // The ledger comes first: witnesses watch it by its key.
  const first = await serve(t, folder);
  const keys = keysIn(first.out());
  await first.stop();
  const ledger = join(folder, 'gatehouse-data', 'ledger');
  const log = new Log(join(folder, 'gatehouse-data'));
  const parties = await Promise.all(['w.example/1', 'w.example/2'].map((name) => honest(t, log, name)));
  for (const [index, { witness }] of parties.entries()) {
    writeFileSync(join(folder, `w${index}.pub`), witness.keys.map((key) => `${formatVkey(key)}\n`).join(''));
  }
  const file = join(folder, 'gatehouse.yaml');
  const who = parties.map(({ place }, index) => `{ url: "${place.url}", key: w${index}.pub }`).join(', ');
  const text = readFileSync(file, 'utf8').replace(
    /^ledger:$/m,
    `ledger:\n  witnesses: { who: [${who}], quorum: 2, every: 100ms }`,
  );
  writeFileSync(file, text);
  const gateway = await serve(t, folder);
  for (let turns = 0; turns < 200 && !readdirSync(ledger).includes(COSIGNED); turns++) await pause(20);
  const env = { GATEHOUSE_KEY: keys.admin };
  const quorum = ['-w', 'w0.pub', '-w', 'w1.pub', '-q', '2'];
  const copied = await gatehouse(
    folder,
    ['audit', 'mirror', gateway.address, '--key', join(ledger, PUBLIC_KEYS), '--to', 'copy', ...quorum],
    env,
  );
  assert.equal(copied.code, 0, copied.err);
  const verified = await gatehouse(folder, ['audit', 'verify', '--ledger', 'copy']);
  assert.equal(verified.code, 0, verified.err);
  const metrics = await fetch(`${gateway.address}/metrics`, {
    headers: { authorization: `Bearer ${keys.admin}` },
  });
  assert.match(await metrics.text(), /^gatehouse_ledger_cosigned_entries [1-9]/m);
  const checked = await gatehouse(folder, ['config', 'check']);
  assert.equal(checked.code, 0, checked.err);
  writeFileSync(file, text.replace('w1.pub', 'w0.pub'));
  const twice = await gatehouse(folder, ['config', 'check']);
  assert.equal(twice.code, 3, twice.out);
  assert.match(twice.err, /a witness is named twice/);
  writeFileSync(file, text);
  await gateway.stop();
  const whole = await gatehouse(folder, ['audit', 'verify', ...quorum]);
  assert.equal(whole.code, 0, whole.err);
  assert.match(whole.out, /Cosigned by w\.example\/1, w\.example\/2\./);
});
