import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { Problem } from '../base/problem.ts';
import { FakeSigstore } from './keyless/testing.ts';
import { EXTENSION, ISSUES, makeCertificate, newKey, publicPem } from './testing.ts';
import { parseTrust } from './trust-policy.ts';

const key = newKey();
const root = makeCertificate({
  subject: 'root',
  key,
  issuer: 'root',
  issuerKey: key,
  from: 0,
  to: 1e12,
  extensions: [EXTENSION.authority(), EXTENSION.usage(ISSUES)],
});
const FILES: Readonly<Record<string, Buffer>> = {
  'release.pub': Buffer.concat([publicPem(key), publicPem(generateKeyPairSync('ml-dsa-65').privateKey)]),
  'old.pub': publicPem(newKey('secp521r1')),
  'root.crt': root,
  'root.json': new FakeSigstore().trustedRoot,
  'bad.pub': Buffer.from('hello'),
};
const parse = (text: string) =>
  parseTrust(text, 'trust.yaml', (path) => {
    const bytes = FILES[path];
    if (bytes === undefined) throw new Problem('environment', `cannot read ${path}`);
    return bytes;
  });

test('a policy names signers by keys, authorities and identities', () => {
  const { signers, require, allow } = parse(`
version: 1
signers:
  - { name: release, keys: [release.pub, old.pub] }
  - { name: corp, authorities: [root.crt], identities: [build@example.com] }
  - { name: ci, identity: me@example.com, issuer: https://issuer.test }
  - { name: own, identity: me@example.com, issuer: https://issuer.test, trusted_root: root.json }
require: { post_quantum: true, scan: true }
`);
  assert.deepEqual(
    signers.map(({ name, by, postQuantum }) => [name, by, postQuantum.length]),
    [
      ['release', 'key', 1],
      ['corp', 'certificate', 0],
      ['ci', 'sigstore', 0],
      ['own', 'sigstore', 0],
    ],
  );
  const [release, corp, ci, own] = signers;
  assert.equal(release?.by === 'key' && release.keys.length, 2);
  assert.equal(corp?.by === 'certificate' && corp.expired, false);
  assert.equal(ci?.by === 'sigstore' && ci.root.logs[0]?.host, 'rekor.sigstore.dev');
  assert.equal(own?.by === 'sigstore' && own.root.logs[0]?.host, 'rekor.test');
  assert.deepEqual(require, { postQuantum: true, scan: true });
  assert.deepEqual(allow, { unsignedFiles: false, symlinks: false });
});

test('what is not understood is an error that says where', () => {
  for (const [text, pattern] of [
    ['version: 1\nsigners: []', /signers/],
    ['version: 2\nsigners: [{ name: a, keys: [old.pub] }]', /version/],
    ['version: 1\nsigners: [{ name: a, key: [old.pub] }]', /signers\[0\]/],
    ['version: 1\nsigners: [{ name: a, identity: x }]', /signers\[0\]/],
    ['version: 1\nsigners: [{ name: a, keys: [old.pub] }]\nrequire: { scans: true }', /scans/],
    ['version: 1\nsigners: [{ name: a, keys: [none.pub] }]', /cannot read none.pub/],
    ['version: 1\nsigners: [{ name: a, keys: [bad.pub] }]', /bad.pub: it holds no public key/],
    ['version: 1\nsigners: [{ name: a, authorities: [bad.pub] }]', /bad.pub: /],
    [
      'version: 1\nsigners: [{ name: a, identity: x, issuer: y, trusted_root: old.pub }]',
      /old.pub: the trusted root/,
    ],
  ] as const)
    assert.throws(() => parse(text), pattern, text);
});
