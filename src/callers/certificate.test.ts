import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CertificateRule } from '../settings/identity.ts';
import { callerOfCertificate, isSpiffeId } from './certificate.ts';

const pepper = createSecretKey(Buffer.alloc(32, 5));
const rule = (by: CertificateRule['by'], value: string): CertificateRule => ({
  by,
  value,
  name: undefined,
  owner: undefined,
  team: 'web',
  roles: ['app'],
  tags: {},
});
const RULES = [rule('spiffe', 'spiffe://example.org/ns/web/*'), rule('dns', 'batch.example.com')];

const certificate = (subjectAltName: string | undefined, more: { ca?: boolean; raw?: string } = {}) => ({
  subjectAltName,
  ca: more.ca ?? false,
  raw: Buffer.from(more.raw ?? 'der'),
  validFromDate: new Date(0),
  validToDate: new Date(1000),
});
const who = (names: string | undefined, more: { ca?: boolean; raw?: string } = {}, now = 500) =>
  callerOfCertificate(certificate(names, more), RULES, pepper, now);
const invalid = { code: 'credential_invalid' };

test('by SPIFFE ID and by name; the id comes of the name, not of the certificate', () => {
  const shop = who('URI:spiffe://example.org/ns/web/sa/shop');
  assert.equal(shop?.name, 'mtls/spiffe://example.org/ns/web/sa/shop');
  assert.equal(who('DNS:x, URI:spiffe://example.org/ns/web/sa/shop', { raw: 'renewed' })?.id, shop?.id);
  assert.notEqual(who('URI:spiffe://example.org/ns/web/sa/other')?.id, shop?.id);
  assert.equal(who('DNS:BATCH.example.com')?.name, 'mtls/batch.example.com');
  for (const names of [
    undefined,
    '',
    'DNS:other',
    'URI:spiffe://example.org/ns/webber/sa/x',
    'URI:spiffe://example.org/ns/web',
    'email:batch.example.com',
  ])
    assert.equal(who(names), undefined, names ?? 'none');
});

test('before its time, after it, and a CA', () => {
  const names = 'DNS:batch.example.com';
  assert.throws(() => who(names, {}, -1), invalid);
  assert.throws(() => who(names, {}, 1001), invalid);
  assert.throws(() => who(names, { ca: true }), invalid);
});

test('CVE-2021-44532: a name that looks like several is one', () => {
  assert.equal(who('DNS:"x, URI:spiffe://example.org/ns/web/sa/shop"'), undefined);
  assert.equal(who('DNS:"x\\", URI:spiffe://example.org/ns/web/sa/shop"'), undefined);
  for (const broken of ['DNS:a"b', 'DNS:"a', 'nothing', 'DNS:a,DNS:b', 'DNS:"a"b', 'DNS:"\0"', 'DNS:"\\x"'])
    assert.throws(() => who(broken), invalid, broken);
});

test('two URIs are refused, whatever they are (X509-SVID, section 5.2)', () => {
  const shop = 'URI:spiffe://example.org/ns/web/sa/shop';
  for (const names of [`${shop}, ${shop}`, `${shop}, URI:https://example.org`, `URI:urn:x, ${shop}`])
    assert.throws(() => who(names), invalid, names);
});

test('the form of a SPIFFE ID', () => {
  for (const id of ['spiffe://example.org/a', 'spiffe://a_b-c.d/a/b.c/_-', 'spiffe://1/...'])
    assert.ok(isSpiffeId(id), id);
  for (const id of [
    'spiffe://example.org',
    'spiffe://example.org/',
    'spiffe://example.org/a/',
    'spiffe://example.org//a',
    'spiffe://example.org/./a',
    'spiffe://example.org/a/..',
    'spiffe://Example.org/a',
    'spiffe://example.org:1/a',
    'spiffe://u@example.org/a',
    'spiffe://example.org/a?b',
    'spiffe://example.org/a#b',
    'spiffe://example.org/%61',
    'SPIFFE://example.org/a',
    `spiffe://example.org/${'a'.repeat(2048)}`,
  ])
    assert.ok(!isSpiffeId(id), id);
});

test('whatever stands in a certificate, it is a caller, nobody, or a refusal', () => {
  fc.assert(
    fc.property(fc.string(), (names) => {
      try {
        const caller = who(names);
        return caller === undefined || caller.roles[0] === 'app';
      } catch (error) {
        return (error as { code?: string }).code === 'credential_invalid';
      }
    }),
  );
});
