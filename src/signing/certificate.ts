import { type KeyObject, X509Certificate } from 'node:crypto';
import { context, type Der, expect, inside, oidOf, readDer, TAG, timeOf } from './der.ts';
import { Unverified } from './unverified.ts';

/** A certificate, taken apart: node:crypto checks signatures, and all else is read here. */
export interface Certificate {
  readonly raw: Buffer;
  /** What is signed of it, element by element. */
  readonly tbs: Der;
  /** DER of the names, to be compared byte by byte. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly serial: Buffer;
  /** DER of the SubjectPublicKeyInfo. */
  readonly spki: Buffer;
  readonly publicKey: KeyObject;
  readonly signatureAlgorithm: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: ReadonlyMap<string, Extension>;
  isSignedBy(key: KeyObject): boolean;
}

export interface Extension {
  readonly critical: boolean;
  readonly value: Uint8Array;
}

export const OID = {
  keyUsage: '2.5.29.15',
  names: '2.5.29.17',
  constraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  extendedKeyUsage: '2.5.29.37',
  anyUsage: '2.5.29.37.0',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  certificateTimestamps: '1.3.6.1.4.1.11129.2.4.2',
  fulcioIssuer1: '1.3.6.1.4.1.57264.1.1',
  fulcioIssuer2: '1.3.6.1.4.1.57264.1.8',
  fulcioName: '1.3.6.1.4.1.57264.1.7',
} as const;

/** Throws {@link Unverified} `malformed`. */
export function readCertificate(der: Uint8Array): Certificate {
  const [tbs, algorithm] = inside(readDer(der), TAG.sequence);
  const parts = inside(expect(tbs, TAG.sequence), TAG.sequence);
  // Version 3 only: nothing else has extensions, and so says what it may be used for.
  if (parts[0]?.tag !== context(0)) throw new Unverified('malformed', 'a certificate of an old version');
  const [, serial, , issuer, validity, subject, spki] = parts;
  const [from, to] = inside(expect(validity, TAG.sequence));
  let x509: X509Certificate;
  let publicKey: KeyObject;
  try {
    x509 = new X509Certificate(der);
    ({ publicKey } = x509);
  } catch (error) {
    throw new Unverified('malformed', 'a certificate that cannot be read', error);
  }
  return {
    raw: Buffer.from(der),
    tbs: expect(tbs, TAG.sequence),
    issuer: Buffer.from(expect(issuer, TAG.sequence).whole),
    subject: Buffer.from(expect(subject, TAG.sequence).whole),
    serial: Buffer.from(expect(serial, TAG.integer).content),
    spki: Buffer.from(expect(spki, TAG.sequence).whole),
    publicKey,
    signatureAlgorithm: oidOf(inside(expect(algorithm, TAG.sequence))[0]),
    notBefore: timeOf(from),
    notAfter: timeOf(to),
    extensions: readExtensions(parts.at(-1)),
    isSignedBy(key) {
      try {
        return x509.verify(key);
      } catch {
        // A key of a kind that signs no certificates.
        return false;
      }
    },
  };
}

function readExtensions(last: Der | undefined): Map<string, Extension> {
  const found = new Map<string, Extension>();
  if (last?.tag !== context(3)) return found;
  for (const one of inside(inside(last)[0] as Der, TAG.sequence)) {
    const [oid, ...rest] = inside(one, TAG.sequence);
    const flag = rest.length > 1 ? expect(rest[0], TAG.boolean) : undefined;
    const name = oidOf(oid);
    // RFC 5280, section 4.2.
    if (found.has(name)) throw new Unverified('malformed', 'a certificate with an extension twice');
    found.set(name, {
      critical: flag !== undefined && flag.content[0] !== 0,
      value: expect(rest.at(-1), TAG.octets).content,
    });
  }
  return found;
}

/** Whether it may issue others, and how many may stand between. */
export function authorityOf({ extensions }: Certificate): { ca: boolean; between: number } {
  const value = extensions.get(OID.constraints)?.value;
  if (value === undefined) return { ca: false, between: 0 };
  const parts = inside(readDer(value), TAG.sequence);
  const ca = parts[0]?.tag === TAG.boolean && parts[0].content[0] !== 0;
  const limit = parts.find(({ tag }) => tag === TAG.integer);
  const between =
    limit === undefined ? Number.POSITIVE_INFINITY : limit.content.reduce((n, b) => n * 256 + b, 0);
  return { ca, between };
}

/** Bits of KeyUsage (RFC 5280, section 4.2.1.3), the first at 0; undefined where it says nothing. */
export function keyUsageOf({ extensions }: Certificate): ReadonlySet<number> | undefined {
  const value = extensions.get(OID.keyUsage)?.value;
  if (value === undefined) return undefined;
  const bits = expect(readDer(value), TAG.bits).content.subarray(1);
  return new Set(
    Array.from({ length: bits.length * 8 }, (_, i) => i).filter(
      (i) => (((bits[i >> 3] ?? 0) >> (7 - (i & 7))) & 1) === 1,
    ),
  );
}

export const KEY_USAGE = { digitalSignature: 0, keyCertSign: 5 } as const;

/** Object identifiers of ExtendedKeyUsage; undefined where it says nothing. */
export function extendedKeyUsageOf({ extensions }: Certificate): ReadonlySet<string> | undefined {
  const value = extensions.get(OID.extendedKeyUsage)?.value;
  return value && new Set(inside(readDer(value), TAG.sequence).map(oidOf));
}

/** E-mail address, DNS name, URI, or what Fulcio has for user names: each as a text of its own, so no text can pretend to be two. */
const NAME_TAGS: ReadonlySet<number> = new Set([0x81, 0x82, 0x86]);

/** Subject alternative names. The common name is never looked at (RFC 9525, section 2). */
export function namesOf({ extensions }: Certificate): string[] {
  const value = extensions.get(OID.names)?.value;
  if (value === undefined) return [];
  return inside(readDer(value), TAG.sequence).flatMap((name) => {
    if (NAME_TAGS.has(name.tag)) return [Buffer.from(name.content).toString('latin1')];
    if (name.tag !== context(0)) return [];
    const [type, holder] = inside(name);
    if (oidOf(type) !== OID.fulcioName || holder?.tag !== context(0)) return [];
    return [Buffer.from(expect(inside(holder)[0], TAG.utf8).content).toString('utf8')];
  });
}

/** Who vouched for the identity in a certificate of Fulcio's: the issuer of the token. */
export function fulcioIssuerOf({ extensions }: Certificate): string | undefined {
  const newer = extensions.get(OID.fulcioIssuer2)?.value;
  if (newer !== undefined) return Buffer.from(expect(readDer(newer), TAG.utf8).content).toString('utf8');
  const older = extensions.get(OID.fulcioIssuer1)?.value;
  return older && Buffer.from(older).toString('utf8');
}
