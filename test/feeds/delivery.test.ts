import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { receiveLogs } from './otlp-receiver.ts';
import { type Act, receiver, until } from './receiver.ts';

/** Feeds of a real gateway to real servers that fail in every way that servers do. */

const QUICK = 'retry: { first: 20ms, longest: 100ms, attempts: 3 }, timeout: 300ms';
const WHSEC = `whsec_${Buffer.from('a key of the test, of 32 bytes..').toString('base64')}`;

async function opened(
  t: TestContext,
  feeds: string,
  more: Record<string, string> = {},
): Promise<TestGateway> {
  const gateway = await startGateway({
    upstream: 'http://127.0.0.1:9',
    settings: `feeds:\n${feeds}`,
    files: more,
  });
  t.after(() => gateway.close());
  return gateway;
}

/** An alert in the ledger; its number. */
async function alert({ gateway }: TestGateway, check = 'repeats'): Promise<number> {
  const { seq } = await gateway.gate.ledger.append({
    kind: 'caller.suspect',
    caller: { id: 'clr_ann', name: 'ann', team: 'web', credential: 'key' },
    check,
    action: 'throttle',
    count: 3,
  });
  return seq;
}

const seqsIn = (bodies: readonly { readonly body: string }[]): number[] =>
  bodies
    .flatMap(({ body }) => body.trimEnd().split('\n'))
    .map((line) => JSON.parse(line).ledger.seq as number);

const says =
  (status: number, headers: Record<string, string> = {}): Act =>
  (_, res) =>
    void res.writeHead(status, headers).end();

suite('a receiver that fails', () => {
  const ways: Readonly<Record<string, Act>> = {
    'answers 429 and asks for peace': says(429, { 'retry-after': '0' }),
    'answers 500': says(500),
    'answers 503': says(503),
    'redirects elsewhere': says(307, { location: 'http://169.254.169.254/latest/meta-data' }),
    'does not know us': says(401),
    'never answers': () => {},
    'hangs up': (_, res) => void res.destroy(),
    'closes half-way through its answer': (_, res) => {
      res.writeHead(200, { 'content-length': '100' });
      res.write('{"half":');
      res.socket?.destroy();
    },
  };
  for (const [way, act] of Object.entries(ways))
    test(`${way}: what was sent comes again, and then the rest in order`, async (t) => {
      const { url, got, seen } = await receiver(t, act);
      const gateway = await opened(t, `  siem: { use: http, url: "${url}/in", ${QUICK} }`);
      const sent = [await alert(gateway), await alert(gateway)];
      await until(() => new Set(seqsIn(got)).size === 2, way);
      assert.deepEqual([...new Set(seqsIn(got))], sent);
      assert.ok(seen.length > got.length);
      assert.ok(seen.every(({ path }) => path === '/in'));
    });
});

test('a receiver that is away holds up nobody else, and is told of all of it when it is back', async (t) => {
  let away = true;
  const act: Act = (got, res) => {
    if (away) return void res.destroy();
    late.push(got);
    res.writeHead(200).end();
  };
  const late: { body: string }[] = [];
  const down = await receiver(t, ...Array.from({ length: 1000 }, () => act));
  const up = await receiver(t);
  const gateway = await opened(
    t,
    `  down: { use: http, url: "${down.url}", ${QUICK} }\n  up: { use: http, url: "${up.url}", ${QUICK} }`,
  );
  const sent: number[] = [];
  for (let i = 0; i < 20; i++) sent.push(await alert(gateway));
  await until(() => seqsIn(up.got).length === 20, 'the other feed');
  await until(
    () => gateway.entries().some(({ kind, feed }) => kind === 'feed.failed' && feed === 'down'),
    'its trouble',
  );
  const metrics = await gateway.gateway.gate.exposition();
  assert.match(metrics, /gatehouse_feed_delivered_total\{feed="up"\} 20/);
  assert.match(metrics, /gatehouse_feed_lag_entries\{feed="down"\} [1-9]/);
  assert.equal(gateway.log.filter((line) => line.includes('a feed cannot deliver')).length, 1);
  away = false;
  await until(() => sent.every((seq) => seqsIn(late).includes(seq)), 'the backlog');
  assert.deepEqual(
    seqsIn(late).filter((seq) => sent.includes(seq)),
    sent,
  );
  const failures = gateway.entries().filter(({ kind }) => kind === 'feed.failed');
  assert.equal(failures.length, 1, 'once an hour');
  assert.ok(!gateway.log.join('').includes(down.url) && !JSON.stringify(failures).includes(down.url));
});

test('an entry that is refused is put aside alone, shown, and sent again when asked', async (t) => {
  let picky = true;
  const taken: { body: string }[] = [];
  const refuse: Act = (got, res) => {
    if (picky && got.body.includes('"check":"poison"')) return void res.writeHead(422).end();
    taken.push(got);
    res.writeHead(200).end();
  };
  const { url } = await receiver(t, ...Array.from({ length: 200 }, () => refuse));
  const gateway = await opened(t, `  siem: { use: http, url: "${url}", ${QUICK} }`);
  const sent: number[] = [];
  for (const check of ['a', 'b', 'poison', 'c', 'd']) sent.push(await alert(gateway, check));
  const poison = sent[2];
  const others = sent.filter((seq) => seq !== poison);
  await until(() => others.every((seq) => seqsIn(taken).includes(seq)), 'the others');
  const admin = (path: string, method = 'GET') =>
    fetch(`${gateway.url}/admin/v1/feeds${path}`, {
      method,
      headers: { authorization: `Bearer ${gateway.adminKey}` },
    }).then((answer) => answer.json() as Promise<Record<string, never>>);
  const { dead } = (await admin('/siem/dead')) as { dead?: { seq: number; answer: string }[] };
  assert.deepEqual(
    dead?.map(({ seq, answer }) => [seq, answer]),
    [[poison, 'HTTP 422']],
  );
  assert.deepEqual(await admin('/siem/replay', 'POST'), { delivered: 0, answer: 'HTTP 422' });
  picky = false;
  assert.deepEqual(await admin('/siem/replay', 'POST'), { delivered: 1, answer: '' });
  assert.ok(seqsIn(taken).includes(poison ?? -1));
  assert.deepEqual(await admin('/siem/dead'), { dead: [] });
  // The thread tells of its counts a moment later.
  let exposed = '';
  const expose = setInterval(async () => {
    exposed = await gateway.gateway.gate.exposition();
  }, 50);
  t.after(() => clearInterval(expose));
  await until(() => exposed.includes('gatehouse_feed_dead_total{feed="siem"} 1\n'), 'the count');
});

test('a test is sent at once, marked, with an entry of its own; secrets are shown nowhere', async (t) => {
  const { url, got } = await receiver(t);
  const gateway = await opened(
    t,
    `  hook: { use: webhook, url: "${url}/canary-path", secret: "${WHSEC}", headers: { x-key: canary-header }, level: high }
  slack: { use: slack, url: "${url}/services/canary-slack" }`,
  );
  const admin = async (path: string, method = 'GET') => {
    const answer = await fetch(`${gateway.url}/admin/v1/feeds${path}`, {
      method,
      headers: { authorization: `Bearer ${gateway.adminKey}` },
    });
    return { status: answer.status, text: await answer.text() };
  };
  const tried = await admin('/hook/test', 'POST');
  const { delivered, answer, seq } = JSON.parse(tried.text);
  assert.deepEqual([tried.status, delivered, answer], [200, true, 'HTTP 200']);
  const [one] = got;
  assert.ok(one !== undefined);
  assert.equal(JSON.parse(one.body).type, 'gatehouse.feed.test');
  assert.equal(one.headers['x-key'], 'canary-header');
  assert.equal(gateway.entries()[seq]?.kind, 'feed.test');
  assert.equal((await admin('/nobody/test', 'POST')).status, 404);
  await admin('/slack/test', 'POST');
  assert.equal(got[1]?.path, '/services/canary-slack');
  const config = await fetch(`${gateway.url}/admin/v1/config`, {
    headers: { authorization: `Bearer ${gateway.adminKey}` },
  });
  const shown = [
    (await admin('')).text,
    await config.text(),
    gateway.log.join(''),
    JSON.stringify(gateway.allEntries()),
  ];
  for (const text of shown) assert.doesNotMatch(text, /canary|whsec_[A-Za-z0-9]{9}/);
});

test('a webhook is signed as Standard Webhooks says, and each attempt anew', async (t) => {
  const { url, seen } = await receiver(t, says(503));
  const gateway = await opened(t, `  hook: { use: webhook, url: "${url}", secret: "${WHSEC}", ${QUICK} }`);
  const seq = await alert(gateway);
  await until(() => seen.length >= 2, 'two attempts');
  const key = await webcrypto.subtle.importKey(
    'raw',
    Buffer.from(WHSEC.slice('whsec_'.length), 'base64'),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['verify'],
  );
  for (const { headers, body } of seen) {
    const [id, time, signature] = ['id', 'timestamp', 'signature'].map((name) =>
      String(headers[`webhook-${name}`]),
    );
    assert.match(id ?? '', new RegExp(`^gatehouse-${seq}-[0-9a-f]{12}$`));
    assert.ok(Math.abs(Number(time) - Date.now() / 1000) < 60);
    const [version, text = ''] = (signature ?? '').split(',');
    assert.equal(version, 'v1');
    const signed = Buffer.from(`${id}.${time}.${body}`);
    assert.ok(await webcrypto.subtle.verify('HMAC', key, Buffer.from(text, 'base64'), signed));
    assert.ok(
      !(await webcrypto.subtle.verify('HMAC', key, Buffer.from(text, 'base64'), Buffer.from(`${signed} `))),
    );
  }
});

test('logs arrive at a collector, and of a batch that it takes in part nothing is lost', async (t) => {
  const reject: Act = (_, res) =>
    void res
      .writeHead(200, { 'content-type': 'application/json' })
      .end('{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"no"}}');
  const { url, got } = await receiver(t, reject);
  const gateway = await opened(t, `  logs: { use: otlp, url: "${url}/otel", entries: all, ${QUICK} }`);
  const seq = await alert(gateway);
  const records = () =>
    got.flatMap(({ path, body }) => {
      assert.equal(path, '/otel/v1/logs');
      return receiveLogs(body);
    });
  const numbers = () => records().map(({ attributes }) => Number(attributes['gatehouse.ledger.seq']));
  await until(() => numbers().includes(seq), 'the alert');
  assert.ok(numbers().includes(seq - 1), 'all entries, not alerts alone');
  const told = records().find(({ attributes }) => Number(attributes['gatehouse.ledger.seq']) === seq);
  assert.equal(told?.resource['service.name'], 'gatehouse');
  assert.equal(told?.attributes['gatehouse.alert'], true);
  assert.equal(told?.eventName, `gatehouse.${told?.attributes['gatehouse.kind']}`);
});

test('a file gets a line each, on disk, readable by its owner alone; a torn line stays alone', async (t) => {
  const gateway = await opened(t, '  disk: { use: file, path: ./alerts.jsonl, format: ocsf }', {
    'alerts.jsonl': '{"torn":',
  });
  const file = join(gateway.folder, 'alerts.jsonl');
  const seq = await alert(gateway);
  await until(() => readFileSync(file, 'utf8').endsWith('}\n'), 'the line');
  const [torn, line = ''] = readFileSync(file, 'utf8').split('\n');
  assert.equal(torn, '{"torn":');
  const event = JSON.parse(line);
  assert.deepEqual([event.class_uid, event.metadata.sequence, event.type_uid], [2004, seq, 200401]);
  const fresh = await opened(t, '  disk: { use: file, path: ./new.jsonl }');
  await alert(fresh);
  await until(() => statSafe(join(fresh.folder, 'new.jsonl')) > 0, 'the file');
  assert.equal(statSync(join(fresh.folder, 'new.jsonl')).mode & 0o777, 0o600);
});

const statSafe = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

test('an address that the settings do not allow gets nothing', async (t) => {
  const { url, seen } = await receiver(t);
  const { port } = new URL(url);
  const gateway = await opened(
    t,
    `  inside: { use: http, url: "http://localhost:${port}", reach: public, ${QUICK} }
  mail: { use: email, server: "localhost:${port}", secure: none, from: a@b.c, to: [d@e.f], reach: public, ${QUICK} }
  logs: { use: syslog, server: "localhost:${port}", secure: none, reach: public, ${QUICK} }`,
  );
  for (const name of ['inside', 'mail', 'logs']) {
    const answer = await fetch(`${gateway.url}/admin/v1/feeds/${name}/test`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.adminKey}` },
    });
    const body = (await answer.json()) as { delivered: boolean; answer: string };
    assert.equal(body.delivered, false, name);
    assert.match(body.answer, /ADDRESS_REFUSED/, name);
  }
  assert.equal(seen.length, 0);
});

test('a reload changes feeds while they run, and a bad one changes nothing', async (t) => {
  const [a, b] = [await receiver(t), await receiver(t)];
  const gateway = await opened(t, `  one: { use: http, url: "${a.url}", ${QUICK} }`);
  const first = await alert(gateway);
  await until(() => seqsIn(a.got).includes(first), 'the first');
  const file = join(gateway.folder, 'gatehouse.yaml');
  const before = readFileSync(file, 'utf8');
  writeFileSync(file, before.replace(a.url, b.url));
  await gateway.gateway.reload();
  const second = await alert(gateway);
  await until(() => seqsIn(b.got).includes(second), 'the second');
  assert.ok(!seqsIn(a.got).includes(second));
  assert.ok(!seqsIn(b.got).includes(first), 'it goes on where the feed was');
  writeFileSync(file, before.replace('use: http', 'use: webhook'));
  await assert.rejects(gateway.gateway.reload(), /feeds\.one/);
  const third = await alert(gateway);
  await until(() => seqsIn(b.got).includes(third), 'the third');
});
