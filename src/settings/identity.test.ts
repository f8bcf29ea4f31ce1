import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseSettings } from './parse.ts';

const parse = (text: string) =>
  parseSettings(`upstreams: { p: { practice: true, dialect: openai, models: [practice] } }\n${text}`, {
    env: {},
    file: 'gatehouse.yaml',
    baseDir: '/srv',
    readFile: (path) => `text of ${path}`,
    dialects: ['openai'],
  });
const issuer = (more: string, url = 'https://idp.example.com') =>
  parse(`identity: { issuers: { corp: { issuer: "${url}", audience: gatehouse${more} } } }`).identity
    .issuers[0];
const certificate = (rule: string) => parse(`identity: { certificates: [${rule}] }`).identity.certificates[0];
const wrong = (read: () => unknown, says: RegExp) => assert.throws(read, says);

suite('identity', () => {
  test('nobody is believed by default; an issuer’s defaults are narrow', () => {
    assert.deepEqual(parse('').identity, { issuers: [], certificates: [] });
    const plain = issuer('');
    assert.deepEqual(
      [plain?.algorithms, plain?.everyone, plain?.roles, plain?.clock_skew, plain?.audience],
      [['RS256', 'ES256'], [], {}, 60_000, ['gatehouse']],
    );
    assert.equal(issuer(', clock_skew: 0')?.clock_skew, 0);
    assert.equal(issuer(', max_age: 1h')?.max_age, 3_600_000);
    assert.deepEqual(issuer(', claims: { roles: groups }, roles: { g: app, "a b": [x, y] }')?.roles, {
      g: ['app'],
      'a b': ['x', 'y'],
    });
  });

  test('algorithms with a shared secret, and none, cannot be named', () => {
    for (const algorithm of ['none', 'HS256', 'HS512', 'dir', 'rs256'])
      wrong(() => issuer(`, algorithms: [${algorithm}]`), /algorithms/);
    wrong(() => issuer(', algorithms: []'), /algorithms/);
  });

  test('an audience is needed, and addresses are https', () => {
    wrong(() => parse('identity: { issuers: { corp: { issuer: "https://x.example" } } }'), /audience/);
    for (const url of [
      'http://idp.example.com',
      'ftp://idp.example.com',
      'idp',
      'https://u:p@idp.example.com',
    ])
      wrong(() => issuer('', url), /issuer/);
    wrong(() => issuer(', jwks: "http://idp.example.com/jwks"'), /https/);
    assert.ok(issuer(', insecure_http: true', 'http://idp.internal'));
    assert.ok(issuer('', 'http://127.0.0.1:9000'));
  });

  test('what makes no sense is said', () => {
    wrong(() => issuer(', clock_skew: 6m'), /at most 5m/);
    wrong(() => issuer(', roles: { a: app }'), /claims\.roles/);
    wrong(() => issuer(', rolls: { a: app }'), /roles/);
    wrong(
      () =>
        parse(
          'identity: { issuers: { a: { issuer: "https://x.example", audience: g }, b: { issuer: "https://x.example", audience: h } } }',
        ),
      /another issuer’s too/,
    );
  });

  test('certificates: one name for each rule, in its form', () => {
    assert.equal(certificate('{ spiffe: "spiffe://a.b/c/*", roles: app }')?.by, 'spiffe');
    assert.equal(certificate('{ dns: Batch.Example.com, roles: app }')?.value, 'batch.example.com');
    assert.equal(
      certificate(`{ fingerprint: "${'AB:'.repeat(31)}AB", roles: [app] }`)?.value,
      'ab'.repeat(32),
    );
    wrong(() => certificate('{ roles: app }'), /one of/);
    wrong(() => certificate('{ dns: a, spiffe: "spiffe://a/b", roles: app }'), /one of/);
    wrong(() => certificate('{ spiffe: "spiffe://a/*/b", roles: app }'), /SPIFFE/);
    wrong(() => certificate('{ dns: "*.example.com", roles: app }'), /DNS/);
    wrong(() => certificate('{ fingerprint: abc, roles: app }'), /SHA-256/);
    wrong(() => certificate('{ dns: a }'), /roles/);
  });
});

suite('listen.tls', () => {
  const tls = (more: string) => parse(`listen: { tls: { cert: c, key: k${more} } }`).listen.tls;
  test('client certificates are off, and optional with a CA; what belongs together is there', () => {
    assert.equal(tls('')?.client_certificates, 'off');
    assert.equal(tls(', client_ca: ca')?.client_certificates, 'optional');
    assert.equal(tls(', client_ca: ca, crl: crl')?.crl, 'text of /srv/crl');
    wrong(() => tls(', client_certificates: required'), /client_ca/);
    wrong(() => tls(', crl: crl'), /no meaning/);
  });
});

suite('abuse', () => {
  test('defaults, off, and what is set', () => {
    const { abuse } = parse('abuse: { repeats: off, networks: { action: block, count: 3, window: 10m } }');
    assert.equal(abuse.repeats, undefined);
    assert.deepEqual(abuse.networks, { action: 'block', count: 3, window: 600_000, cooldown: 600_000 });
    assert.equal(abuse.invalid_requests?.action, 'block');
    wrong(() => parse('abuse: { repeats: on }'), /repeats/);
    wrong(() => parse('abuse: { repeats: { count: 0 } }'), /count/);
  });
});
