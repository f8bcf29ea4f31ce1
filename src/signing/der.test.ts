import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { readBundle } from './bundle.ts';
import { readCertificate } from './certificate.ts';
import { inside, oidOf, readDer, smallIntegerOf, TAG, timeOf, writeDer } from './der.ts';
import { FakeSigstore } from './keyless/testing.ts';
import { verifyTimestamp } from './keyless/timestamp.ts';
import { readTrustedRoot } from './keyless/trusted-root.ts';
import { oid, statementOn } from './testing.ts';
import { Unverified } from './unverified.ts';
import { verifyBundle } from './verify.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

suite('DER', () => {
  test('what is written is read', () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
      const { tag, content, whole } = readDer(writeDer(TAG.octets, Buffer.alloc(length, 7)));
      assert.deepEqual([tag, content.length], [TAG.octets, length]);
      assert.equal(whole.length > content.length, true);
    }
    for (const text of [
      '1.2.840.10045.4.3.2',
      '2.5.29.17',
      '1.3.6.1.4.1.57264.1.8',
      '2.16.840.1.101.3.4.2.1',
      '0.9',
    ])
      assert.equal(oidOf(readDer(oid(text))), text);
  });

  test('other spellings of the same are refused', () => {
    for (const bytes of [
      '',
      '30',
      '3080',
      '308000000000',
      '30810100',
      '3082000100',
      '3f',
      '1f0100',
      '300100ff',
      '3002',
      '30850000000001',
    ])
      assert.throws(() => readDer(hex(bytes)), Unverified, bytes);
    assert.throws(() => inside(readDer(hex('30020405'))), /breaks off/);
    assert.throws(() => oidOf(readDer(hex('06028001'))), Unverified);
    assert.throws(() => oidOf(readDer(hex('060180'))), Unverified);
    assert.throws(() => smallIntegerOf(readDer(hex('0201ff'))), Unverified);
  });

  test('times', () => {
    const at = (tag: number, text: string) => timeOf(readDer(writeDer(tag, Buffer.from(text))));
    assert.equal(at(TAG.utcTime, '250408065943Z'), Date.parse('2025-04-08T06:59:43Z'));
    assert.equal(at(TAG.utcTime, '500101000000Z'), Date.parse('1950-01-01T00:00:00Z'));
    assert.equal(at(TAG.generalizedTime, '20251010021220Z'), Date.parse('2025-10-10T02:12:20Z'));
    assert.equal(at(TAG.generalizedTime, '20251010021220.5Z'), Date.parse('2025-10-10T02:12:20.5Z'));
    for (const text of ['2504080659Z', '250408065943+0100', '259908065943Z', ''])
      assert.throws(() => at(TAG.utcTime, text), Unverified, text);
  });
});

/** Whatever bytes come: an answer, or `Unverified`. */
function taken(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof Unverified, String((error as Error).stack));
  }
}

test('certificates, timestamps and bundles with any byte changed are refused, and never crash', () => {
  const sigstore = new FakeSigstore();
  const root = readTrustedRoot(sigstore.trustedRoot);
  const bytes = sigstore.sign(statementOn({ a: 'b' }));
  const { material } = readBundle(bytes);
  assert.ok(material.kind === 'keyless');
  const [stamp = Buffer.alloc(0)] = material.timestamps;
  const edit = fc.record({ at: fc.nat(), to: fc.nat(255), cut: fc.boolean() });
  const edited = (whole: Uint8Array, { at, to, cut }: { at: number; to: number; cut: boolean }) => {
    const copy = Buffer.from(whole);
    copy[at % copy.length] = to;
    return cut ? copy.subarray(0, at % copy.length) : copy;
  };
  const signers = [
    {
      name: 'me',
      by: 'sigstore',
      root,
      identity: 'me@example.com',
      issuer: 'https://issuer.test',
      postQuantum: [],
    } as const,
  ];
  fc.assert(
    fc.property(edit, (one) => {
      taken(() => readCertificate(edited(material.certificate, one)));
      taken(() => verifyTimestamp(edited(stamp, one), Buffer.from('x'), root.timestampAuthorities));
      taken(() => verifyBundle(readBundle(edited(bytes, one)), signers, 0));
    }),
    { numRuns: 400 },
  );
});
