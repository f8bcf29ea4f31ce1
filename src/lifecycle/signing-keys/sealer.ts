import { randomBytes } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Problem } from '../../base/problem.ts';
import { unwrapWith, WrongKey, wrapWith } from '../../vault/master.ts';
import type { Masters } from '../../vault/masters.ts';
import { checkPassphrase, openUnder, sealUnder, UnderPassphrase } from '../passphrase.ts';

/** A private key as it lies on disk. */
export const Sealed = Type.Union([
  Type.Object(
    { by: Type.Literal('master'), master: Type.String(), key: Type.String(), text: Type.String() },
    { additionalProperties: false },
  ),
  Type.Object({ by: Type.Literal('passphrase'), sealed: UnderPassphrase }, { additionalProperties: false }),
]);
export type Sealed = Static<typeof Sealed>;

/** Seals private keys. */
export interface KeySealer {
  readonly by: Sealed['by'];
  /** @param about what it is: it opens as the same only */
  seal(plain: Uint8Array, about: string): Promise<Sealed>;
}

/** Under a master key of the vault: each text has a key of its own, which the master key wraps. */
export const masterSealer = (masters: Masters): KeySealer => ({
  by: 'master',
  async seal(plain, about) {
    const key = randomBytes(32);
    try {
      const wrapped = await masters.current.wrap(key, about);
      return { by: 'master', master: masters.current.name, key: wrapped, text: wrapWith(key, plain, about) };
    } finally {
      key.fill(0);
    }
  },
});

/** Throws Problem('usage') for a passphrase that is too short. */
export function passphraseSealer(passphrase: string): KeySealer {
  checkPassphrase(passphrase);
  return {
    by: 'passphrase',
    seal: async (plain, about) => ({ by: 'passphrase', sealed: sealUnder(passphrase, plain, about) }),
  };
}

/** With what sealed keys are opened: whatever there is. */
export interface Openers {
  readonly masters?: Masters | undefined;
  readonly passphrase?: string | undefined;
}

/** Throws `Problem('usage')` where what opens it is not given, or is another. */
export async function openSealed(
  sealed: Sealed,
  about: string,
  { masters, passphrase }: Openers,
): Promise<Buffer> {
  if (sealed.by === 'passphrase') {
    if (passphrase === undefined)
      throw new Problem(
        'usage',
        'the key is sealed under a passphrase',
        'Name its file with --passphrase-file.',
      );
    try {
      return openUnder(passphrase, sealed.sealed, about);
    } catch (cause) {
      throw new Problem(
        'usage',
        'the key does not open: another passphrase, or it was changed',
        'Name the file with its passphrase with --passphrase-file.',
        cause,
      );
    }
  }
  if (masters === undefined)
    throw new Problem(
      'usage',
      'the key is sealed under a master key of the vault',
      'Set vault.masters in gatehouse.yaml.',
    );
  try {
    const key = await masters.get(sealed.master).unwrap(sealed.key, about);
    try {
      return unwrapWith(key, sealed.text, about);
    } finally {
      key.fill(0);
    }
  } catch (cause) {
    if (!(cause instanceof WrongKey)) throw cause;
    throw new Problem(
      'usage',
      'the key does not open under this master key, or it was changed',
      undefined,
      cause,
    );
  }
}
