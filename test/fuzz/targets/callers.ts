import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, createSecretKey, sign, X509Certificate } from 'node:crypto';
import { createLocalJWKSet } from 'jose';
import { Refusal } from '../../../src/base/refusal.ts';
import { callerOfCertificate } from '../../../src/callers/certificate.ts';
import { credentialOf } from '../../../src/callers/credential.ts';
import { callerOfToken, isToken, type TrustedIssuer, verifyToken } from '../../../src/callers/jwt/index.ts';
import { hashKey, identifyKey } from '../../../src/callers/key.ts';
import type { Caller } from '../../../src/exchange/caller.ts';
import { readTags } from '../../../src/gateway/tags.ts';
import type { CertificateRule, IssuerSettings } from '../../../src/settings/identity.ts';
import { beginTrace, traceparentOf } from '../../../src/telemetry/trace.ts';
import { assertSilent, CANARY, refusedBy, refusedLater } from '../expect.ts';
import { corpus, pure, type Target } from '../target.ts';

const NOW = 1_800_000_000_000;
const SECONDS = NOW / 1000;
const pepper = createSecretKey(Buffer.alloc(32, 3));

/** The same key in every run, so that an input is all that it takes: RFC 8410, section 7, around a seed of sevens. */
const signing = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]),
  format: 'der',
  type: 'pkcs8',
});
const jwk = { ...createPublicKey(signing).export({ format: 'jwk' }), kid: 'k1', alg: 'EdDSA', use: 'sig' };

const ISSUER: IssuerSettings = {
  name: 'corp',
  issuer: 'https://idp.example.com',
  audience: ['gatehouse'],
  algorithms: ['EdDSA'],
  jwks: undefined,
  insecure_http: false,
  reach: undefined,
  ca: undefined,
  clock_skew: 60_000,
  max_age: undefined,
  type: undefined,
  clients: undefined,
  require: {},
  subjects: 'any',
  claims: { name: 'email', owner: undefined, team: 'team', roles: 'realm.roles', tags: { env: 'env' } },
  roles: { engineers: ['app'], admins: ['admin', 'app'] },
  everyone: [],
  team: 'default',
  tags: {},
  refresh: 600_000,
  keys_kept: 86_400_000,
};
const keys = createLocalJWKSet({ keys: [jwk as never] });
const trusted: TrustedIssuer = { settings: ISSUER, keys: async () => keys, newerKeys: async () => undefined };
const find = (name: string) => (name === ISSUER.issuer ? trusted : undefined);

const HEADER = '{"alg":"EdDSA","kid":"k1","typ":"JWT"}';
const CLAIMS = JSON.stringify({
  iss: ISSUER.issuer,
  aud: ['other', 'gatehouse'],
  sub: 'user-1',
  exp: SECONDS + 600,
  nbf: SECONDS - 10,
  iat: SECONDS - 10,
  email: 'ann@example.com',
  realm: { roles: ['engineers', 'unmapped'] },
  env: 'prod',
});
const part = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

function signed(header: Uint8Array, claims: Uint8Array): string {
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${part(sign(null, Buffer.from(text), signing))}`;
}
const TOKEN = signed(Buffer.from(HEADER), Buffer.from(CLAIMS));
const unsigned = `${part(Buffer.from('{"alg":"none"}'))}.${part(Buffer.from(CLAIMS))}.`;

const tokens = pure({
  name: 'callers.jwt',
  words: [
    'eyJ',
    '.',
    '=',
    '..',
    'alg',
    part(Buffer.from('{"alg":"none"}')),
    part(Buffer.from('{"alg":"HS256"}')),
  ],
  seeds: () => [TOKEN, unsigned],
  quick: 250,
  async check(input) {
    const text = input.toString();
    const found = await refusedLater(() => verifyToken(text, find, NOW), Refusal);
    if (found instanceof Refusal) assert.equal(found.code, 'credential_invalid');
    else assert.equal(text, TOKEN, 'a token that nobody signed');
    if (text.length < 10_000) assert.equal(isToken(text) && text.split('.').length !== 3, false);
  },
});

/** A header and claims, a line each, signed with the right key whatever they are. */
const claims = pure({
  name: 'callers.jwt-claims',
  words: [
    'iss',
    'aud',
    'sub',
    'exp',
    'nbf',
    'iat',
    'crit',
    'b64',
    'jku',
    'jwk',
    'x5c',
    'kid',
    'alg',
    'none',
    'HS256',
    'typ',
    'realm',
    'roles',
    'admins',
  ],
  seeds: () => [`${HEADER}\n${CLAIMS}`],
  quick: 400,
  async check(input) {
    const line = input.indexOf('\n');
    const [header, claims] = [input.subarray(0, Math.max(0, line)), input.subarray(line + 1)];
    const found = await refusedLater(() => verifyToken(signed(header, claims), find, NOW), Refusal);
    if (found instanceof Refusal) {
      assert.equal(found.code, 'credential_invalid');
      return;
    }
    const { iss, aud, sub, exp } = JSON.parse(claims.toString()) as Record<string, unknown>;
    const { alg } = JSON.parse(header.toString()) as Record<string, unknown>;
    assert.deepEqual([iss, alg], [ISSUER.issuer, 'EdDSA']);
    assert.ok([aud].flat().includes('gatehouse'), 'for somebody else');
    assert.ok(typeof sub === 'string' && sub !== '' && typeof exp === 'number' && exp > SECONDS - 61);
    assert.ok(found.ends <= exp * 1000 && found.subject === sub);
    const caller = callerOfToken(found, pepper);
    assert.ok(caller.roles.every((role) => role === 'app' || role === 'admin'));
    if (caller.roles.includes('admin')) assert.ok(claims.includes('admins') || claims.includes('\\u'));
    assert.match(caller.name, /^corp\/[^\p{Cc}]+$/u);
  },
});

const rule = (by: CertificateRule['by'], value: string): CertificateRule => ({
  by,
  value,
  name: undefined,
  owner: undefined,
  team: 'web',
  roles: ['app'],
  tags: {},
});
const RULES = [
  rule('spiffe', 'spiffe://example.org/ns/web/*'),
  rule('dns', 'batch.example.com'),
  rule('fingerprint', '00'.repeat(32)),
];

const names = pure({
  name: 'callers.certificate-names',
  words: [
    'URI:',
    'DNS:',
    'email:',
    'IP Address:',
    'othername:<unsupported>',
    ', ',
    '"',
    '\\"',
    '\\u0041',
    'spiffe://',
    '/../',
    '%2e',
    '/*',
  ],
  seeds: () => [
    'URI:spiffe://example.org/ns/web/sa/shop',
    'DNS:other.example, DNS:BATCH.example.com, IP Address:10.0.0.1',
    'DNS:"x, URI:spiffe://example.org/ns/web/sa/shop", email:a@example.com',
  ],
  quick: 1500,
  check(input) {
    const subjectAltName = input.toString();
    const certificate = {
      subjectAltName,
      ca: false,
      raw: Buffer.from('der'),
      validFromDate: new Date(0),
      validToDate: new Date(2 * NOW),
    };
    const caller = refusedBy(() => callerOfCertificate(certificate, RULES, pepper, NOW), Refusal);
    if (caller === undefined || caller instanceof Refusal) return;
    const [, name = ''] = /^mtls\/(.*)$/.exec(caller.name) ?? [];
    // Not inside of a quoted name, unless that is it.
    const plain = subjectAltName.replace(/"(?:[^"\\]|\\.)*"/g, (quoted) =>
      JSON.parse(quoted) === name ? name : '',
    );
    if (name.startsWith('spiffe:')) {
      assert.ok(plain.includes(`URI:${name}`) && name.startsWith('spiffe://example.org/ns/web/'));
      assert.ok(!/\/\.{1,2}(\/|$)|\/\/.*\/\/|%/.test(name.slice('spiffe:/'.length)));
    } else if (name.includes('batch')) assert.ok(plain.toLowerCase().includes('dns:batch.example.com'));
  },
});

const certificates = pure({
  name: 'callers.certificate',
  seeds: () => corpus('callers.certificate'),
  quick: 400,
  check(input, random) {
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(input);
    } catch {
      // What OpenSSL does not read never gets here.
      return;
    }
    const names = refusedBy(() => {
      callerOfCertificate(certificate, RULES, pepper, certificate.validFromDate.getTime());
      return callerOfCertificate(certificate, [], pepper, random.below(NOW));
    }, Refusal);
    assert.ok(names === undefined || (names instanceof Refusal && names.code === 'credential_invalid'));
  },
});

const KEY = `ghk_${'a1'.repeat(5)}_${'Zz'.repeat(21)}Z`;
const CREDENTIALS = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'];
const CALLER: Caller = {
  id: 'clr_1',
  name: 'app',
  owner: '',
  team: '',
  roles: [],
  tags: {},
  credential: 'x',
};
const record = { caller: CALLER, hash: hashKey(KEY, pepper), expires: undefined };

/** Names and values in turn, as `node:http` has them. */
const headersIn = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => {
    const [, name, value] = /^([^:]+):\s*(.*?)\s*$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [name, value];
  });

/** Lines `name: value` as the headers of a request; the first line is its query. */
const apiKeys = pure({
  name: 'callers.key',
  words: [
    'authorization: ',
    'x-api-key: ',
    'api-key: ',
    'x-goog-api-key: ',
    'Bearer ',
    'bearer\t',
    'Basic ',
    KEY,
    'key=',
    '&',
  ],
  seeds: () => [
    `alt=sse\nauthorization: Bearer ${KEY}\naccept: */*`,
    `\nX-API-Key: ${KEY}`,
    `key=${KEY}\nx-goog-api-key: ${KEY.slice(0, -1)}0`,
  ],
  quick: 1200,
  check(input) {
    const [query = '', ...lines] = input.toString('latin1').split('\n');
    const headers = headersIn(lines);
    const caller = refusedBy(() => {
      const credential = credentialOf(headers, new URLSearchParams(query));
      if (credential === undefined || isToken(credential.text)) return undefined;
      return identifyKey(
        credential.text,
        (id) => (id === KEY.slice(4, 14) ? record : undefined),
        pepper,
        NOW,
      );
    }, Refusal);
    if (caller instanceof Refusal) assertSilent(`${caller.message}${caller.hint}`, 'the refusal');
    else if (caller !== undefined) {
      const shown = headers.filter((_, index) =>
        CREDENTIALS.includes(headers[index - 1]?.toLowerCase() ?? ''),
      );
      assert.equal(shown.length, 1, 'the key, whole and once');
      assert.match(shown[0] ?? '', new RegExp(`^(bearer\\s+)?${KEY}\\s*$`, 'i'));
    }
  },
});

const tags = pure({
  name: 'gateway.tags',
  words: [
    'x-gatehouse-purpose: ',
    'X-Gatehouse-Consent: ',
    'x-gatehouse-subject: ',
    'x-gatehouse-',
    ',',
    'a,b',
    '__proto__',
  ],
  seeds: () => [
    'x-gatehouse-purpose: research\nx-gatehouse-consent: training,analytics\nx-gatehouse-subject: person-17',
    `X-Gatehouse-Subject: urn:uuid:1\naccept: */*\nx-gatehouse-${CANARY}: 1`,
  ],
  quick: 1000,
  check(input) {
    const headers = headersIn(input.toString('latin1').split('\n'));
    const found = refusedBy(() => readTags(headers), Refusal);
    if (found instanceof Refusal) {
      assert.equal(found.code, 'header_refused');
      return assertSilent(`${found.message}${found.hint}`, 'the refusal');
    }
    const { purpose, consent, subject } = found;
    for (const word of [...consent, ...(purpose === undefined ? [] : [purpose])])
      assert.match(word, /^[a-z0-9][a-z0-9._-]*$/);
    if (subject !== undefined) assert.match(subject, /^[\w.:@+=/-]{1,128}$/);
    assert.equal(new Set(consent).size, consent.length);
  },
});

const traces = pure({
  name: 'telemetry.traceparent',
  words: ['00-', 'ff-', '-01', '-00', '0'.repeat(32), '0'.repeat(16), 'A', '-'],
  seeds: () => [
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    'cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more',
  ],
  quick: 500,
  longest: 300,
  check(input) {
    const text = input.toString('latin1');
    const trace = beginTrace(text, false);
    if (trace.parentId !== undefined)
      assert.ok(text.slice(2).startsWith(`-${trace.traceId}-${trace.parentId}-`));
    // Whatever came, what goes on to the model server has the one form.
    assert.match(traceparentOf(trace), /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00$/);
  },
});

export const callerTargets: readonly Target[] = [traces, tokens, claims, names, certificates, apiKeys, tags];
