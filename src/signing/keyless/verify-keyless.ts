import type { Bundle, Material } from '../bundle.ts';
import { type Certificate, fulcioIssuerOf, namesOf, OID, readCertificate } from '../certificate.ts';
import { checkMaySign, verifyChain } from '../chain.ts';
import { publicKeyOf, verifyWith } from '../keys.ts';
import { type Held, messageOf, wrongSignature } from '../signature.ts';
import { Unverified } from '../unverified.ts';
import { verifyCertificateTimestamps } from './certificate-timestamps.ts';
import { verifyLogEntry } from './log-entry.ts';
import { verifyTimestamp } from './timestamp.ts';
import { logOf, type TrustedRoot, wasValid } from './trusted-root.ts';

/** Whose keyless signatures are taken. */
export interface KeylessTrust {
  readonly root: TrustedRoot;
  /** The subject alternative name, exactly. */
  readonly identity: string;
  /** Who vouched for it: the issuer of OpenID Connect tokens. */
  readonly issuer: string;
}

/**
 * Sigstore's client specification: the certificate was issued by an authority that is trusted, and shown to a log of
 * certificates; the signature is in a transparency log, and was seen while the certificate, which lives some minutes, was valid.
 */
export function verifyKeyless(
  bundle: Bundle,
  material: Extract<Material, { kind: 'keyless' }>,
  { root, identity, issuer }: KeylessTrust,
): Held {
  const leaf = readCertificate(material.certificate);
  const [one, ...more] = bundle.envelope.signatures;
  if (one === undefined || more.length > 0)
    throw new Unverified('malformed', 'a keyless bundle has one signature, and this one has several');
  if (material.entries.length === 0) throw new Unverified('log', 'the signature is in no transparency log');
  const recorded = { payload: bundle.envelope.payload, signature: one.sig, certificate: leaf };
  const times = [
    ...material.entries.map((entry) => verifyLogEntry(entry, root.logs, recorded)),
    ...material.timestamps.map((response) => verifyTimestamp(response, one.sig, root.timestampAuthorities)),
  ].filter((time) => time !== undefined);
  const [time] = times;
  if (time === undefined) throw new Unverified('timestamp', 'nobody who is trusted says when it was signed');
  for (const at of times) {
    // Logs that give no times are known to have been in use by those of others.
    if (!material.entries.every(({ logId }) => logOf(root.logs, logId, at) !== undefined))
      throw new Unverified('log', 'the log was not in use when it was signed');
    const path = chainAt(leaf, root, at);
    verifyCertificateTimestamps(leaf, path, root.certificateLogs);
  }
  checkMaySign(leaf);
  const key = publicKeyOf(leaf.publicKey);
  if (!verifyWith(key, messageOf(bundle), one.sig)) throw wrongSignature(bundle, [key]);
  if (!namesOf(leaf).includes(identity) || fulcioIssuerOf(leaf) !== issuer)
    throw new Unverified(
      'signer',
      'it is signed by somebody who is not trusted, or whom another issuer vouched for',
    );
  return { who: identity, time };
}

/** The issuer of the certificate, whose chain holds at a time. */
function chainAt(leaf: Certificate, { authorities }: TrustedRoot, at: number): Certificate {
  let wrong: unknown;
  for (const authority of authorities.filter((one) => wasValid(one, at))) {
    try {
      const { chain } = authority;
      const [, issuer] = verifyChain(leaf, chain.slice(0, -1), chain.slice(-1), at, OID.codeSigning);
      if (issuer !== undefined) return issuer;
    } catch (error) {
      if (!(error instanceof Unverified)) throw error;
      wrong = error;
    }
  }
  throw wrong ?? new Unverified('certificate', 'no authority was trusted when it was signed');
}
