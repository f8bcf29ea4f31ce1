import './reflect.ts';
import { webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as never);
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const HOUR = 3_600_000;

/** A certificate with its private key, both as PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly serial: string;
  readonly fingerprint: string;
}

/** Names in a certificate, as `[kind, value]`. */
export type Name = readonly ['url' | 'dns', string];

/** A certificate authority of the test. */
export interface Authority {
  readonly cert: string;
  issue(
    names: readonly Name[],
    options?: { readonly ends?: number; readonly ca?: boolean },
  ): Promise<TestCertificate>;
  /** A revocation list with these serial numbers, PEM. */
  revoke(serials: readonly string[]): Promise<string>;
}

const pemOf = async (key: CryptoKey): Promise<string> =>
  x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');

export async function makeAuthority(name: string): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const now = Date.now();
  let serial = 1;
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `CN=${name}`,
    notBefore: new Date(now - HOUR),
    notAfter: new Date(now + 24 * HOUR),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    cert: root.toString('pem'),
    async issue(names, { ends = now + HOUR, ca = false } = {}) {
      const own = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
      const serialNumber = (++serial).toString(16).padStart(2, '0');
      const made = await x509.X509CertificateGenerator.create({
        serialNumber,
        subject: 'CN=admin',
        issuer: root.subject,
        notBefore: new Date(now - HOUR),
        notAfter: new Date(ends),
        signingAlgorithm: ALGORITHM,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new x509.BasicConstraintsExtension(ca, undefined, true),
          new x509.KeyUsagesExtension(
            x509.KeyUsageFlags.digitalSignature | (ca ? x509.KeyUsageFlags.keyCertSign : 0),
            true,
          ),
          new x509.SubjectAlternativeNameExtension(names.map(([type, value]) => ({ type, value }))),
        ],
      });
      const cert = made.toString('pem');
      return {
        cert,
        key: await pemOf(own.privateKey),
        serial: serialNumber,
        fingerprint: new X509Certificate(cert).fingerprint256,
      };
    },
    async revoke(serials) {
      const list = await x509.X509CrlGenerator.create({
        issuer: root.subject,
        thisUpdate: new Date(now - HOUR),
        nextUpdate: new Date(now + HOUR),
        signingAlgorithm: ALGORITHM,
        signingKey: keys.privateKey,
        entries: serials.map((serialNumber) => ({ serialNumber, revocationDate: new Date(now - 1000) })),
      });
      return x509.PemConverter.encode(list.rawData, 'X509 CRL');
    },
  };
}
