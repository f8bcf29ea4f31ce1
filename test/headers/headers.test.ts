import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { TOTP, URI } from 'otpauth';
import { ENDPOINTS } from '../../src/gateway/admin/admin.ts';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { type ScriptedUpstream, startUpstream } from '../harness/upstream.ts';
import { makeAuthority } from '../identity/authority.ts';
import { type Answered, BASELINE } from './baseline.ts';
import { administration, ask, askRaw, consoleFiles, dataPath, NAME, type Target } from './crawl.ts';

const ROLES = `  admin: { allow: [{ actions: ["callers.*", "people.*", policy.read, "config.*", "audit.*", metrics.read, "incidents.*", "alarms.*", "registry.*", "reviews.*", "vault.*", "proposals.*"] }] }
guards:
  - { use: patterns, name: words, action: block, patterns: [{ id: forbidden, match: forbidden fruit }] }
`;
const SETTINGS = `limits: { body: 64KB }
abuse: { repeats: off, invalid_requests: off, strangers: off }
`;

/** Every route, by whoever may and by nobody, plain and over TLS, held against the passive rules of a ZAP baseline scan. */
suite('the baseline of headers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-headers-'));
  let upstream: ScriptedUpstream;
  const targets: Target[] = [];
  let people = 0;
  before(async () => {
    upstream = await startUpstream();
    const authority = await makeAuthority('Test CA');
    const { cert, key } = await authority.issue([
      ['dns', NAME],
      ['dns', 'localhost'],
    ]);
    writeFileSync(join(folder, 'cert.pem'), cert);
    writeFileSync(join(folder, 'key.pem'), key);
    const start = (listen?: string): Promise<TestGateway> =>
      startGateway({
        upstream: upstream.url,
        files: {
          'policy.yaml': `version: 1\nroles:\n  app: { allow: [{ actions: [chat, models.list], models: ["*"] }] }\n${ROLES}`,
        },
        settings: SETTINGS,
        ...(listen !== undefined && { listen }),
      });
    targets.push({ gateway: await start(), ca: undefined });
    const tls = `tls: { cert: "${join(folder, 'cert.pem')}", key: "${join(folder, 'key.pem')}" }`;
    targets.push({
      gateway: await start(`address: 0.0.0.0, hosts: [${NAME}], ${tls}`),
      ca: authority.cert,
    });
  });
  after(async () => {
    for (const { gateway } of targets) await gateway.close();
    await upstream.close();
    rmSync(folder, { recursive: true });
  });

  /** Signs somebody in as a browser does. Returns all that was answered, and what a browser then sends. */
  async function signedIn(target: Target) {
    const answers: Answered[] = [];
    const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
      const given = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', ...headers };
      const answer = await ask(target, { method: 'POST', path, headers: given, body: JSON.stringify(body) });
      answers.push(answer);
      assert.ok(answer.status < 300, `${answer.asked}: ${answer.body}`);
      return {
        answer,
        said: JSON.parse(answer.body) as {
          token: string;
          enrolment: string;
          csrf: string;
          totp: { uri: string };
        },
      };
    };
    const key = { authorization: `Bearer ${target.gateway.adminKey}` };
    const invited = await post(
      '/admin/v1/people',
      { name: 'Ann', login: `ann${people++}`, roles: ['admin'] },
      key,
    );
    const { enrolment, totp } = (await post('/auth/v1/enrolment', { link: invited.said.token })).said;
    const app = URI.parse(totp.uri);
    assert.ok(app instanceof TOTP);
    const done = await post('/auth/v1/enrolment/finish', {
      enrolment,
      passphrase: 'four words to keep',
      code: app.generate(),
    });
    const [cookie = ''] = done.answer.headers['set-cookie'] ?? [];
    return { answers, cookie: cookie.split(';')[0] ?? '', csrf: done.said.csrf, post };
  }

  test('every answer holds to every rule', async () => {
    const wrong: string[] = [];
    let seen = 0;
    for (const target of targets) {
      const { gateway } = target;
      // A fault of our own, for one request.
      const { callers } = gateway.gateway.gate.store;
      const list = callers.list.bind(callers);
      Object.assign(callers, {
        list: () => {
          Object.assign(callers, { list });
          throw new Error('SQLITE_BUSY at /tmp/gatehouse.sqlite');
        },
      });
      const fault = await ask(target, {
        path: '/admin/v1/callers',
        headers: { authorization: `Bearer ${gateway.adminKey}` },
      });
      assert.equal(fault.status, 500);
      const person = await signedIn(target);
      const out = await person.post(
        '/auth/v1/sign-out',
        {},
        { cookie: person.cookie, 'x-gatehouse-csrf': person.csrf },
      );
      assert.equal(out.answer.status, 200);
      const questions = [
        ...(await consoleFiles(target)),
        ...dataPath(gateway.key),
        ...administration(gateway.adminKey),
      ];
      const answers = [fault, ...person.answers];
      for (const question of questions) answers.push(await ask(target, question));
      if (target.ca === undefined)
        for (const text of [
          'GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n',
          'NONSENSE\r\n\r\n',
          `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'a'.repeat(70_000)}\r\n\r\n`,
        ])
          answers.push(await askRaw(target, text));
      seen += answers.length;
      for (const answer of answers)
        for (const { zap, name, check } of BASELINE) {
          const found = check(answer);
          if (found !== undefined)
            wrong.push(
              `${zap} ${name}: ${answer.asked} (${answer.status}${answer.tls ? ', TLS' : ''}): ${found}`,
            );
        }
      const statuses = new Set(answers.map(({ status }) => status));
      for (const status of [200, 201, 308, 400, 401, 403, 404, 405, 413, 415, 500])
        assert.ok(statuses.has(status), `no answer was ${status}: ${[...statuses]}`);
      if (target.ca === undefined) assert.ok(statuses.has(431));
    }
    assert.ok(seen > 2 * ENDPOINTS.length);
    assert.deepEqual(wrong, []);
  });

  test('a post-mortem is a page too: whatever is in it, its own style is all that a browser takes', async () => {
    const [target] = targets;
    assert.ok(target);
    const key = { authorization: `Bearer ${target.gateway.adminKey}`, 'content-type': 'application/json' };
    const opened = await ask(target, {
      method: 'POST',
      path: '/admin/v1/incidents',
      headers: key,
      body: JSON.stringify({
        title: '<script>alert(1)</script><img src=x onerror=alert(1)>',
        severity: 'low',
      }),
    });
    const { id } = JSON.parse(opened.body) as { readonly id: string };
    const page = await ask(target, { path: `/admin/v1/incidents/${id}/postmortem?form=html`, headers: key });
    assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
    assert.deepEqual(
      BASELINE.flatMap(({ check }) => check(page) ?? []),
      [],
    );
    const style = /<style>([^<]*)<\/style>/.exec(page.body)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    assert.ok(String(page.headers['content-security-policy']).includes(`style-src 'sha256-${hash}'`));
    assert.doesNotMatch(page.body, /<script|<img/);
  });

  test('10035: this machine’s own name keeps its other ports', async () => {
    const target = targets[1];
    assert.ok(target);
    const headers = { host: `localhost:${new URL(target.gateway.url).port}` };
    assert.equal(
      (await ask(target, { path: '/healthz', headers })).headers['strict-transport-security'],
      undefined,
    );
  });

  test('10202 Absence of Anti-CSRF Tokens: no endpoint takes a change with a cookie alone', async () => {
    const [target] = targets;
    assert.ok(target);
    const { cookie } = await signedIn(target);
    for (const { method, path, changes } of ENDPOINTS) {
      if (method === 'GET' && !changes) continue;
      const answer = await ask(target, {
        method,
        path: path.replace(':id', 'none'),
        headers: { cookie, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
        ...(method === 'POST' && { body: '{}' }),
      });
      assert.equal((JSON.parse(answer.body) as { code: string }).code, 'csrf_refused', `${method} ${path}`);
    }
  });

  test('10028 Open Redirect: whoever is led on stays here', async () => {
    const [target] = targets;
    assert.ok(target);
    for (const path of [
      '/console?next=https://evil.example',
      '//evil.example/console',
      '/console//evil.example/..',
      '/console/%2f%2fevil.example',
      '/auth/v1/oidc/begin?provider=corp&to=https://evil.example',
      '/auth/v1/oidc/begin?provider=corp&to=//evil.example',
      '/auth/v1/oidc/callback/corp?state=x&to=//evil.example',
    ]) {
      const { headers, body } = await ask(target, { path });
      assert.match(String(headers.location ?? '/console/'), /^\/console\/$/, path);
      assert.doesNotMatch(body, /evil/, path);
    }
  });
});
