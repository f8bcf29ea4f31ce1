import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { tempFolder } from '../harness/cli.ts';
import { startGateway } from '../harness/gateway.ts';
import { makeAuthority } from '../identity/authority.ts';
import { until } from './receiver.ts';

/** Syslog over TLS to Debian's rsyslog, which parses what it gets and says what it understood. */

const RSYSLOGD = '/usr/sbin/rsyslogd';
const MODULES = [
  '/usr/lib/x86_64-linux-gnu/rsyslog',
  '/usr/lib/aarch64-linux-gnu/rsyslog',
  '/usr/lib/rsyslog',
];
const DRIVERS = ['ossl', 'gtls'].filter((driver) =>
  MODULES.some((folder) => existsSync(join(folder, `lmnsd_${driver}.so`))),
);
const skip =
  existsSync(RSYSLOGD) && DRIVERS.length > 0
    ? false
    : 'rsyslog with TLS is not installed (Debian: rsyslog and rsyslog-openssl or rsyslog-gnutls)';

/** What rsyslog understood of a message, a line of JSON each. */
interface Understood {
  readonly host: string;
  readonly app: string;
  readonly id: string;
  readonly severity: string;
  readonly facility: string;
  readonly data: string;
  readonly text: string;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function rsyslog(t: TestContext, driver: string) {
  const folder = tempFolder(t);
  const authority = await makeAuthority('logs of the test');
  const server = await authority.issue([['dns', 'localhost']]);
  const client = await authority.issue([['dns', 'gateway.example.com']]);
  const at = (name: string, text = ''): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const out = join(folder, 'out.jsonl');
  const port = await freePort();
  const property = (name: string, as: string) => `property(outname="${as}" name="${name}" format="jsonf")`;
  const fields = [
    property('hostname', 'host'),
    property('app-name', 'app'),
    property('msgid', 'id'),
    property('syslogseverity-text', 'severity'),
    property('syslogfacility-text', 'facility'),
    property('structured-data', 'data'),
    property('msg', 'text'),
  ];
  const config = at(
    'rsyslog.conf',
    `global(workDirectory="${folder}" defaultNetstreamDriver="${driver}" maxMessageSize="64k"
  defaultNetstreamDriverCAFile="${at('ca.pem', authority.cert)}"
  defaultNetstreamDriverCertFile="${at('cert.pem', server.cert)}"
  defaultNetstreamDriverKeyFile="${at('key.pem', server.key)}")
module(load="imtcp" streamDriver.name="${driver}" streamDriver.mode="1" streamDriver.authMode="x509/name" permittedPeer="gateway.example.com")
input(type="imtcp" port="${port}" address="127.0.0.1")
template(name="all" type="list") { constant(value="{") ${fields.join(' constant(value=",") ')} constant(value="}\\n") }
action(type="omfile" file="${out}" template="all")
`,
  );
  const child = spawn(RSYSLOGD, ['-n', '-f', config, '-i', join(folder, 'pid')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk;
    });
  await setTimeout(300);
  const lines = (): Understood[] =>
    existsSync(out)
      ? readFileSync(out, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Understood)
      : [];
  const files = { 'ca.pem': authority.cert, 'cert.pem': client.cert, 'key.pem': client.key };
  return { port, lines, files, said: () => said };
}

for (const driver of DRIVERS.length > 0 ? DRIVERS : ['ossl'])
  test(`rsyslog (${driver}) understands every message, over TLS with certificates on both sides`, {
    skip,
  }, async (t) => {
    const { port, lines, files, said } = await rsyslog(t, driver);
    const tls = 'tls: { ca: ca.pem, cert: cert.pem, key: key.pem }, retry: { first: 100ms, longest: 200ms }';
    const gateway = await startGateway({
      upstream: 'http://127.0.0.1:9',
      settings: `feeds:
  lines: { use: syslog, server: "localhost:${port}", ${tls} }
  events: { use: syslog, server: "localhost:${port}", format: cef, ${tls} }
  stranger: { use: syslog, server: "localhost:${port}", tls: { ca: ca.pem } }`,
      files,
    });
    t.after(() => gateway.close());
    const sent: number[] = [];
    for (let i = 0; i < 50; i++) {
      const { seq } = await gateway.gateway.gate.ledger.append({
        kind: 'budget.alert',
        budget: `b${i}`,
        percent: 100,
        owner: 'evil"] [x@1 y="\n<13>1 - forged',
      });
      sent.push(seq);
    }
    const seqs = (wanted: (line: Understood) => boolean) =>
      lines().flatMap((line) => (wanted(line) ? [Number(/ seq="(\d+)"/.exec(line.data)?.[1])] : []));
    await until(
      () => sent.every((seq) => seqs(({ text }) => !text.includes('CEF:0')).includes(seq)),
      `lines; ${said()}`,
    );
    await until(
      () => sent.every((seq) => seqs(({ text }) => text.includes('CEF:0')).includes(seq)),
      'events',
    );
    for (const line of lines()) {
      assert.deepEqual([line.app, line.id, line.severity], ['gatehouse', 'budget.alert', 'err']);
      assert.match(line.data, /^\[gatehouse@32473 seq="\d+" leaf="[A-Za-z0-9+/]{43}=" level="high" /);
      assert.doesNotMatch(line.data + line.text, /forged|evil/);
    }
    // Without the client's certificate the server takes nothing, and the feed knows.
    const answer = await fetch(`${gateway.url}/admin/v1/feeds/stranger/test`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.adminKey}` },
    });
    assert.equal(((await answer.json()) as { delivered: boolean }).delivered, false, said());
    assert.ok(lines().every(({ id }) => id !== 'feed.test'));
  });
