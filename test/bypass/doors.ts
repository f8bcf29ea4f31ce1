import type { Case } from './case.ts';
import type { Lab } from './lab.ts';
import { ask, CHAT, type Refused, refused } from './refused.ts';

/** Ways to the data path that are not the door: paths, hosts, web pages, forwarded headers. */
const PATHS = 'Portkey #1718: /v1/proxy/* went round the check of the host; CWE-436: paths read in two ways';
const REBINDING = 'Portkey CVE-2025-66405; DNS rebinding against loopback services (CVE-2025-66414, MCP SDK)';
const PAGES = 'Fetch standard: a web page may send simple requests to any address';
const HOST = 'LiteLLM CVE-2026-49468, GHSA-4xpc-pv4p-pm3w: the Host header went round the credential';

const path = (way: string): Refused => ({
  id: `path ${way}`,
  origin: PATHS,
  attack: () => ({ path: way }),
});
const PLACES = [
  `${CHAT}/`,
  `/${CHAT}`,
  '/v1//chat/completions',
  '/V1/Chat/Completions',
  '/v1/chat%2fcompletions',
  '/v1/%63hat/completions',
  '/v1/./chat/completions',
  '/v1/x/../chat/completions',
  `${CHAT};x=1`,
  `${CHAT}%00`,
  `${CHAT}.json`,
  '/healthz/..%2fv1/chat/completions',
  '/v1/proxy/chat/completions',
  '/openai/v1/chat/completions',
  '/chat/completions',
  '/v1/responses/resp_1',
  '/v1/responses/resp_1/cancel',
  '/v1/conversations',
  '/v1/realtime',
  '/v1/files',
  '/v1/messages/batches',
  '/v1/models/m/../../chat/completions',
];

const queries: readonly Refused[] = [
  ...['api-version=2024-10-21', 'guardrails=off', 'path=/healthz', 'beta=true', '__proto__=1'].map(
    (query): Refused => ({
      id: `query ${query}`,
      origin: PATHS,
      attack: () => ({ path: `${CHAT}?${query}` }),
    }),
  ),
  {
    id: 'key in the query',
    origin: 'CWE-598: keys in addresses end up in logs',
    attack: (lab) => ({ path: `${CHAT}?key=${lab.gateway.key}`, headers: { authorization: undefined } }),
  },
  {
    id: 'key in a query of any name',
    origin: 'CWE-598: keys in addresses end up in logs',
    attack: (lab) => ({ path: `${CHAT}?x=${lab.gateway.key}` }),
  },
];

const raw = (lab: Lab, target: string, host = 'localhost', method = 'POST') => {
  const body = JSON.stringify(ask());
  return {
    raw: `${method} ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\nauthorization: Bearer ${lab.gateway.key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  };
};
const targets: readonly Refused[] = [
  ['absolute form', `http://localhost${CHAT}`],
  ['absolute form, another host', `http://example.org${CHAT}`],
  ['authority form', 'example.org:443'],
  ['asterisk form', '*'],
  ['fragment', `${CHAT}#a`],
  ['backslashes', '\\v1\\chat\\completions'],
].map(([id = '', target = '']) => ({
  id: `target in ${id}`,
  origin: 'RFC 9112, section 3.2: four forms of a request target',
  attack: (lab: Lab) => raw(lab, target),
  benign: (lab: Lab) => raw(lab, CHAT),
}));

const methods: readonly Refused[] = [
  'GET',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'QUERY',
].map((method) => ({
  id: `method ${method}`,
  origin: 'CWE-650: trust in the method of a request',
  attack: (lab: Lab) => raw(lab, CHAT, 'localhost', method),
  benign: (lab: Lab) => raw(lab, CHAT),
}));

const hosts: readonly Refused[] = [
  'example.org',
  'localhost.example.org',
  'localhost@example.org',
  '127.0.0.1.nip.io',
  'localhost:80:80',
  '0.0.0.0',
  '2130706433',
  '127.1',
  '[::ffff:127.0.0.1]',
  'localhost/v1',
  '',
].map((host) => ({
  id: `host “${host}”`,
  origin: host.includes('/') ? HOST : REBINDING,
  attack: (lab: Lab) => raw(lab, CHAT, host),
  benign: (lab: Lab) => raw(lab, CHAT, 'LOCALHOST:8080'),
}));

const page = (id: string, headers: Record<string, string>, benign: Record<string, string> = {}): Refused => ({
  id,
  origin: PAGES,
  attack: () => ({ headers }),
  benign: () => ({ headers: benign }),
});
const pages: readonly Refused[] = [
  page('foreign origin', { origin: 'https://example.org' }),
  page('origin null', { origin: 'null' }),
  page('origin of another port', { origin: 'http://localhost:3000' }),
  page('foreign page without an origin', { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'none' }),
  page('page of the same site', { 'sec-fetch-site': 'same-site' }, { 'sec-fetch-site': 'same-origin' }),
  {
    id: 'preflight',
    origin: PAGES,
    attack: () => ({
      method: 'OPTIONS',
      body: undefined,
      headers: { origin: 'https://example.org', 'access-control-request-method': 'POST' },
    }),
  },
];

const repeated: readonly Refused[] = [
  {
    id: 'content type twice',
    origin: 'RFC 9110, section 5.3: which of two headers counts',
    attack: () => ({ headers: { 'content-type': ['application/json', 'text/plain'] } }),
  },
  {
    id: 'origin twice',
    origin: 'RFC 9110, section 5.3: which of two headers counts',
    attack: () => ({ headers: { origin: ['http://localhost', 'https://example.org'] } }),
  },
];

export const doorCases: readonly Case[] = refused('ways round the door', [
  ...PLACES.map(path),
  ...queries,
  ...targets,
  ...methods,
  ...hosts,
  ...pages,
  ...repeated,
]);
