import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../base/problem.ts';
import { parseSettings } from './parse.ts';

const BASE = `upstreams: { a: { dialect: openai, url: "https://a.example.com/v1", key: k, models: [m] } }\n`;
const WHSEC = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;

const read = (feeds: string) =>
  parseSettings(`${BASE}feeds:\n${feeds}\n`, {
    env: { HOOK: 'https://hooks.example.com/canary' },
    file: 'gatehouse.yaml',
    dialects: ['openai'],
    baseDir: '/etc/gatehouse',
    readFile: () => 'PEM',
  }).feeds;

/** What is said of bad feeds. */
function said(feeds: string): string {
  try {
    read(feeds);
  } catch (error) {
    assert.ok(error instanceof Problem);
    return error.message;
  }
  return assert.fail(`nothing is wrong with ${feeds}`);
}

test('each kind of feed is read, with defaults', () => {
  const feeds = read(`  hook: { use: webhook, url: "https://h.example.com/in/?key=1", secret: "${WHSEC}" }
  team: { use: slack, url: "\${HOOK}", entries: [incident.*, budget.alert], level: high }
  page: { use: pagerduty, secret: r0123456789012345678901234567890 }
  mail: { use: email, server: "mail.example.com:587", from: a@example.com, to: [b@example.com], user: u, secret: p }
  logs: { use: syslog, server: "[::1]:6514", entries: all, tls: { ca: ca.pem } }
  disk: { use: file, path: out.jsonl, format: cef }
  otel: { use: otlp, url: "http://127.0.0.1:4318" }
  lake: { use: http, url: "https://lake.example.com/", format: ocsf, headers: { Authorization: "Bearer canary" } }`);
  assert.equal(feeds.hook?.url?.reveal(), 'https://h.example.com/in/?key=1');
  assert.equal(feeds.page?.url?.reveal(), 'https://events.pagerduty.com/v2/enqueue');
  assert.deepEqual(feeds.logs?.server, { host: '::1', port: 6514 });
  assert.deepEqual(
    [feeds.logs?.secure, feeds.mail?.secure, feeds.logs?.format],
    ['tls', 'starttls', 'rfc5424'],
  );
  assert.equal(feeds.disk?.path, '/etc/gatehouse/out.jsonl');
  assert.deepEqual(feeds.disk?.retry, { first: 1000, longest: 300_000, attempts: 10 });
  assert.deepEqual([feeds.team?.level, feeds.hook?.level], ['high', 'informational']);
  assert.doesNotMatch(JSON.stringify(feeds), /canary|whsec_|key=1|r01234/);
});

test('what does not fit is said, with its place and without its value', () => {
  const bad: readonly (readonly [string, RegExp])[] = [
    ['  x: { use: webhook, url: "https://h.example.com" }', /feeds\.x: must have “secret”/],
    [
      '  x: { use: webhook, url: "https://h.example.com", secret: canary }',
      /feeds\.x\.secret: must be whsec_/,
    ],
    [
      '  x: { use: slack, url: "http://h.example.com/canary" }',
      /feeds\.x\.url: is http:\/\/ to another machine/,
    ],
    [
      '  x: { use: slack, url: "https://h.example.com", path: a }',
      /feeds\.x\.path: has no meaning with use: slack/,
    ],
    ['  x: { use: pagerduty, secret: short }', /feeds\.x\.secret: must be the routing key/],
    [
      '  x: { use: syslog, server: logs.example.com }',
      /feeds\.x\.server: must be a name or address, and a port/,
    ],
    ['  x: { use: syslog, server: "logs.example.com:0" }', /feeds\.x\.server: must be/],
    [
      '  x: { use: syslog, server: "logs.example.com:514", secure: none }',
      /feeds\.x\.secure: is none to another machine/,
    ],
    [
      '  x: { use: syslog, server: "logs.example.com:514", secure: starttls }',
      /feeds\.x\.secure: is for e-mail/,
    ],
    [
      '  x: { use: email, server: "m:25", from: "a@b.c\\r\\nBcc: canary@d.e", to: [a@b.c] }',
      /feeds\.x\.from: must be one mail address/,
    ],
    [
      '  x: { use: email, server: "m:25", from: a@b.c, to: ["a@b.c, canary@d.e"] }',
      /feeds\.x\.to\[0\]: must be one mail/,
    ],
    [
      '  x: { use: email, server: "m:25", from: a@b.c, to: [a@b.c], user: u }',
      /must have both “user” and “secret”/,
    ],
    [
      '  x: { use: http, url: "https://169.254.169.254/" }',
      /feeds\.x\.url: is an address where no model server is/,
    ],
    [
      '  x: { use: http, url: "https://a.example.com", headers: { host: canary } }',
      /feeds\.x\.headers\.host: is not/,
    ],
    ['  x: { use: file, path: a, tls: { ca: b } }', /feeds\.x/],
    [
      '  x: { use: http, url: "https://a.example.com", queue: 100000 }',
      /feeds\.x\.queue: must be at most 10000/,
    ],
    ['  x: { use: carrier-pigeon }', /feeds\.x\.use/],
  ];
  for (const [feeds, pattern] of bad) {
    const message = said(feeds);
    assert.match(message, pattern);
    assert.doesNotMatch(message, /canary/);
  }
});
