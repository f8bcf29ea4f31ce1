import type { Bundle } from './bundle.ts';
import { preAuthEncoding } from './envelope.ts';
import { isRawSignature, type PublicKey, verifyWith } from './keys.ts';
import { Unverified } from './unverified.ts';

/** What was found out about the classical signature. */
export interface Held {
  readonly who: string;
  readonly time?: number | undefined;
}

/** What is signed in a bundle. */
export const messageOf = ({ envelope }: Bundle): Buffer =>
  preAuthEncoding(envelope.payloadType, envelope.payload);

/** Whether any signature in the envelope is this key's: order and `keyid` are nothing to rely on (DSSE, protocol). */
export const isSignedWith = ({ envelope }: Bundle, key: PublicKey, messages: readonly Buffer[]): boolean =>
  envelope.signatures.some(({ sig }) => messages.some((message) => verifyWith(key, message, sig)));

/** Why none of these keys has signed it. */
export function wrongSignature({ envelope }: Bundle, keys: readonly PublicKey[]): Unverified {
  const raw = envelope.signatures.some(({ sig }) => keys.some((key) => isRawSignature(key, sig)));
  return new Unverified(
    'signature',
    raw
      ? 'the signature is written as r ‖ s, and bundles have it in DER'
      : 'the signature is not of this statement: one of the two was changed',
  );
}
