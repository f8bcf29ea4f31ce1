import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { startGateway } from '../harness/gateway.ts';
import { makeAuthority } from '../identity/authority.ts';
import { until } from './receiver.ts';

/** Letters to a real mail server. */

interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  readonly secure: boolean;
  readonly user: string;
  readonly text: string;
}

async function mailServer(
  t: TestContext,
  options: { readonly secure?: boolean; readonly starttls?: boolean } = {},
) {
  const authority = await makeAuthority('mail of the test');
  const { cert, key } = await authority.issue([['dns', 'localhost']]);
  const letters: Letter[] = [];
  const commands: string[] = [];
  const server = new SMTPServer({
    cert,
    key,
    secure: options.secure === true,
    disabledCommands: options.starttls === false ? ['STARTTLS', 'AUTH'] : [],
    authOptional: true,
    onAuth: ({ username, password }, _session, done) =>
      password === 'canary-password' ? done(null, { user: username }) : done(new Error('no')),
    onConnect: (_, done) => {
      commands.push('connect');
      done();
    },
    onRcptTo: ({ address }, _, done) => done(address.startsWith('nobody') ? new Error('no such box') : null),
    onData(stream, session, done) {
      let text = '';
      stream.on('data', (chunk) => {
        text += chunk;
      });
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        letters.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          user: String(session.user),
          text,
        });
        done(null);
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, 'localhost', () => resolve()));
  t.after(() => new Promise<void>((resolve) => server.close(resolve)));
  const { port } = server.server.address() as AddressInfo;
  return { port, letters, commands, ca: authority.cert };
}

async function gatewayTo(t: TestContext, feed: string, files: Record<string, string> = {}) {
  const gateway = await startGateway({
    upstream: 'http://127.0.0.1:9',
    settings: `feeds: { mail: { use: email, from: gatehouse@example.com, to: [ops@example.com, sec@example.com], retry: { first: 50ms, longest: 100ms }, ${feed} } }`,
    files,
  });
  t.after(() => gateway.close());
  const alert = () =>
    gateway.gateway.gate.ledger.append({
      kind: 'caller.suspect',
      check: 'repeats',
      caller: { id: 'clr_a', name: 'a\r\nBcc: evil@example.com' },
    });
  const trial = async () => {
    const answer = await fetch(`${gateway.url}/admin/v1/feeds/mail/test`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.adminKey}` },
    });
    return (await answer.json()) as { delivered: boolean; answer: string };
  };
  return { gateway, alert, trial };
}

for (const secure of ['starttls', 'tls'] as const)
  test(`letters over ${secure}: signed in, to everybody, with no header but ours`, async (t) => {
    const { port, letters, ca } = await mailServer(t, { secure: secure === 'tls' });
    const { alert } = await gatewayTo(
      t,
      `server: "localhost:${port}", secure: ${secure}, user: gate, secret: canary-password, tls: { ca: ca.pem }`,
      { 'ca.pem': ca },
    );
    const { seq } = await alert();
    await until(() => letters.length > 0, 'the letter');
    const [letter] = letters;
    assert.deepEqual(
      [letter?.from, letter?.to, letter?.secure, letter?.user],
      ['gatehouse@example.com', ['ops@example.com', 'sec@example.com'], true, 'gate'],
    );
    const [head = '', ...rest] = (letter?.text ?? '').split('\r\n\r\n');
    assert.match(head, /^Subject: \[gatehouse medium\] A caller behaves as it should not/m);
    assert.match(head, new RegExp(`^Message-ID: <gatehouse-${seq}-[0-9a-f]{12}\\.1\\.mail@`, 'm'));
    assert.match(head, /^Auto-Submitted: auto-generated/m);
    assert.doesNotMatch(letter?.text ?? '', /^Bcc:|evil/im);
    assert.ok(rest.join('').includes('text/html'));
  });

test('without a certificate that can be checked, or without STARTTLS, nothing is sent', async (t) => {
  const files = { 'wrong.pem': (await makeAuthority('somebody else')).cert };
  const good = await mailServer(t);
  const unknown = await gatewayTo(
    t,
    `server: "localhost:${good.port}", user: gate, secret: canary-password, tls: { ca: wrong.pem }`,
    files,
  );
  assert.equal((await unknown.trial()).delivered, false);
  const plain = await mailServer(t, { starttls: false });
  const stripped = await gatewayTo(
    t,
    `server: "localhost:${plain.port}", user: gate, secret: canary-password`,
  );
  assert.equal((await stripped.trial()).delivered, false);
  assert.deepEqual([good.letters, plain.letters], [[], []]);
});

test('a password that is wrong, and a box that is not there, lose no letter and are told in a word', async (t) => {
  const { port, letters, ca } = await mailServer(t);
  const { gateway, alert, trial } = await gatewayTo(
    t,
    `server: "localhost:${port}", user: gate, secret: canary-wrong, tls: { ca: ca.pem }`,
    { 'ca.pem': ca },
  );
  const { seq } = await alert();
  const answer = await trial();
  assert.deepEqual([answer.delivered, answer.answer], [false, 'SMTP 535']);
  assert.equal(letters.length, 0);
  const file = join(gateway.folder, 'gatehouse.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('canary-wrong', 'canary-password'));
  await gateway.gateway.reload();
  await until(() => letters.some(({ text }) => text.includes(`gatehouse-${seq}`)), 'the letter');
  assert.ok(!gateway.log.join('').includes('canary'));
});
