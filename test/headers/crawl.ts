import http, { type RequestOptions } from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { ENDPOINTS } from '../../src/gateway/admin/admin.ts';
import { AUTH_ENDPOINTS } from '../../src/gateway/people/authenticate.ts';
import type { TestGateway } from '../harness/gateway.ts';
import type { Answered } from './baseline.ts';

/** One question of the crawl. */
export interface Question {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly stranger?: boolean;
}

/** A gateway under a scanner: plain, or over TLS that `ca` vouches for. */
export interface Target {
  readonly gateway: TestGateway;
  readonly ca: string | undefined;
}

/** Under which the gateway answers over TLS. */
export const NAME = 'gate.example.com';

/** Longest that an answer is read; events have no end. */
const MOST = 256 * 1024;

/** Asks as it stands: no header is added but the host's. */
export function ask({ gateway, ca }: Target, asked: Question): Promise<Answered> {
  const { method = 'GET', path, headers = {}, body, stranger = false } = asked;
  const options: RequestOptions = {
    host: '127.0.0.1',
    port: portOf(gateway),
    path,
    method,
    headers,
    agent: false,
  };
  return new Promise((resolve, reject) => {
    const req =
      ca === undefined
        ? http.request(options)
        : https.request({ ...options, ca, servername: NAME, headers: { host: NAME, ...headers } });
    req.on('response', (res) => {
      let text = '';
      const done = () =>
        resolve({
          asked: `${method} ${path}`,
          tls: ca !== undefined,
          stranger,
          shared: path.startsWith('/console'),
          status: res.statusCode ?? 0,
          headers: res.headers,
          body: text,
        });
      res.setEncoding('utf8').on('data', (piece: string) => {
        text = (text + piece).slice(0, MOST);
      });
      res.on('end', done).on('error', done);
      if (String(res.headers['content-type']).startsWith('text/event-stream')) {
        done();
        req.destroy();
      }
    });
    req.on('error', reject);
    req.end(body);
  });
}

/** What Node's parser refuses is written by hand. */
export function askRaw({ gateway }: Target, text: string): Promise<Answered> {
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = net.connect(portOf(gateway), '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
    });
    socket.on('error', reject);
    socket.on('close', () => {
      const [head = '', body = ''] = said.split('\r\n\r\n');
      const [first = '', ...rest] = head.split('\r\n');
      const headers = Object.fromEntries(rest.map((line) => line.split(': ') as [string, string]));
      const asked = JSON.stringify(text.slice(0, 40));
      resolve({
        asked,
        tls: false,
        stranger: true,
        shared: false,
        status: Number(first.split(' ')[1]),
        headers,
        body,
      });
    });
  });
}

const portOf = (gateway: TestGateway): number => Number(new URL(gateway.url).port);

const JSON_TYPE = { 'content-type': 'application/json' };

/** Every endpoint of the admin API and of signing in: by whoever may, and by nobody. */
export function administration(adminKey: string): Question[] {
  const key = { authorization: `Bearer ${adminKey}` };
  const paths = [...ENDPOINTS, ...AUTH_ENDPOINTS].map(({ method, path }) => ({
    method,
    path: path.replace(':id', 'none').replace(':name', 'corp'),
    ...(method === 'POST' && { body: '{}' }),
  }));
  return paths.flatMap((one) => [
    { ...one, headers: { ...key, ...JSON_TYPE } },
    { ...one, headers: JSON_TYPE, stranger: true },
  ]);
}

/** Each dialect, from a good answer to each kind of refusal; health; and paths that are none. */
export function dataPath(key: string): Question[] {
  const bearer = { authorization: `Bearer ${key}`, ...JSON_TYPE };
  const chat = (content: string, more: object = {}) =>
    JSON.stringify({ model: 'm', messages: [{ role: 'user', content }], ...more });
  const message = (content: string, more: object = {}) =>
    JSON.stringify({ model: 'claude-x', max_tokens: 9, messages: [{ role: 'user', content }], ...more });
  const gemini = JSON.stringify({ contents: [{ parts: [{ text: 'Hello' }] }] });
  const post = (
    path: string,
    body: string,
    headers: Record<string, string> = bearer,
    stranger = false,
  ): Question => ({
    method: 'POST',
    path,
    body,
    headers,
    stranger,
  });
  return [
    ...[
      '/healthz',
      '/readyz',
      '/',
      '/nothing',
      '/v1',
      '/robots.txt',
      '/.git/config',
      '/console/../admin/v1/policy',
    ].map((path) => ({ path, stranger: true })),
    { path: '/v1/models', headers: bearer },
    post('/v1/chat/completions', chat('Hello')),
    post('/v1/chat/completions', chat('Hello', { stream: true })),
    post('/v1/chat/completions', chat('forbidden fruit')),
    post('/v1/chat/completions', chat('Hello', { model: 'none' })),
    post('/v1/chat/completions', '{"model": 5'),
    post('/v1/chat/completions', chat('x'.repeat(70_000))),
    post('/v1/chat/completions', chat('Hello'), { ...bearer, 'content-type': 'text/plain' }),
    post('/v1/chat/completions', chat('Hello'), JSON_TYPE, true),
    post('/v1/chat/completions?api_key=ghk_0123456789_x', chat('Hello'), JSON_TYPE, true),
    post('/v1/chat/completions', chat('Hello'), { ...bearer, origin: 'https://evil.example' }),
    post('/v1/messages', message('Hello'), { 'x-api-key': key, ...JSON_TYPE }),
    post('/v1/messages', message('forbidden fruit'), { 'x-api-key': key, ...JSON_TYPE }),
    post('/v1/messages', message('Hello'), JSON_TYPE, true),
    post('/v1beta/models/m:generateContent', gemini, { 'x-goog-api-key': key, ...JSON_TYPE }),
    post('/v1beta/models/m:generateContent', gemini, JSON_TYPE, true),
    post('/v2/models/none/infer', '{}'),
    post('/register', '{}', JSON_TYPE, true),
    { method: 'DELETE', path: '/v1/chat/completions', headers: bearer },
    { method: 'PUT', path: '/admin/v1/callers', headers: bearer },
    {
      method: 'OPTIONS',
      path: '/v1/chat/completions',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
      stranger: true,
    },
  ];
}

/** The console: its page, what the page names, and what is not there. */
export async function consoleFiles(target: Target): Promise<Question[]> {
  const page = await ask(target, { path: '/console/' });
  const files = [...page.body.matchAll(/"(\/console\/a\/[^"]+)"/g)].map(([, path = '']) => path);
  return [
    ...['/console/', '/console/exchanges/req_1', '/console/a/none.js'].map((path) => ({
      path,
      stranger: true,
    })),
    { path: '/console', stranger: true },
    ...files.map((path) => ({ path, stranger: true })),
  ];
}
