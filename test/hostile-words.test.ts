import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { makeLog } from '../src/gateway/log.ts';
import { gatehouse } from './harness/cli-here.ts';
import { startGateway, type TestGateway } from './harness/gateway.ts';
import { type ScriptedUpstream, startUpstream } from './harness/upstream.ts';

/** Log injection (CWE-117), header injection (CWE-113) and formulas (CWE-1236), wherever a stranger or a caller may write words. */

/** Each would end a line, steer a terminal, turn what follows around, or be run by a spreadsheet. */
const WORDS = [
  'a\r\n{"level":"error","message":"forged"}',
  'a\r\nset-cookie: planted=1\r\n\r\n<script>alert(1)</script>',
  '\u001b[2J\u001b]0;owned\u0007',
  '\u202efdp.exe\u2066',
  'a\u2028b\u0085c\u0000d',
  '=HYPERLINK("https://evil.example";"open")',
  '@SUM(1+1)*cmd|" /C calc"!A0',
];

const STEERS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

suite('hostile words', () => {
  let gateway: TestGateway;
  let upstream: ScriptedUpstream;
  before(async () => {
    upstream = await startUpstream();
    gateway = await startGateway({ upstream: upstream.url, listen: 'trusted_proxies: [127.0.0.1]' });
  });
  after(async () => {
    await gateway.close();
    await upstream.close();
  });

  const admin = (path: string, body: object) =>
    gateway.post(`/admin/v1/${path}`, body, { authorization: `Bearer ${gateway.adminKey}` });

  test('log injection: an entry is a line, a line of the log is one, and no terminal is steered', async () => {
    for (const words of WORDS) {
      const header = encodeURIComponent(words);
      await gateway.post('/v1/chat/completions', {
        model: words,
        messages: [{ role: 'user', content: words }],
        tools: [{ type: 'function', function: { name: words, description: words } }],
        user: words,
      });
      await gateway.post('/v1/chat/completions', {
        model: 'm',
        messages: [{ role: 'user', content: words, name: words }],
      });
      await gateway.post(
        `/v1/${header}?${header}=${header}`,
        {},
        { 'user-agent': header, 'x-forwarded-for': header },
      );
      await gateway.post('/auth/v1/sign-in', { login: words, passphrase: words }, { authorization: '' });
      await gateway.post('/auth/v1/enrolment', { link: words }, { authorization: '' });
      for (const [path, body] of [
        ['callers', { name: words, owner: words, team: words, roles: [words], tags: { [words]: words } }],
        [`callers/${header}/disable`, {}],
        ['incidents', { title: words, severity: 'low', owner: words, callers: [words], models: [words] }],
        ['incidents', { title: `x ${words}`, severity: words }],
        [`incidents/${header}/comment`, { text: words }],
      ] as const)
        await admin(path, body);
    }
    const ledger = join(gateway.folder, 'gatehouse-data', 'ledger', '0000000000000000.jsonl');
    const lines = readFileSync(ledger, 'utf8').split('\n').slice(0, -1);
    assert.ok(lines.length > WORDS.length * 5);
    lines.forEach((line, at) => {
      assert.doesNotMatch(line, /[\u0000-\u001f]/, line);
      assert.equal((JSON.parse(line) as { seq: number }).seq, at);
      assert.doesNotMatch(line, /"message":"forged"/);
    });
    for (const line of gateway.log) {
      assert.doesNotMatch(line.trimEnd(), /[\n\r\u001b]/);
      JSON.parse(line);
    }
    const place = ['--data', 'gatehouse-data'];
    const shown = await gatehouse(gateway.folder, ['audit', 'show', ...place, '--limit', '1000']);
    assert.equal(shown.code, 0, shown.err);
    assert.equal(STEERS.exec(shown.out.replaceAll('\n', '')), null);
    assert.ok(shown.out.includes('HYPERLINK'));
    const listed = await gatehouse(gateway.folder, ['incident', 'list', '--all']);
    assert.equal(STEERS.exec(listed.out.replaceAll('\n', '')), null);
  });

  test('formulas: no cell of an export begins as one', async () => {
    const name = '=HYPERLINK("https://evil.example";"open")';
    const made = await admin('callers', { name, roles: ['app'] });
    const { key } = (await made.json()) as { readonly key: string };
    const asked = { model: 'm', messages: [{ role: 'user', content: 'hello' }] };
    assert.equal(
      (await gateway.post('/v1/chat/completions', asked, { authorization: `Bearer ${key}` })).status,
      200,
    );
    const { out, code, err } = await gatehouse(gateway.folder, [
      'audit',
      'export',
      '--data',
      'gatehouse-data',
      '--format',
      'csv',
    ]);
    assert.equal(code, 0, err);
    assert.ok(/'=HYPERLINK/.test(out) && !/(?:^|,)"?[=@]/m.test(out));
  });

  test('a line of the log that people read', () => {
    const lines: string[] = [];
    const log = makeLog({
      level: 'info',
      format: 'text',
      clock: { now: () => 0, tick: () => 0 },
      write: (line) => void lines.push(line),
    });
    for (const words of WORDS) log('info', 'a request', { model: words, caller: words, error: words });
    assert.equal(lines.length, WORDS.length);
    for (const line of lines) {
      assert.match(line, /^1970-01-01T00:00:00\.000Z info {2}a request model=[^\n]*\n$/);
      assert.doesNotMatch(line.slice(0, -1), STEERS);
    }
  });

  test('header injection: what is said back never opens a header', async () => {
    const port = Number(new URL(gateway.url).port);
    const planted = '%0d%0aset-cookie:%20planted=1%0d%0a';
    for (const head of [
      `GET /console${planted} HTTP/1.1\r\nhost: localhost:${port}`,
      `GET /console/${planted} HTTP/1.1\r\nhost: localhost:${port}`,
      `GET /auth/v1/oidc/begin?provider=${planted}&to=${planted} HTTP/1.1\r\nhost: localhost:${port}`,
      `GET /auth/v1/oidc/callback/${planted} HTTP/1.1\r\nhost: localhost:${port}`,
      `GET /v1/models HTTP/1.1\r\nhost: localhost:${port}\r\norigin: http://localhost:${port}\u0000`,
      `GET /v1/models HTTP/1.1\r\nhost: localhost:${port}\r\nx-request-id: a\rset-cookie: planted=1`,
      `GET /v1/models HTTP/1.1\r\nhost: localhost:${port}\r\nx-request-id: a\nset-cookie: planted=1`,
      `OPTIONS /v1/models HTTP/1.1\r\nhost: localhost:${port}\r\norigin: https://evil.example\r\naccess-control-request-method: GET\r\naccess-control-request-headers: x${planted}`,
      `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost:${port}\r\nprefer: respond-async${planted}\r\ncontent-length: 0`,
    ]) {
      const said = await raw(port, `${head}\r\nconnection: close\r\n\r\n`);
      const [headers = ''] = said.split('\r\n\r\n');
      assert.match(headers, /^HTTP\/1\.1 \d{3} /, head);
      assert.doesNotMatch(headers, /planted|evil/i, head);
    }
  });
});

function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
    });
    socket.on('error', reject).on('close', () => resolve(said));
  });
}
