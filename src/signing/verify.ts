import type { Bundle, Material } from './bundle.ts';
import { type Certificate, namesOf, OID, readCertificate } from './certificate.ts';
import { checkMaySign, verifyChain } from './chain.ts';
import { type KeylessTrust, verifyKeyless } from './keyless/verify-keyless.ts';
import { isPostQuantum, type PublicKey, publicKeyOf } from './keys.ts';
import { type Held, isSignedWith, type Message, messagesOf, wrongSignature } from './signature.ts';
import { readStatement, type Statement } from './statement.ts';
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
  | ({ readonly by: 'sigstore' } & KeylessTrust)
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
  const messages = messagesOf(bundle, statement.predicateType);
  let closest: Unverified | undefined;
  for (const signer of signers) {
    try {
      const held = verifyAs(bundle, signer, messages, now);
      const postQuantum = checkPostQuantum(bundle, signer, messages);
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

function verifyAs(bundle: Bundle, signer: TrustedSigner, messages: readonly Message[], now: number): Held {
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
  messages: readonly Message[],
): Held {
  const meant = hint === undefined ? keys : keys.filter((key) => key.hint === hint);
  if (meant.length === 0) throw new Unverified('signer', 'it is signed with a key that is not trusted');
  const key = meant.find((one) => isSignedWith(bundle, one, messages));
  if (key === undefined) throw wrongSignature(bundle, meant);
  return { who: key.hint };
}

function verifyByChain(
  bundle: Bundle,
  material: Extract<Material, { kind: 'chain' }>,
  signer: Extract<TrustedSigner, { by: 'certificate' }>,
  messages: readonly Message[],
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

/** Whether there is a signature of ML-DSA that holds. Throws where this signer has such keys and there is none. */
function checkPostQuantum(
  bundle: Bundle,
  { postQuantum }: TrustedSigner,
  messages: readonly Message[],
): boolean {
  if (postQuantum.length === 0) return false;
  if (postQuantum.some((key) => isPostQuantum(key) && isSignedWith(bundle, key, messages))) return true;
  throw new Unverified(
    'post_quantum',
    'the signature with ML-DSA-65 that this signer makes is missing, or does not hold',
  );
}
