import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../base/problem.ts';
import { parseSettings } from './parse.ts';
import { findModel } from './routes.ts';

const parse = (text: string) =>
  parseSettings(text, {
    env: { SHARE: '20%' },
    readFile: (path) => `text of ${path}`,
    baseDir: '/etc/gate',
    file: 'gatehouse.yaml',
    dialects: ['openai', 'anthropic'],
  });

function errors(text: string): string {
  try {
    parse(text);
  } catch (error) {
    assert.ok(error instanceof Problem);
    return error.message;
  }
  return '';
}

const TWO = `upstreams:
  a: { dialect: openai, url: https://a.example, timeouts: { first_byte: 90s }, accepts: { sensitivity: [public] } }
  b: { dialect: anthropic, url: https://b.example, models: [plain, "x-*"] }
`;
const routes = (text: string) => `${TWO}routes:\n  m: ${text}\n`;

test('a route with every default', () => {
  const settings = parse(
    routes('{ targets: [{ upstream: a }, { upstream: b, model: claude, priority: 2 }] }'),
  );
  const route = findModel(settings, 'm');
  assert.deepEqual(route, {
    name: 'm',
    targets: [
      {
        id: 'm>a/m',
        upstream: settings.upstreams.a,
        as: 'm',
        weight: 1,
        priority: 1,
        canary: undefined,
        accepts: { sensitivity: ['public'] },
        limits: { concurrency: undefined, requests: undefined },
        timeouts: { first_byte: 90_000, idle: 60_000 },
      },
      {
        id: 'm>b/claude',
        upstream: settings.upstreams.b,
        as: 'claude',
        weight: 1,
        priority: 2,
        canary: undefined,
        accepts: {},
        limits: { concurrency: undefined, requests: undefined },
        timeouts: { first_byte: 300_000, idle: 60_000 },
      },
    ],
    retry: { retries: 1, idempotent: false, backoff: 250, patience: 5000, deadline: 300_000 },
    breaker: { failures: 0.5, window: 30_000, attempts: 10, pause: 15_000 },
    cache: undefined,
  });
  assert.equal(findModel(settings, 'plain')?.breaker, undefined);
  assert.equal(findModel(settings, 'x-1')?.targets[0]?.id, 'x-*>b', 'names from outside make no new targets');
});

test('a route with everything', () => {
  const route = findModel(
    parse(
      routes(`
    targets:
      - { upstream: a, weight: 3, limits: { concurrency: 4, requests: 600/minute }, timeouts: { first_byte: 5s, idle: 1s } }
      - { upstream: b, canary: { share: "\${SHARE}", sticky: subject }, accepts: { sensitivity: ["*"] } }
    retries: 0
    idempotent: true
    breaker: false
    cache: { ttl: 10m, max_entries: 5, max_bytes: 1MB, per: team, sampled: true }`),
    ),
    'm',
  );
  assert.deepEqual(route?.targets[0]?.limits, { concurrency: 4, requests: { limit: 600, window: 60_000 } });
  assert.deepEqual(route?.targets[0]?.timeouts, { first_byte: 5000, idle: 1000 });
  assert.deepEqual(route?.targets[1]?.canary, { share: 0.2, sticky: 'subject' });
  assert.deepEqual(route?.targets[1]?.accepts, { sensitivity: ['*'] });
  assert.deepEqual([route?.retry.retries, route?.retry.idempotent, route?.breaker], [0, true, undefined]);
  assert.deepEqual(route?.cache, {
    ttl: 600_000,
    max_entries: 5,
    max_bytes: 1024 ** 2,
    per: 'team',
    sampled: true,
  });
});

test('what nobody could tell apart is an error', () => {
  assert.match(
    errors(routes('{ targets: [{ upstream: c }] }')),
    /routes\.m\.targets\[0\]\.upstream: is no upstream/,
  );
  assert.match(errors(routes('{ targets: [{ upstream: a }, { upstream: a }] }')), /is listed twice/);
  const named = (name: string) => errors(`${TWO}routes: { ${name}: { targets: [{ upstream: a }] } }`);
  assert.match(named('plain'), /routes\.plain: “plain” is also served by upstream “b”/);
  assert.match(named('x-large'), /“x-large” overlaps “x-\*” of upstream “b”/);
  assert.match(named('"any-*"'), /any-\*/, 'a route has one name');
  assert.match(errors(TWO), /upstreams\.a: must have “models”, or a route that leads to it/);
});

test('canaries have a share of whole callers, and leave somebody for the others', () => {
  const canaries = (text: string) => errors(routes(`{ targets: [{ upstream: a }, ${text}] }`));
  assert.equal(canaries('{ upstream: b, canary: { share: 2.5% } }'), '');
  assert.match(canaries('{ upstream: b, canary: { share: 0% } }'), /Share of those who ask/);
  assert.match(canaries('{ upstream: b, canary: { share: 101% } }'), /Share of those who ask/);
  assert.match(
    canaries('{ upstream: b, weight: 2, canary: { share: 5% } }'),
    /share instead of weight and priority/,
  );
  assert.match(
    canaries('{ upstream: b, canary: { share: 60% } }, { upstream: b, model: c, canary: { share: 60% } }'),
    /over 100% together/,
  );
  assert.match(
    canaries(
      '{ upstream: b, canary: { share: 5% } }, { upstream: b, model: c, canary: { share: 5%, sticky: subject } }',
    ),
    /stick to different things/,
  );
  assert.match(
    errors(routes('{ targets: [{ upstream: a, canary: { share: 5% } }] }')),
    /must have a target that is not a canary/,
  );
});

test('where upstreams may be', () => {
  const at = (fields: string) => errors(`upstreams: { a: { dialect: openai, models: [m], ${fields} } }`);
  assert.equal(
    at('url: https://x.example, reach: private, allow_addresses: ["10.1.0.0/16", "fd12::/48"]'),
    '',
  );
  assert.match(
    at('url: https://x.example, allow_addresses: ["10.1.2.3/8"]'),
    /must be an IP address, or a range/,
  );
  assert.match(
    at('url: https://x.example, allow_addresses: [inner.example]'),
    /must be an IP address, or a range/,
  );
  for (const host of [
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '0x7f.1',
    '１２７.0.0.1',
    '127.0.0.%31',
  ]) {
    assert.match(at(`url: "http://${host}:8000/v1"`), /four decimal numbers/, host);
    assert.match(at(`url: "https:\\\\\\\\${host}/v1"`), /four decimal numbers/, `\\\\${host}`);
  }
  for (const host of ['169.254.169.254', '[fd00:ec2::254]', '[::ffff:169.254.169.254]', '0.0.0.0', '[::]']) {
    assert.match(at(`url: "https://${host}/v1"`), /where no model server is/, host);
  }
  assert.equal(at('url: "https://169.254.169.254/v1", allow_addresses: ["169.254.169.254"]'), '');
  assert.match(at('url: "http://127.0.0.1/v1", tls: { ca: ca.pem }'), /https:\/\/ only/);
  assert.match(at('url: https://x.example, tls: { cert: a.pem }'), /both “cert” and “key”/);
  assert.equal(at('url: https://x.example, tls: { ca: ca.pem, cert: a.pem, key: b.pem }'), '');
});
