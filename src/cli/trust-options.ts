import type { Command } from 'commander';
import { Problem } from '../base/problem.ts';
import { publicKeysOf } from '../lifecycle/signing-keys/key-folder.ts';
import {
  authoritiesIn,
  keysIn,
  type ReadBytes,
  rootOf,
  type Trust,
  trustKeys,
} from '../signing/trust-policy.ts';
import type { TrustedSigner } from '../signing/verify.ts';
import { bytesOf } from './bytes.ts';
import type { CliIo } from './io.ts';
import type { KeyPlaceOptions } from './key-options.ts';
import { trustIn } from './trust-file.ts';

/** Options that say whose signatures are taken, and what else a model must have. */
export interface TrustOptions extends KeyPlaceOptions {
  readonly policy?: string;
  readonly key?: string[];
  readonly keyFile?: string[];
  readonly authority?: string[];
  readonly allowExpired?: boolean;
  readonly identity?: string[];
  readonly issuer?: string;
  readonly trustedRoot?: string;
  readonly requirePostQuantum?: boolean;
  readonly requireScan?: boolean;
  readonly ignoreUnsignedFiles?: boolean;
  readonly allowSymlinks?: boolean;
}

/** `--require-scan` is each verb's own. */
export const withTrust = (command: Command): Command =>
  command
    .option('--policy <FILE>', 'whose signatures are taken, and what else a model must have')
    .option('--key-file <FILE...>', 'public keys that are trusted, PEM or DER')
    .option('--key <NAME...>', 'keys that "gatehouse keys" made')
    .option(
      '-c, --config <FILE>',
      'settings, whose data folder has the keys of --key (default: gatehouse.yaml)',
    )
    .option('--keys <DIR>', 'the folder with the keys of --key')
    .option('--authority <FILE...>', 'certificates of authorities that are trusted, PEM or DER')
    .option(
      '--allow-expired',
      'take certificates of these authorities that have expired, as of the day they began',
    )
    .option('--identity <NAME...>', 'who must have signed: a name in the certificate, exactly')
    .option('--issuer <URL>', 'keyless: who vouched for the identity')
    .option('--trusted-root <FILE>', 'keyless: trusted_root.json of your Sigstore (default: the public one)')
    .option('--require-post-quantum', 'a signature with ML-DSA-65 as well')
    .option('--ignore-unsigned-files', 'take a folder with files in it that nobody signed')
    .option('--allow-symlinks', 'take links where the signer did not allow them');

/** What the options say, added to what the policy says: either may be left out, not both. */
export async function trustOf(io: CliIo, options: TrustOptions): Promise<Trust> {
  const policy = options.policy === undefined ? undefined : trustIn(io, options.policy);
  const signers = [...(policy?.signers ?? []), ...(await signersOf(io, options))];
  if (signers.length === 0)
    throw new Problem(
      'usage',
      'whose signature is taken?',
      'Name --key-file, --key, --authority, --identity with --issuer, or a --policy.',
    );
  return {
    signers,
    require: {
      postQuantum: options.requirePostQuantum === true || policy?.require.postQuantum === true,
      scan: options.requireScan === true || policy?.require.scan === true,
    },
    allow: {
      unsignedFiles: options.ignoreUnsignedFiles === true || policy?.allow.unsignedFiles === true,
      symlinks: options.allowSymlinks === true || policy?.allow.symlinks === true,
    },
  };
}

async function signersOf(io: CliIo, options: TrustOptions): Promise<TrustedSigner[]> {
  const read: ReadBytes = bytesOf(io);
  const { key, keyFile = [], authority, identity = [], issuer, trustedRoot } = options;
  const signers: TrustedSigner[] = keyFile.map((file) => trustKeys(file, keysIn(file, read)));
  if (key !== undefined) {
    // Loaded where it is used: it has all of the gateway behind it.
    const { openKeyPlace } = await import('./key-place.ts');
    await using place = await openKeyPlace(io, options);
    for (const name of key) {
      const versions = publicKeysOf(await place.folder.find(name));
      if (versions.length === 0)
        throw new Problem(
          'findings',
          `the signing key “${name}” was revoked: nothing that it signed is taken`,
        );
      signers.push(...versions.map((keys) => trustKeys(name, keys)));
    }
  }
  if (authority !== undefined)
    signers.push({
      name: authority.join(', '),
      by: 'certificate',
      authorities: authority.flatMap((file) => authoritiesIn(file, read)),
      identities: identity,
      expired: options.allowExpired === true,
      postQuantum: [],
    });
  if (issuer !== undefined && identity.length === 0)
    throw new Problem('usage', 'an issuer vouches for many', 'Name who must have signed with --identity.');
  if (issuer !== undefined)
    for (const one of identity)
      signers.push({
        name: one,
        by: 'sigstore',
        root: rootOf(trustedRoot, read),
        identity: one,
        issuer,
        postQuantum: [],
      });
  if (identity.length > 0 && authority === undefined && issuer === undefined)
    throw new Problem(
      'usage',
      'who vouches for the identity?',
      'Name --issuer for keyless signatures, or an --authority.',
    );
  return signers;
}
