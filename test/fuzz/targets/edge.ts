import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { ENDPOINTS } from '../../../src/gateway/admin/admin.ts';
import { startGateway, type TestGateway } from '../../harness/gateway.ts';
import { type ScriptedUpstream, startUpstream } from '../../harness/upstream.ts';
import type { Opened, Target } from '../target.ts';

/** A check that lasts longer, in milliseconds, hangs: all limits on time below are shorter. */
const PATIENCE = 15_000;

/** In a seed: the key of a caller that may chat. */
const KEY = '@KEY@';

interface Edge {
  readonly gateway: TestGateway;
  readonly upstream: ScriptedUpstream;
}

/** A real gateway, asked whether it is well every so many checks and at the end. */
const atEdge = (
  target: Omit<Target, 'open'>,
  every: number,
  check: (edge: Edge, input: Buffer) => Promise<void>,
): Target => ({
  ...target,
  async open(): Promise<Opened> {
    const upstream = await startUpstream();
    const gateway = await startGateway({
      upstream: upstream.url,
      settings: `limits: { header_time: 2s, body_time: 2s, client_idle: 2s, body: 64KB, drain: 1s }
vault: { masters: { only: { key: "${'ab'.repeat(32)}" } } }`,
    });
    let checks = 0;
    const well = async () => {
      const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] };
      assert.equal((await gateway.post('/v1/chat/completions', body)).status, 200, 'it is well');
    };
    return {
      async check(input) {
        await check({ gateway, upstream }, input);
        if (++checks % every === 0) await well();
      },
      async close() {
        await well();
        await gateway.close();
        await upstream.close();
      },
    };
  },
});

/** So long nothing more comes of a connection, in milliseconds, until it is given up from this side. */
const QUIET = 40;

/** Sends these bytes and gives what comes back until the connection is over. */
function converse({ gateway }: Edge, bytes: Buffer, quiet: number): Promise<string> {
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    const late = setTimeout(() => {
      socket.destroy();
      reject(new Error('neither an answer nor a close'));
    }, PATIENCE);
    // The end of a request that is not whole: the gateway closes then, at once.
    const silence = setTimeout(() => socket.end(), quiet);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      silence.refresh();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(late);
      clearTimeout(silence);
      resolve(Buffer.concat(chunks).toString('latin1'));
    });
    socket.write(bytes);
  });
}

const statusesIn = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

const BODY = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] });
const HEAD = `host: localhost\r\nauthorization: Bearer ${KEY}\r\ncontent-type: application/json\r\n`;
const chunked = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
const WRONG = 'ghk_0000000000_0000000000000000000000000000000000000000000';

const requests = atEdge(
  {
    name: 'edge.http',
    words: [
      '\r\n',
      '\r\n\r\n',
      'Content-Length: 0\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Expect: 100-continue\r\n',
      'Connection: keep-alive\r\n',
      'Upgrade: websocket\r\n',
      'GET / HTTP/1.1\r\n',
      'HTTP/1.0',
      'host: evil.example\r\n',
      'x-api-key: ',
      KEY,
      '0\r\n\r\n',
      'ffffffffffffffff\r\n',
      ';ext=1',
      'traceparent: 00-',
    ],
    seeds: () => [
      `POST /v1/chat/completions HTTP/1.1\r\n${HEAD}content-length: ${BODY.length}\r\n\r\n${BODY}`,
      `POST /v1/chat/completions HTTP/1.1\r\n${HEAD}transfer-encoding: chunked\r\n\r\n${chunked(BODY)}`,
      `POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${WRONG}\r\nanthropic-version: 2023-06-01\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}`,
      'GET /v1/models HTTP/1.1\r\nhost: localhost\r\n\r\nGET /v1beta/models HTTP/1.1\r\nhost: localhost\r\n\r\n',
      `GET /v1/models HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${KEY}\r\ntraceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\n`,
      `GET /admin/v1/callers HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${WRONG}\r\n\r\n`,
    ],
    quick: 50,
    longest: 8192,
  },
  1000,
  async (edge, input) => {
    const given = input.toString('latin1');
    const bytes = Buffer.from(given.replaceAll(KEY, edge.gateway.key), 'latin1');
    for (const status of statusesIn(await converse(edge, bytes, QUIET))) {
      assert.notEqual(status, 500);
      // Health needs no key.
      if (status >= 200 && status < 300)
        assert.ok(given.includes(KEY) || /\/(health|ready)z/.test(given), `${status} for nobody`);
    }
  },
);

/** A content type and a body: whatever the parts are, a form is not taken. */
const multipart = atEdge(
  {
    name: 'edge.multipart',
    words: [
      '--x',
      '--x--',
      '\r\n',
      'content-disposition: form-data; name="model"',
      "; filename*=utf-8''a",
      'boundary=',
      'application/json',
      'charset=utf-7',
      '; charset="utf-8"',
      'multipart/',
      BODY,
    ],
    seeds: () => [
      `multipart/form-data; boundary=x\n--x\r\ncontent-disposition: form-data; name="model"\r\n\r\nm\r\n--x--\r\n`,
      `multipart/mixed; boundary="x"\n--x\r\ncontent-type: application/json\r\n\r\n${BODY}\r\n--x--\r\n`,
      `application/x-www-form-urlencoded\nmodel=m&messages=[]`,
      `multipart/form-data; boundary=x, application/json\n${BODY}`,
    ],
    quick: 60,
    longest: 4096,
  },
  1000,
  async (edge, input) => {
    const end = input.indexOf('\n');
    const type = input.toString('latin1', 0, Math.max(0, end)).replace(/[^\t\x20-\x7e\x80-\xff]/g, '');
    const body = input.subarray(end + 1);
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${edge.gateway.key}\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`;
    const sent = edge.upstream.seen.length;
    const [status] = statusesIn(
      await converse(edge, Buffer.concat([Buffer.from(head, 'latin1'), body]), PATIENCE),
    );
    if (/^application\/json\s*(;.*)?$/i.test(type.trim())) return;
    assert.equal(status, 415, type);
    assert.equal(edge.upstream.seen.length, sent, 'nothing went to the model server');
  },
);

const BODIES: readonly object[] = [
  {},
  { name: 'web', owner: 'ann', team: 'web', roles: ['app'], tags: { env: 'prod' }, expires: '90d' },
  { issuer: 'https://idp.example.com', subject: 'user-1', name: 'ann', roles: ['app'] },
  { roles: ['app'], team: 'web', uses: 2, expires: '7d', key_life: '30d' },
  { subject: 'person-17' },
  { team: 'web', month: '2026-10' },
  { every: true, after: 'mk_1' },
  { overlap: '1h', expires: '2030-01-31T12:00:00Z' },
  { manifest: 'ab'.repeat(32), entries: 3, root: 'x', keys: 'none' },
];

/** An endpoint, and a body: whoever owns the data folder sends it. */
const admin = atEdge(
  {
    name: 'edge.admin',
    words: [
      'name',
      'owner',
      'team',
      'roles',
      'tags',
      'expires',
      'overlap',
      'key',
      'issuer',
      'subject',
      'uses',
      'month',
      'every',
      '90d',
      '9999999d',
      '2030-01-01',
      '-1d',
      '%00',
      '%2e%2e',
      '/admin/v1/',
      '?by=',
      '&since=',
      'admin',
      '__proto__',
    ],
    seeds: () =>
      ENDPOINTS.flatMap(({ method, path }, index) => {
        const target = path.replace(':id', index % 2 === 0 ? 'clr_0000000000' : 'req_01m3x');
        if (method === 'GET')
          return [`GET ${target}\n`, `GET ${target}?by=team,month&since=2026-01-01T00:00:00Z\n`];
        return BODIES.map((body) => `POST ${target}\n${JSON.stringify(body)}`);
      }),
    quick: 120,
    longest: 4096,
  },
  500,
  async ({ gateway }, input) => {
    const end = Math.max(0, input.indexOf('\n'));
    const [method = '', path = ''] = input.toString('latin1', 0, end).split(' ');
    if (!/^(GET|POST)$/.test(method) || !/^\/[\x21-\x7e]*$/.test(path)) return;
    const { status, text } = await ask(
      join(gateway.folder, 'gatehouse-data', 'control.sock'),
      method,
      path,
      input.subarray(end + 1),
    );
    assert.ok(
      status !== 500 && !text.includes('"code":"internal"'),
      `${status} ${text} ${gateway.log.at(-1)}`,
    );
  },
);

function ask(
  socketPath: string,
  method: string,
  path: string,
  body: Buffer,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'localhost', 'content-type': 'application/json' };
    const req = http.request({ socketPath, method, path, headers, timeout: PATIENCE }, (res) => {
      let text = '';
      res.setEncoding('latin1').on('data', (more: string) => {
        text += more;
      });
      res.on('end', () => resolve({ status: res.statusCode ?? 0, text }));
    });
    req.on('timeout', () => req.destroy(new Error('no answer')));
    req.on('error', reject);
    req.end(method === 'POST' ? body : undefined);
  });
}

export const edgeTargets: readonly Target[] = [requests, multipart, admin];
