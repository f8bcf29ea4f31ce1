import type { Bundle } from './bundle.ts';
import { preAuthEncoding, preAuthEncoding02 } from './envelope.ts';
import { isRawSignature, isSignature, type PublicKey, verifyWith } from './keys.ts';
import { MODEL_DIGESTS } from './manifest.ts';
import { Unverified } from './unverified.ts';

/** What was found out about the classical signature. */
export interface Held {
  readonly who: string;
  readonly time?: number | undefined;
}

/** Bytes that may have been signed, and with which hash: absent for the one that goes with the key. */
export interface Message {
  readonly bytes: Buffer;
  readonly hash?: 'sha256';
}

/** What is signed in a bundle. */
export const messageOf = ({ envelope }: Bundle): Buffer =>
  preAuthEncoding(envelope.payloadType, envelope.payload);

/** The same, and for statements of model_signing 0.2 what it signed by mistake, whatever the curve with SHA-256. */
export function messagesOf(bundle: Bundle, predicateType: string): readonly Message[] {
  const { payload, payloadType } = bundle.envelope;
  const message = { bytes: messageOf(bundle) };
  if (predicateType !== MODEL_DIGESTS) return [message];
  return [message, { bytes: preAuthEncoding02(payloadType, payload), hash: 'sha256' }];
}

/** Whether any signature in the envelope is this key's: order and `keyid` are nothing to rely on (DSSE, protocol). */
export const isSignedWith = ({ envelope }: Bundle, key: PublicKey, messages: readonly Message[]): boolean =>
  envelope.signatures.some(({ sig }) =>
    messages.some(({ bytes, hash }) =>
      hash === undefined ? verifyWith(key, bytes, sig) : isSignature(hash, bytes, key.key, sig),
    ),
  );

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
