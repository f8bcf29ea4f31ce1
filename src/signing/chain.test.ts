import assert from 'node:assert/strict';
import type { KeyObject } from 'node:crypto';
import { suite, test } from 'node:test';
import { readBundle } from './bundle.ts';
import { namesOf, readCertificate } from './certificate.ts';
import { certificatesIn, publicKeyOf } from './keys.ts';
import { signStatement } from './sign.ts';
import {
  type CertificateMade,
  CODE_SIGNING,
  EXTENSION,
  ISSUES,
  makeCertificate,
  newKey,
  pemOf,
  SIGNS,
  statementOn,
} from './testing.ts';
import { Unverified, type UnverifiedCode } from './unverified.ts';
import { type TrustedSigner, verifyBundle } from './verify.ts';

const NOW = Date.parse('2026-06-01T00:00:00Z');
const DAY = 86_400_000;
const payload = statementOn({ 'weights.bin': 'x' });

const rootKey = newKey('secp384r1');
const middleKey = newKey();
const leafKey = newKey('secp384r1');
const years = { from: NOW - 400 * DAY, to: NOW + 4000 * DAY };
const authority = [EXTENSION.authority(), EXTENSION.usage(ISSUES)];

const root = (more: Partial<CertificateMade> = {}): Buffer =>
  makeCertificate({
    ...years,
    subject: 'root',
    key: rootKey,
    issuer: 'root',
    issuerKey: rootKey,
    extensions: authority,
    ...more,
  });
const middle = (more: Partial<CertificateMade> = {}): Buffer =>
  makeCertificate({
    ...years,
    subject: 'middle',
    key: middleKey,
    issuer: 'root',
    issuerKey: rootKey,
    extensions: authority,
    ...more,
  });
const leaf = (more: Partial<CertificateMade> = {}): Buffer =>
  makeCertificate({
    ...years,
    subject: 'leaf',
    key: leafKey,
    issuer: 'middle',
    issuerKey: middleKey,
    extensions: [EXTENSION.usage(SIGNS), EXTENSION.email('build@example.com')],
    ...more,
  });

const trust = (
  authorities: readonly Buffer[],
  more: Partial<Extract<TrustedSigner, { by: 'certificate' }>> = {},
): TrustedSigner => ({
  name: 'corp',
  by: 'certificate',
  authorities: authorities.map(readCertificate),
  identities: [],
  expired: false,
  postQuantum: [],
  ...more,
});

function verified(chain: readonly Buffer[], signer = trust([root()]), now = NOW, key: KeyObject = leafKey) {
  const bundle = signStatement(payload, { key, postQuantum: undefined, certificates: chain });
  return verifyBundle(readBundle(Buffer.from(bundle)), [signer], now);
}

const refuses = (code: UnverifiedCode, pattern: RegExp, act: () => unknown) =>
  assert.throws(act, (error: unknown) => {
    assert.ok(error instanceof Unverified, String(error));
    assert.match(error.message, pattern);
    assert.equal(error.code, code);
    return true;
  });

suite('with a certificate', () => {
  test('a chain up to an authority that is trusted, named by what stands in it', () => {
    assert.equal(verified([leaf(), middle()]).who, 'build@example.com');
    assert.equal(verified([leaf(), middle(), root()]).by, 'certificate');
    // An authority in the middle may be the one that is trusted.
    assert.ok(verified([leaf()], trust([middle()])));
    const pinned = leaf();
    assert.ok(verified([pinned], trust([pinned])));
  });

  test('a leaf that is an authority, of the same name as its issuer, as in a published vector', () => {
    const twin = leaf({
      subject: 'middle',
      extensions: [EXTENSION.authority(), EXTENSION.usage(SIGNS), EXTENSION.purpose(CODE_SIGNING)],
    });
    assert.ok(verified([twin, middle()]));
  });

  test('who may sign is in the names, and only there', () => {
    assert.ok(verified([leaf(), middle()], trust([root()], { identities: ['build@example.com'] })));
    refuses('signer', /not trusted/, () =>
      verified([leaf(), middle()], trust([root()], { identities: ['leaf'] })),
    );
    const two = leaf({ extensions: [EXTENSION.usage(SIGNS), EXTENSION.email('a@x.test', 'b@x.test')] });
    assert.equal(verified([two, middle()], trust([root()], { identities: ['b@x.test'] })).who, 'b@x.test');
    // One name that would be two where names are joined by commas.
    const joined = leaf({
      extensions: [EXTENSION.usage(SIGNS), EXTENSION.email('a@x.test, email:b@x.test')],
    });
    assert.deepEqual(namesOf(readCertificate(joined)), ['a@x.test, email:b@x.test']);
    refuses('signer', /not trusted/, () =>
      verified([joined, middle()], trust([root()], { identities: ['b@x.test'] })),
    );
  });

  test('no way to an authority that is trusted', () => {
    refuses('certificate', /no authority/, () => verified([leaf()]));
    refuses('certificate', /no authority/, () => verified([leaf(), middle()], trust([])));
    const other = newKey();
    const impostor = root({ key: other, issuerKey: other });
    refuses('certificate', /not signed by its issuer/, () => verified([leaf(), middle()], trust([impostor])));
    refuses('certificate', /not signed by its issuer/, () =>
      verified([leaf({ issuerKey: newKey() }), middle()]),
    );
  });

  test('times: expired is refused, unless policy takes it as of the day it began', () => {
    const old = leaf({ from: NOW - 30 * DAY, to: NOW - DAY });
    refuses('certificate', /valid from/, () => verified([old, middle()]));
    assert.ok(verified([old, middle()], trust([root()], { expired: true })));
    refuses('certificate', /valid from/, () =>
      verified([leaf({ from: NOW + DAY }), middle()], trust([root()], { expired: true })),
    );
    refuses('certificate', /authority is valid/, () => verified([leaf(), middle({ to: NOW - DAY })]));
    refuses('certificate', /authority is valid/, () =>
      verified([leaf(), middle()], trust([root({ to: NOW - DAY })])),
    );
  });

  test('what is no authority issues nothing', () => {
    const plain = middle({ extensions: [EXTENSION.usage(ISSUES)] });
    refuses('certificate', /no authority/, () => verified([leaf(), plain]));
    const mute = middle({ extensions: [EXTENSION.authority(), EXTENSION.usage(SIGNS)] });
    refuses('certificate', /may not issue/, () => verified([leaf(), mute]));
    const web = middle({ extensions: [...authority, EXTENSION.purpose('1.3.6.1.5.5.7.3.1')] });
    refuses('certificate', /another purpose/, () => verified([leaf(), web]));
    const short = root({ extensions: [EXTENSION.authority(0), EXTENSION.usage(ISSUES)] });
    refuses('certificate', /more authorities between/, () => verified([leaf(), middle()], trust([short])));
  });

  test('a certificate that is not for signing', () => {
    const quiet = leaf({ extensions: [EXTENSION.usage(0b0010_0000)] });
    assert.throws(() => verified([quiet, middle()]), /not for signing/);
    assert.ok(
      verified([
        leaf({ extensions: [EXTENSION.usage(0b0010_0000), EXTENSION.purpose(CODE_SIGNING)] }),
        middle(),
      ]),
    );
  });

  test('extensions that are critical and unknown, there twice, or constrain names', () => {
    const odd = { id: '1.2.3.4', critical: true, value: Buffer.from([5, 0]) };
    refuses('certificate', /critical extension/, () =>
      verified([leaf({ extensions: [EXTENSION.usage(SIGNS), odd] }), middle()]),
    );
    assert.ok(
      verified([leaf({ extensions: [EXTENSION.usage(SIGNS), { ...odd, critical: false }] }), middle()]),
    );
    const twice = leaf({ extensions: [EXTENSION.usage(SIGNS), EXTENSION.usage(SIGNS)] });
    assert.throws(() => readCertificate(twice), /an extension twice|cannot be read/);
    const constrained = middle({
      extensions: [...authority, { id: '2.5.29.30', value: Buffer.from([0x30, 0]) }],
    });
    refuses('certificate', /constraints on names/, () => verified([leaf(), constrained]));
  });

  test('the key is the certificate’s', () => {
    assert.throws(
      () => verified([leaf(), middle()], trust([root()]), NOW, newKey('secp384r1')),
      /another key/,
    );
  });

  test('very many ways up are not all tried', () => {
    const twins = Array.from({ length: 9 }, () => middle({ issuer: 'middle', issuerKey: middleKey }));
    refuses('certificate', /too many ways|no authority/, () => verified([leaf(), ...twins]));
  });

  test('chains are read from PEM in their order', () => {
    const chain = [leaf(), middle(), root()];
    assert.deepEqual(certificatesIn(Buffer.from(chain.map(pemOf).join('\n'))), chain);
    const [, , last = Buffer.alloc(0)] = chain;
    assert.deepEqual(certificatesIn(last), [last]);
    assert.equal(publicKeyOf(readCertificate(chain[0] as Buffer).publicKey).algorithm, 'ecdsa-p384');
  });
});
