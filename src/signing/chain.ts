import type { KeyObject } from 'node:crypto';
import {
  authorityOf,
  type Certificate,
  extendedKeyUsageOf,
  KEY_USAGE,
  keyUsageOf,
  OID,
} from './certificate.ts';
import { Unverified } from './unverified.ts';

/** Signatures with which certificates may be signed. No MD5, no SHA-1. */
const SIGNATURES: ReadonlySet<string> = new Set([
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '1.2.840.113549.1.1.10',
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.3.101.112',
  '1.3.101.113',
]);

/** Extensions whose being critical is no reason to refuse: they are looked at, or bind nobody here. */
const KNOWN: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.names,
  OID.constraints,
  OID.extendedKeyUsage,
  OID.certificateTimestamps,
  '2.5.29.32',
]);

/** A chain may be built in many wrong ways, and each try costs a signature. */
const MOST_TRIES = 64;

/**
 * The way from a certificate up to one that is trusted (RFC 5280, section 6), the leaf first. Every certificate must be
 * valid at the time, those above the leaf be authorities for the purpose.
 *
 * Throws {@link Unverified} `certificate`.
 *
 * @param at milliseconds since 1970
 * @param purpose object identifier that authorities which restrict themselves must have
 */
export function verifyChain(
  leaf: Certificate,
  others: readonly Certificate[],
  trusted: readonly Certificate[],
  at: number,
  purpose: string,
): readonly [Certificate, ...Certificate[]] {
  checkValid(leaf, at, 'the certificate');
  if (trusted.some(({ raw }) => raw.equals(leaf.raw))) return [leaf];
  const reasons = new Set<string>();
  let tries = 0;

  const climb = (
    path: readonly [Certificate, ...Certificate[]],
  ): readonly [Certificate, ...Certificate[]] | undefined => {
    const last = path.at(-1) as Certificate;
    for (const [issuer, anchor] of [
      ...trusted.map((one) => [one, true] as const),
      ...others.map((one) => [one, false] as const),
    ]) {
      if (!issuer.subject.equals(last.issuer) || path.some(({ raw }) => raw.equals(issuer.raw))) continue;
      if (++tries > MOST_TRIES)
        throw new Unverified('certificate', 'there are too many ways to build the chain');
      const wrong = whyNot(issuer, last, path.length - 1, at, purpose);
      if (wrong !== undefined) {
        reasons.add(wrong);
        continue;
      }
      if (anchor) return [...path, issuer];
      const found = climb([...path, issuer]);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const path = climb([leaf]);
  if (path !== undefined) return path;
  const why = reasons.size === 0 ? 'it leads to no authority that is trusted' : [...reasons].join('; ');
  throw new Unverified('certificate', `the chain of the certificate does not hold: ${why}`);
}

function whyNot(
  issuer: Certificate,
  issued: Certificate,
  below: number,
  at: number,
  purpose: string,
): string | undefined {
  const { ca, between } = authorityOf(issuer);
  if (!ca) return 'an issuer is no authority';
  if (below > between) return 'there are more authorities between than one allows';
  const usage = keyUsageOf(issuer);
  if (usage !== undefined && !usage.has(KEY_USAGE.keyCertSign))
    return 'an authority may not issue certificates';
  const purposes = extendedKeyUsageOf(issuer);
  if (purposes !== undefined && !purposes.has(purpose) && !purposes.has(OID.anyUsage))
    return 'an authority is for another purpose';
  // Not understood is not safe: constraints on names are not checked here, so whoever has them is not used.
  if (issuer.extensions.has(OID.nameConstraints)) return 'an authority has constraints on names';
  try {
    checkValid(issuer, at, 'an authority');
  } catch (error) {
    return (error as Error).message;
  }
  if (!SIGNATURES.has(issued.signatureAlgorithm))
    return 'a certificate is signed with an algorithm that is not taken';
  if (isWeak(issuer.publicKey)) return 'an authority has an RSA key of less than 2048 bits';
  if (!issued.isSignedBy(issuer.publicKey)) return 'a certificate is not signed by its issuer';
  return undefined;
}

const isWeak = ({ asymmetricKeyDetails }: KeyObject): boolean =>
  (asymmetricKeyDetails?.modulusLength ?? Number.POSITIVE_INFINITY) < 2048;

function checkValid({ notBefore, notAfter, extensions }: Certificate, at: number, what: string): void {
  if (at < notBefore || at > notAfter)
    throw new Unverified(
      'certificate',
      `${what} is valid from ${day(notBefore)} to ${day(notAfter)}, not at ${day(at)}`,
    );
  for (const [oid, { critical }] of extensions)
    if (critical && !KNOWN.has(oid))
      throw new Unverified('certificate', `${what} has a critical extension that is not known: ${oid}`);
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 16).concat('Z');

/** Whether a certificate may sign models: KeyUsage digitalSignature or ExtendedKeyUsage codeSigning, as the format has it. */
export function checkMaySign(leaf: Certificate): void {
  const signs =
    keyUsageOf(leaf)?.has(KEY_USAGE.digitalSignature) || extendedKeyUsageOf(leaf)?.has(OID.codeSigning);
  if (signs !== true) throw new Unverified('certificate', 'the certificate is not for signing');
}
