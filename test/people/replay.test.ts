import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { test } from 'node:test';
import { TOTP, URI } from 'otpauth';
import { gatehouseJson, ledgerOf, type Served, serve, tempFolder } from '../harness/cli.ts';
import { Browser, PASSPHRASE } from './browser.ts';

const POLICY = `version: 1
roles:
  operator: { allow: [{ actions: [policy.read] }] }
`;
const SETTINGS = `workers: 2
abuse: { strangers: off }
upstreams: { open: { dialect: openai, practice: true, models: [m] } }
`;

interface Told {
  readonly status: number;
  readonly pending: string;
}

/** Over a connection of its own, so that it comes to whichever process is free. */
function apart(address: string, path: string, body: object): Promise<Told> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'user-agent': 'test' };
    const req = http.request(address + path, { method: 'POST', headers, agent: false }, (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      res.on('end', () =>
        resolve({ status: res.statusCode ?? 0, ...(JSON.parse(text) as { pending: string }) }),
      );
    });
    req.on('error', reject);
    req.end(JSON.stringify(body));
  });
}

const begin = (address: string) =>
  apart(address, '/auth/v1/sign-in', { login: 'ann', passphrase: PASSPHRASE });

test('a code is good once (RFC 6238, section 5.2): at two processes at once, and after a restart', async (t) => {
  const folder = tempFolder(t);
  writeFileSync(`${folder}/policy.yaml`, POLICY);
  writeFileSync(`${folder}/gatehouse.yaml`, SETTINGS);
  const first = await serve(t, folder);
  const { token } = await gatehouseJson<{ readonly token: string }>(folder, [
    'people',
    'invite',
    '--name',
    'Ann',
    '--roles',
    'operator',
  ]);
  const browser = new Browser(first.address);
  const { enrolment, totp } = (await browser.post('/auth/v1/enrolment', { link: token })).body;
  const app = URI.parse(totp.uri);
  assert.ok(app instanceof TOTP);
  // One step early, which is taken; so that the one of now is still to come.
  const early = app.generate({ timestamp: Date.now() - 30_000 });
  const done = await browser.post('/auth/v1/enrolment/finish', {
    enrolment,
    passphrase: PASSPHRASE,
    code: early,
  });
  assert.equal(done.status, 200, done.text);

  const now = Date.now();
  const code = app.generate({ timestamp: now });
  const pending = await Promise.all(Array.from({ length: 3 }, () => begin(first.address)));
  const tried = await Promise.all(
    pending.map((one) => apart(first.address, '/auth/v1/sign-in/code', { pending: one.pending, code })),
  );
  assert.deepEqual(tried.map(({ status }) => status).sort(), [200, 401, 401]);
  assert.equal((await first.stop()).code, 0);

  const second: Served = await serve(t, folder);
  const again = await begin(second.address);
  assert.equal(again.status, 200);
  // The step of a code that was used, and the one before it, are behind what the store remembers.
  for (const timestamp of [now, now - 30_000]) {
    const used = app.generate({ timestamp });
    const answer = await apart(second.address, '/auth/v1/sign-in/code', {
      pending: again.pending,
      code: used,
    });
    assert.equal(answer.status, 401);
  }
  // A first step of the process before is none of this one.
  const old = await apart(second.address, '/auth/v1/sign-in/code', {
    pending: pending[0]?.pending,
    code: done.body.recovery_codes[0],
  });
  assert.equal(old.status, 401);
  assert.equal((await second.stop()).code, 0);
  assert.equal(ledgerOf(folder).filter(({ kind }) => kind === 'person.signed_in').length, 2);
});
