import type { Case } from './case.ts';
import type { Lab } from './lab.ts';
import { everywhere, type Refused } from './refused.ts';
import type { Door } from './surfaces.ts';

/** Ways to the data path that are not the door: paths, hosts, web pages, forwarded headers. */
const PATHS = 'CWE-436: paths read in two ways';
const PROXY = 'Portkey #1718: /v1/proxy/* went round the check of the host';
const REBINDING = 'Portkey CVE-2025-66405; DNS rebinding against loopback services (CVE-2025-66414, MCP SDK)';
const PAGES = 'Fetch standard: a web page may send simple requests to any address';
const HOST = 'LiteLLM CVE-2026-49468, GHSA-4xpc-pv4p-pm3w: the Host header went round the credential';
const TARGETS = 'RFC 9112, section 3.2: four forms of a request target';
const METHODS = 'CWE-650: trust in the method of a request';
const TWICE = 'RFC 9110, section 5.3: which of two headers counts';
const IN_ADDRESS = 'CWE-598: keys in addresses end up in logs';

/** Other spellings of a path that somebody would take for it. */
function spellings(path: string): readonly string[] {
  const [first = '', ...rest] = path.slice(1).split('/');
  const below = rest.join('/');
  const encoded = `%${first.charCodeAt(0).toString(16)}${first.slice(1)}`;
  return [
    `${path}/`,
    `${path}//`,
    `/${path}`,
    `//localhost${path}`,
    `/${first}//${below}`,
    `/${first.toUpperCase()}/${below}`,
    `/${first}/${below.toUpperCase()}`,
    `/${encoded}/${below}`,
    `/%25${encoded.slice(1)}/${below}`,
    `/${first}%2f${below}`,
    `/${first}%2F${below}`,
    `/${first}%252f${below}`,
    `/${first}%5c${below}`,
    `/${first}\\${below}`,
    `/${first}%c0%af${below}`,
    `/${first}%ef%bc%8f${below}`,
    `/${first}/./${below}`,
    `/${first}/%2e/${below}`,
    `/${first}/x/../${below}`,
    `/${first}/x/%2e%2e/${below}`,
    `/${first}/..;/${first}/${below}`,
    `/healthz/../${first}/${below}`,
    `/healthz/..%2f${first}/${below}`,
    `/admin/v1/..%2f..${path}`,
    `/register/..${path}`,
    `/metrics;${path}`,
    `${path};x=1`,
    `${path}%00`,
    `${path}%0a`,
    `${path}%20`,
    `${path}%3f`,
    `${path}%23`,
    `${path}.json`,
    `${path}.`,
    `/openai${path}`,
    `/api${path}`,
    `/${below}`,
    path.slice(1),
  ];
}

function paths({ path: target, saying }: Door): readonly Refused[] {
  const [path = '', query] = target.split('?');
  const body = saying('"hello"');
  const with_ = (way: string) => (query === undefined ? way : `${way}?${query}`);
  return [
    ...spellings(path).map((way) => ({
      id: `path ${way}`,
      origin: PATHS,
      attack: (lab: Lab) => raw(lab, { target: with_(way), body }),
    })),
    {
      id: `path /v1/proxy${path}`,
      origin: PROXY,
      attack: () => ({
        path: with_(`/v1/proxy${path}`),
        headers: { 'x-portkey-custom-host': 'http://127.1.1.1/v1' },
      }),
    },
    ...[
      'api-version=2024-10-21',
      'guardrails=off',
      'path=/healthz',
      '__proto__=1',
      '$fields=a',
      'alt=media',
    ].map(
      (more): Refused => ({
        id: `query ${more}`,
        origin: PATHS,
        attack: () => ({ path: `${target}${query === undefined ? '?' : '&'}${more}` }),
      }),
    ),
    {
      id: 'key in the query',
      origin: IN_ADDRESS,
      attack: (lab) => ({
        path: `${target}${query === undefined ? '?' : '&'}key=${lab.gateway.key}`,
        headers: { authorization: undefined },
      }),
    },
    {
      id: 'key in a query of any name',
      origin: IN_ADDRESS,
      attack: (lab) => ({ path: `${target}${query === undefined ? '?' : '&'}x=${lab.gateway.key}` }),
    },
  ];
}

interface Line {
  readonly target: string;
  readonly body: string;
  readonly host?: string;
  readonly method?: string;
}
const raw = (lab: Lab, { target, body, host = 'localhost', method = 'POST' }: Line) => ({
  raw: `${method} ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\nauthorization: Bearer ${lab.gateway.key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
});

function lines({ path, saying }: Door): readonly Refused[] {
  const body = saying('"hello"');
  const line = (id: string, origin: string, more: Partial<Line>): Refused => ({
    id,
    origin,
    attack: (lab) => raw(lab, { target: path, body, ...more }),
  });
  const benign = (lab: Lab) => raw(lab, { target: path, body, host: 'LOCALHOST:8080' });
  return [
    ...(
      [
        ['absolute form', `http://localhost${path}`],
        ['absolute form, another host', `http://example.org${path}`],
        ['absolute form, another scheme', `file://${path}`],
        ['authority form', 'example.org:443'],
        ['asterisk form', '*'],
        ['fragment', `${path}#a`],
        ['two targets', `${path} /healthz`],
        ['backslashes', path.replaceAll('/', '\\')],
        ['nothing', ''],
      ] as const
    ).map(([id, target]) => line(`target in ${id}`, TARGETS, { target })),
    ...[
      'GET',
      'HEAD',
      'PUT',
      'PATCH',
      'DELETE',
      'OPTIONS',
      'TRACE',
      'CONNECT',
      'QUERY',
      'post',
      'PROPFIND',
    ].map((method) => line(`method ${method}`, METHODS, { method })),
    ...[
      'example.org',
      'localhost.example.org',
      'localhost@example.org',
      'example.org@localhost',
      '127.0.0.1.nip.io',
      'localhost:80:80',
      'localhost:port',
      'localhost.',
      'localhost, example.org',
      '0.0.0.0',
      '2130706433',
      '0x7f000001',
      '127.1',
      '[::ffff:127.0.0.1]',
      '',
    ].map((host) => ({ ...line(`host “${host}”`, REBINDING, { host }), benign })),
    ...['localhost/v1', 'localhost/healthz?', 'localhost#', 'localhost\\v1', 'localhost/admin/v1'].map(
      (host) => line(`host “${host}”`, HOST, { host }),
    ),
    {
      id: 'host that says which path is meant, without a credential',
      origin: HOST,
      attack: (lab) => ({
        raw: raw(lab, { target: path, body, host: 'localhost/healthz' }).raw.replace(
          /authorization: .*\r\n/,
          '',
        ),
      }),
    },
    ...['x-forwarded-host', 'x-host', 'x-original-host', 'forwarded'].map(
      (name): Refused => ({
        id: `host in ${name}, without a credential`,
        origin: HOST,
        attack: () => ({ headers: { authorization: undefined, [name]: 'localhost/healthz' } }),
      }),
    ),
    ...['x-original-url', 'x-rewrite-url', 'x-forwarded-prefix', 'x-http-method-override'].map(
      (name): Refused => ({
        id: `path in ${name}, without a credential`,
        origin: HOST,
        attack: () => ({ headers: { authorization: undefined, [name]: '/healthz' } }),
      }),
    ),
  ];
}

function pages({ path }: Door): readonly Refused[] {
  const page = (id: string, headers: Record<string, string>, benign?: Record<string, string>): Refused => ({
    id,
    origin: PAGES,
    attack: () => ({ headers }),
    ...(benign !== undefined && { benign: () => ({ headers: benign }) }),
  });
  const twice = (name: string, ...values: string[]): Refused => ({
    id: `${name} twice`,
    origin: TWICE,
    attack: () => ({ headers: { [name]: values } }),
  });
  return [
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
        path,
        body: '',
        headers: { origin: 'https://example.org', 'access-control-request-method': 'POST' },
      }),
    },
    twice('content-type', 'application/json', 'text/plain'),
    { ...twice('content-type', 'application/json', 'application/json'), id: 'content-type twice, alike' },
    twice('content-encoding', 'identity', 'gzip'),
    twice('origin', 'http://localhost', 'https://example.org'),
    twice('x-gatehouse-purpose', 'support', 'analytics'),
  ];
}

export const doorCases: readonly Case[] = [
  ...everywhere('other spellings of a path', paths),
  ...everywhere('request lines and hosts', lines),
  ...everywhere('web pages and repeated headers', pages),
];
