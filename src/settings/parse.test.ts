import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Problem } from '../base/problem.ts';
import { parseSettings, type SettingsContext } from './parse.ts';
import { findModel } from './routes.ts';
import type { Settings } from './settings.ts';

const files: Record<string, string> = {
  '/etc/gate/azure.key': 'from-a-file\n',
  '/etc/gate/cert.pem': 'CERT',
  '/etc/gate/key.pem': 'KEY',
  '/etc/gate/empty': '\n',
};

function parse(text: string, context: Partial<SettingsContext> = {}): Settings {
  return parseSettings(text, {
    env: { OPENAI_API_KEY: 'sk-from-env', EMPTY: '', PORT: '9000' },
    readFile: (path) => {
      const found = files[path];
      if (found === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
      return found;
    },
    baseDir: '/etc/gate',
    file: 'gatehouse.yaml',
    dialects: ['openai', 'anthropic'],
    ...context,
  });
}

function errors(text: string): string {
  try {
    parse(text);
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.kind, 'usage');
    return error.message;
  }
  return '';
}

const PRACTICE = 'upstreams: { practice: { practice: true, dialect: openai, models: [practice] } }\n';
const upstream = (fields: string) => `upstreams:\n  one: { dialect: openai, models: [m], ${fields} }\n`;

test('the smallest settings are filled up with every default', () => {
  const settings = parse(PRACTICE);
  assert.deepEqual(settings.listen, {
    address: '127.0.0.1',
    port: 8642,
    behind_proxy: false,
    trusted_proxies: [],
    proxy_header: 'x-forwarded-for',
    tls: undefined,
    hosts: [],
    origins: [],
  });
  assert.equal(settings.data, '/etc/gate/gatehouse-data');
  assert.equal(settings.policy, '/etc/gate/policy.yaml');
  assert.deepEqual(settings.limits, {
    body: 10 * 1024 * 1024,
    bodies: 256 * 1024 * 1024,
    caller_bodies: 64 * 1024 * 1024,
    depth: 64,
    headers: 16 * 1024,
    header_time: 10_000,
    body_time: 60_000,
    connections: 2000,
    requests: 1000,
    client_idle: 60_000,
    drain: 30_000,
    reply: 32 * 1024 * 1024,
    event: 1024 * 1024,
  });
  assert.deepEqual(settings.ledger, {
    segment: 64 * 1024 * 1024,
    origin: undefined,
    witnesses: undefined,
    archive: undefined,
  });
  assert.deepEqual(settings.log, { level: 'info', format: 'auto' });
  const practice = settings.upstreams.practice;
  assert.equal(practice?.practice, true);
  assert.deepEqual(practice?.timeouts, { connect: 10_000, first_byte: 300_000, idle: 60_000 });
});

test('everything at once', () => {
  const settings = parse(`
listen:
  address: 0.0.0.0
  port: \${PORT}
  tls: { cert: cert.pem, key: key.pem }
  hosts: [Gate.example.com]
  origins: [https://app.example.com]
data: /var/lib/gatehouse
upstreams:
  openai:
    dialect: openai
    url: https://api.openai.com/v1/
    key: \${OPENAI_API_KEY}
    models: ["gpt-*", { name: fast, as: gpt-4o-mini }]
  azure:
    dialect: openai
    url: https://x.openai.azure.com
    auth: api-key
    path: "/openai/deployments/{model}{endpoint}"
    query: { api-version: 2024-10-21 }
    key: { file: ./azure.key }
    headers: { X-Team: "\${TEAM:-blue}" }
    timeouts: { first_byte: 90 }
    models: [azure-gpt]
limits: { body: 1MB, drain: 1m }
`);
  assert.equal(settings.listen.port, 9000);
  assert.equal(settings.listen.tls?.cert, 'CERT');
  assert.deepEqual(settings.listen.hosts, ['gate.example.com']);
  const { openai, azure } = settings.upstreams;
  assert.equal(openai?.url, 'https://api.openai.com/v1');
  assert.equal(openai?.key?.reveal(), 'sk-from-env');
  assert.equal(openai?.auth, 'dialect');
  assert.equal(azure?.key?.reveal(), 'from-a-file');
  assert.equal(azure?.headers['x-team']?.reveal(), 'blue');
  assert.equal(azure?.query['api-version']?.reveal(), '2024-10-21');
  assert.equal(azure?.timeouts.first_byte, 90_000);
  assert.equal(settings.limits.body, 1024 * 1024);
  assert.equal(settings.limits.drain, 60_000);

  assert.equal(findModel(settings, 'gpt-4o')?.targets[0]?.upstream, openai);
  assert.equal(findModel(settings, 'gpt-4o')?.targets[0]?.as, 'gpt-4o');
  assert.equal(findModel(settings, 'fast')?.targets[0]?.as, 'gpt-4o-mini');
  assert.equal(findModel(settings, 'azure-gpt')?.targets[0]?.upstream, azure);
  assert.equal(findModel(settings, 'other'), undefined);
  assert.equal(findModel(settings, `gpt-${'x'.repeat(300)}`), undefined);
});

test('settings are frozen, and show no secret however they are printed', () => {
  const settings = parse(
    upstream(`url: https://a, key: '\${OPENAI_API_KEY}', headers: { x-key: hidden-text }`),
  );
  assert.throws(() => Object.assign(settings.limits, { body: 1 }), TypeError);
  assert.throws(() => Object.assign(settings.upstreams.one?.timeouts ?? {}, { idle: 1 }), TypeError);
  const shown = inspect(settings, { depth: 20, showHidden: true }) + JSON.stringify(settings);
  assert.doesNotMatch(shown, /sk-from-env|hidden-text/);
});

test('every error of shape is listed at once, then every error of meaning', () => {
  assert.equal(
    errors(`listen: { prot: 1 }
upsteams: {}
limits: { body: 10 megabytes, depth: -1 }
upstreams:
  a: { dialect: opneai, models: [] }
  b: { dialect: openai, url: https://b, key: '\${NO_SUCH_KEY}', models: [x] }
`),
    `gatehouse.yaml has 7 errors:
  gatehouse.yaml:1:11  listen.prot: is not a known setting. Did you mean “port”?
  gatehouse.yaml:2:1  upsteams: is not a known setting. Did you mean “upstreams”?
  gatehouse.yaml:3:17  limits.body: must be: a size such as 512KB or 10MB
  gatehouse.yaml:3:38  limits.depth: must be >= 0
  gatehouse.yaml:5:17  upstreams.a.dialect: must be one of openai, anthropic. Did you mean “openai”?
  gatehouse.yaml:5:33  upstreams.a.models: must not have fewer than 1 items
  gatehouse.yaml:6:46  upstreams.b.key: the environment variable NO_SUCH_KEY is not set`,
  );
  assert.equal(
    errors(`listen: { address: 0.0.0.0, hosts: ["https://x"] }
upstreams:
  a: { dialect: openai, url: http://10.0.0.7:8000/v1, models: [x] }
  b: { dialect: openai, models: [y] }
`).split('\n').length,
    5,
  );
});

test('listening beyond this machine needs TLS or a proxy', () => {
  for (const address of ['0.0.0.0', '"::"', '192.168.1.2', '"::ffff:10.0.0.1"']) {
    assert.match(
      errors(`${PRACTICE}listen: { address: ${address} }`),
      /set listen\.tls .* listen\.behind_proxy: true/,
    );
    assert.equal(errors(`${PRACTICE}listen: { address: ${address}, behind_proxy: true }`), '');
    assert.equal(
      errors(`${PRACTICE}listen: { address: ${address}, tls: { cert: cert.pem, key: key.pem } }`),
      '',
    );
  }
  for (const address of ['127.0.0.1', '127.8.9.1', '"::1"', 'localhost']) {
    assert.equal(errors(`${PRACTICE}listen: { address: ${address} }`), '');
  }
  assert.match(errors(`${PRACTICE}listen: { address: gate.example.com }`), /must be an IP address/);
  assert.match(
    errors(`${PRACTICE}listen: { tls: { cert: no.pem, key: key.pem } }`),
    /:2:24 .*cannot be read \(ENOENT\)/,
  );
});

test('a model name leads to one upstream only', () => {
  const two = (a: string, b: string) =>
    errors(`upstreams:
  a: { dialect: openai, url: https://a, models: [${a}] }
  b: { dialect: openai, url: https://b, models: [${b}] }`);
  assert.match(two('gpt-4', 'gpt-4'), /:3:50 .*“gpt-4” is also served by upstream “a”/);
  assert.match(two('"gpt-*"', 'gpt-4'), /“gpt-4” overlaps “gpt-\*” of upstream “a”/);
  assert.match(two('"gpt-*"', '"*-mini"'), /overlaps/);
  assert.match(two('x, x', 'y'), /listed twice/);
  assert.equal(two('"gpt-*", { name: gpt-4, as: gpt-4-turbo }', 'claude'), '');
  assert.match(two('{ name: "g*", as: x }', 'y'), /a pattern cannot have “as”/);
});

test('addresses of upstreams', () => {
  assert.match(errors(upstream('url: ftp://x')), /starts with https/);
  assert.match(errors(upstream('url: "https://user:pw@x"')), /must not hold a user or password/);
  assert.match(errors(upstream('url: "https://x/v1?key=1"')), /must not have a query/);
  assert.match(errors(upstream('url: http://vllm:8000')), /insecure_http: true/);
  assert.equal(errors(upstream('url: http://vllm:8000, insecure_http: true')), '');
  assert.equal(errors(upstream('url: "http://[::1]:8000"')), '');
  assert.equal(errors(upstream('url: http://127.0.0.1:8000')), '');
  assert.match(errors(upstream('practice: true, url: https://x')), /no meaning for the practice model/);
  for (const path of [
    '/x',
    'x{endpoint}',
    '/../{endpoint}',
    '/{endpoint}{endpoint}',
    '/a?b{endpoint}',
    '/{other}{endpoint}',
  ]) {
    assert.match(errors(upstream(`url: https://x, path: "${path}"`)), /one\.path: must/, path);
  }
});

test('secrets that could not be sent are refused without being shown', () => {
  assert.match(errors(upstream('url: https://x, key: "${EMPTY}"')), /one\.key: is empty/);
  assert.match(errors(upstream('url: https://x, key: { file: empty }')), /one\.key: is empty/);
  assert.match(errors(upstream('url: https://x, key: { file: missing }')), /one\.key\.file: .*ENOENT/);
  const split = errors(upstream('url: https://x, headers: { x-a: "top-secret\\r\\nx: y" }'));
  assert.match(split, /no header can carry/);
  assert.doesNotMatch(split, /top-secret/);
  assert.match(
    errors(upstream('url: https://x, headers: { Content-Length: "1" }')),
    /set by the gateway itself/,
  );
  assert.match(errors(upstream('url: https://x, headers: { "a b": "1" }')), /not a header name/);
  assert.match(errors(upstream('url: https://x, headers: { X-A: "1", x-a: "2" }')), /given twice/);
});

test('the archive of the ledger: a folder, and an age if it is moved by itself', () => {
  const archive = (text: string) => parse(`${PRACTICE}ledger: { archive: ${text} }\n`).ledger.archive;
  assert.deepEqual(archive('{ to: old, keep: 90d }'), { to: '/etc/gate/old', keep: 90 * 86_400_000 });
  assert.deepEqual(archive('{ to: /mnt/old }'), { to: '/mnt/old', keep: undefined });
  assert.match(
    errors(`${PRACTICE}ledger: { archive: { to: old, keep: 0 } }\n`),
    /must be a duration above 0/,
  );
  assert.match(errors(`${PRACTICE}ledger: { archive: { keep: 1d } }\n`), /to/);
  for (const to of ['gatehouse-data/ledger', './gatehouse-data/x/../ledger/', 'gatehouse-data/ledger/old'])
    assert.match(errors(`${PRACTICE}ledger: { archive: { to: ${to} } }\n`), /archive.to: must be outside/);
  assert.equal(archive('{ to: gatehouse-data/ledger-old }')?.to, '/etc/gate/gatehouse-data/ledger-old');
});

test('proxies that are trusted are addresses and ranges, never everybody', () => {
  const listen = (fields: string) => `${PRACTICE}listen: { ${fields} }`;
  const { listen: read } = parse(
    listen('trusted_proxies: [10.0.0.4, "fd00:1::/64"], proxy_header: forwarded'),
  );
  assert.deepEqual([read.trusted_proxies, read.proxy_header], [['10.0.0.4', 'fd00:1::/64'], 'forwarded']);
  for (const wrong of [
    '0.0.0.0/0',
    '::/0',
    '10.0.0.4/24',
    'proxy.example.com',
    'unix',
    '::ffff:10.0.0.0/104',
  ])
    assert.match(errors(listen(`trusted_proxies: ["${wrong}"]`)), /trusted_proxies/, wrong);
  assert.match(errors(listen('proxy_header: forwarded')), /no meaning without trusted_proxies/);
});
