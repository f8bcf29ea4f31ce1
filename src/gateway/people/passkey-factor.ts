import { createHash } from 'node:crypto';
import { type Passkey, readPasskey } from '../../factors/passkey.ts';
import type { Passage } from '../passage.ts';

/** The id of a passkey as a factor: made of the credential's, so that one credential is one person's, and is found by it. */
export const factorOf = (credential: string): string =>
  `fac_${createHash('sha256').update(credential).digest('hex').slice(0, 18)}`;

export const passkeysOf = ({ gate }: Passage, { id }: { readonly id: string }): Passkey[] =>
  gate.store.factors.of(id, 'passkey').map(({ held }) => readPasskey(held));
