import type { Bundle, Material } from './bundle.ts';
import { type Certificate, fulcioIssuerOf, namesOf, OID, readCertificate } from './certificate.ts';
import { verifyCertificateTimestamps } from './certificate-timestamps.ts';
import { checkMaySign, verifyChain } from './chain.ts';
import { preAuthEncoding, preAuthEncoding02 } from './envelope.ts';
import { isPostQuantum, isRawSignature, type PublicKey, publicKeyOf, verifyWith } from './keys.ts';
import { verifyLogEntry } from './log-entry.ts';
import { MODEL_DIGESTS } from './manifest.ts';
import { readStatement, type Statement } from './statement.ts';
import { verifyTimestamp } from './timestamp.ts';
import type { TrustedRoot } from './trusted-root.ts';
import { wasValid } from './trusted-root.ts';
import { Unverified } from './unverified.ts';

/** Somebody whose signatures are taken, and how they are known. */
export type TrustedSigner = {
  /** For people: `release`. */
  readonly name: string;
  /** Keys of ML-DSA. Where there are any, one of them must have signed as well. */
  readonly postQuantum: readonly PublicKey[];
} & (
  | { readonly by: 'key'; readonly keys: readonly PublicKey[] }
  | {
      readonly by: 'certificate';
      readonly authorities: readonly Certificate[];
      /** One of these must be a subject alternative name; empty: any certificate of these authorities. */
      readonly identities: readonly string[];
      /** Certificates that have expired are taken as of the day they began, as the Python library does. */
      readonly expired: boolean;
    }
  | {
      readonly by: 'sigstore';
      readonly root: TrustedRoot;
      /** The subject alternative name, exactly. */
      readonly identity: string;
      /** Who vouched for it: the issuer of OpenID Connect tokens. */
      readonly issuer: string;
    }
);

/** A signature that holds. */
export interface Verified {
  readonly signer: string;
  readonly by: TrustedSigner['by'];
  /** The key's hint, or the identity in the certificate. */
  readonly who: string;
  readonly postQuantum: boolean;
  /** Milliseconds since 1970: when a log or an authority saw it. */
  readonly time: number | undefined;
  readonly statement: Statement;
  readonly payload: Buffer;
}

/** What was found out about the classical signature. */
interface Held {
  readonly who: string;
  readonly time?: number | undefined;
}

/**
 * Verifies a bundle by somebody who is trusted. Throws {@link Unverified}: of several reasons, that of the signer who
 * came closest.
 *
 * @param signers any of them is enough
 * @param now milliseconds since 1970
 */
export function verifyBundle(bundle: Bundle, signers: readonly TrustedSigner[], now: number): Verified {
  const { payload } = bundle.envelope;
  // Read before it is trusted, only to know of which version it is; nothing of it is acted on.
  const statement = readStatement(payload);
  const message =
    statement.predicateType === MODEL_DIGESTS
      ? [encoding(bundle), preAuthEncoding02(bundle.envelope.payloadType, payload)]
      : [encoding(bundle)];
  let closest: Unverified | undefined;
  for (const signer of signers) {
    try {
      const held = verifyAs(bundle, signer, message, now);
      const postQuantum = checkPostQuantum(bundle, signer, message);
      return {
        signer: signer.name,
        by: signer.by,
        ...held,
        time: held.time,
        postQuantum,
        statement,
        payload,
      };
    } catch (error) {
      if (!(error instanceof Unverified)) throw error;
      if (closest === undefined || closest.code === 'signer') closest = error;
    }
  }
  throw closest ?? new Unverified('signer', 'nobody is trusted: name a key, an authority or an identity');
}

const encoding = ({ envelope }: Bundle): Buffer => preAuthEncoding(envelope.payloadType, envelope.payload);

function verifyAs(bundle: Bundle, signer: TrustedSigner, messages: readonly Buffer[], now: number): Held {
  const { material } = bundle;
  if (signer.by === 'key' && material.kind === 'key')
    return verifyByKey(bundle, material, signer.keys, messages);
  if (signer.by === 'certificate' && material.kind === 'chain')
    return verifyByChain(bundle, material, signer, messages, now);
  if (signer.by === 'sigstore' && material.kind === 'keyless') return verifyKeyless(bundle, material, signer);
  const way = { key: 'a key', chain: 'a certificate', keyless: 'Sigstore, without a key' }[material.kind];
  throw new Unverified('signer', `it is signed with ${way}, and nobody who signs so is trusted`);
}

function verifyByKey(
  bundle: Bundle,
  { hint }: Extract<Material, { kind: 'key' }>,
  keys: readonly PublicKey[],
  messages: readonly Buffer[],
): Held {
  const meant = hint === undefined ? keys : keys.filter((key) => key.hint === hint);
  if (meant.length === 0) throw new Unverified('signer', 'it is signed with a key that is not trusted');
  const key = meant.find((one) => isSignedWith(bundle, one, messages));
  if (key === undefined) throw wrongSignature(bundle, meant);
  return { who: key.hint };
}

/** Whether any signature in the envelope is this key's: order and `keyid` are nothing to rely on (DSSE, protocol). */
const isSignedWith = ({ envelope }: Bundle, key: PublicKey, messages: readonly Buffer[]): boolean =>
  envelope.signatures.some(({ sig }) => messages.some((message) => verifyWith(key, message, sig)));

function wrongSignature({ envelope }: Bundle, keys: readonly PublicKey[]): Unverified {
  const raw = envelope.signatures.some(({ sig }) => keys.some((key) => isRawSignature(key, sig)));
  return new Unverified(
    'signature',
    raw
      ? 'the signature is written as r ‖ s, and bundles have it in DER'
      : 'the signature is not of this statement: one of the two was changed',
  );
}

function verifyByChain(
  bundle: Bundle,
  material: Extract<Material, { kind: 'chain' }>,
  signer: Extract<TrustedSigner, { by: 'certificate' }>,
  messages: readonly Buffer[],
  now: number,
): Held {
  const [leaf, ...others] = material.certificates.map(readCertificate);
  if (leaf === undefined) throw new Unverified('malformed', 'the certificate chain is empty');
  const at = signer.expired && now > leaf.notAfter ? leaf.notBefore : now;
  verifyChain(leaf, others, signer.authorities, at, OID.codeSigning);
  checkMaySign(leaf);
  const names = namesOf(leaf);
  const { identities } = signer;
  if (identities.length > 0 && !names.some((name) => identities.includes(name)))
    throw new Unverified('signer', 'the certificate is of somebody who is not trusted');
  const key = publicKeyOf(leaf.publicKey);
  if (!isSignedWith(bundle, key, messages)) throw wrongSignature(bundle, [key]);
  return { who: names.find((name) => identities.includes(name)) ?? names[0] ?? key.hint };
}

/**
 * Sigstore's client specification: the certificate was issued by an authority that is trusted, and shown to a log of
 * certificates; the signature is in a transparency log, and was seen while the certificate, which lives some minutes, was valid.
 */
function verifyKeyless(
  bundle: Bundle,
  material: Extract<Material, { kind: 'keyless' }>,
  { root, identity, issuer }: Extract<TrustedSigner, { by: 'sigstore' }>,
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
    const path = chainAt(leaf, root, at);
    verifyCertificateTimestamps(leaf, path, root.certificateLogs);
  }
  checkMaySign(leaf);
  const key = publicKeyOf(leaf.publicKey);
  if (!verifyWith(key, encoding(bundle), one.sig)) throw wrongSignature(bundle, [key]);
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

/** Whether there is a signature of ML-DSA that holds. Throws where this signer has such keys and there is none. */
function checkPostQuantum(
  bundle: Bundle,
  { postQuantum }: TrustedSigner,
  messages: readonly Buffer[],
): boolean {
  if (postQuantum.length === 0) return false;
  if (postQuantum.some((key) => isPostQuantum(key) && isSignedWith(bundle, key, messages))) return true;
  throw new Unverified(
    'post_quantum',
    'the signature with ML-DSA-65 that this signer makes is missing, or does not hold',
  );
}
