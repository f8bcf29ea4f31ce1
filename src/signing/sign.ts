import type { KeyObject } from 'node:crypto';
import { type Bundle, writeBundle } from './bundle.ts';
import { readCertificate } from './certificate.ts';
import { checkMaySign } from './chain.ts';
import { IN_TOTO, preAuthEncoding } from './envelope.ts';
import { isPostQuantum, publicKeyOf, signWith } from './keys.ts';
import { Unverified } from './unverified.ts';

/** With what is signed. */
export interface Signing {
  /** P-256, P-384 or P-521. */
  readonly key: KeyObject;
  /** ML-DSA-65, for a second signature over the same bytes that other verifiers pass over. */
  readonly postQuantum: KeyObject | undefined;
  /** DER, the one of the key first; undefined where verifiers know the key itself. */
  readonly certificates: readonly Buffer[] | undefined;
}

/**
 * Signs a statement. The classical signature comes first: other verifiers look at the first one only.
 *
 * Throws {@link Unverified} `unsupported` for a key of another kind, `certificate` for one of another key.
 */
export function signStatement(payload: Buffer, { key, postQuantum, certificates }: Signing): string {
  const classical = publicKeyOf(key);
  if (isPostQuantum(classical))
    throw new Unverified(
      'unsupported',
      'an ML-DSA key alone: other verifiers need one of P-256, P-384 or P-521 first',
    );
  const message = preAuthEncoding(IN_TOTO, payload);
  const signatures = [{ sig: signWith(key, message), keyid: '' }];
  if (postQuantum !== undefined) {
    const about = publicKeyOf(postQuantum);
    if (!isPostQuantum(about)) throw new Unverified('unsupported', 'the second key is not one of ML-DSA-65');
    signatures.push({ sig: signWith(postQuantum, message), keyid: about.hint });
  }
  const bundle: Bundle = {
    material:
      certificates === undefined
        ? { kind: 'key', hint: classical.hint }
        : { kind: 'chain', certificates: checked(certificates, classical.hint) },
    envelope: { payload, payloadType: IN_TOTO, signatures },
  };
  return writeBundle(bundle);
}

/**
 * Makes sure that something can be signed so, before anybody works for it. Throws {@link Unverified} as
 * {@link signStatement} does.
 */
export function checkSigning(signing: Signing): void {
  signStatement(Buffer.from('{}'), signing);
}

function checked(certificates: readonly Buffer[], hint: string): readonly Buffer[] {
  const [leaf] = certificates.map(readCertificate);
  if (leaf === undefined) throw new Unverified('certificate', 'there is no certificate');
  if (publicKeyOf(leaf.publicKey).hint !== hint)
    throw new Unverified('certificate', 'the first certificate is of another key than the one that signs');
  checkMaySign(leaf);
  return certificates;
}
