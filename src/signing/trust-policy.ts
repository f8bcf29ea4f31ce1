import Type, { type Static } from 'typebox';
import { SourceDocument } from '../base/document.ts';
import { Problem } from '../base/problem.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { PUBLIC_TRUSTED_ROOT } from './keyless/trusted-root.data.ts';
import { readTrustedRoot, type TrustedRoot } from './keyless/trusted-root.ts';
import { certificatesIn, isPostQuantum, type PublicKey, readPublicKeys } from './keys.ts';
import { Unverified } from './unverified.ts';
import type { TrustedSigner } from './verify.ts';

/** Whose signatures on models are taken, and what a model must have besides one. */
export interface Trust {
  readonly signers: readonly TrustedSigner[];
  readonly require: {
    /** A signature with ML-DSA-65, whoever signed. */
    readonly postQuantum: boolean;
    /** The signed result of a scan, and that it is clean. */
    readonly scan: boolean;
  };
  readonly allow: {
    /** Files in the folder that nobody signed. They are listed all the same. */
    readonly unsignedFiles: boolean;
    /** Links, where the signer did not allow them. */
    readonly symlinks: boolean;
  };
}

const strict = { additionalProperties: false };
const files = (description: string) =>
  Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description });
const Name = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  description: 'letters, digits, “.”, “_”, “-”',
});
const postQuantum = Type.Optional(
  files('files with public keys of ML-DSA-65, one of which must have signed as well'),
);

const Signer = Type.Union(
  [
    Type.Object(
      { name: Name, keys: files('files with public keys: PEM or DER'), post_quantum: postQuantum },
      strict,
    ),
    Type.Object(
      {
        name: Name,
        authorities: files('files with certificates of authorities: PEM or DER'),
        identities: Type.Optional(
          Type.Array(Type.String({ minLength: 1 }), {
            description:
              'subject alternative names, exactly; without them anybody with a certificate of theirs',
          }),
        ),
        expired: Type.Optional(
          Type.Boolean({ description: 'take certificates that have expired, as of the day they began' }),
        ),
        post_quantum: postQuantum,
      },
      strict,
    ),
    Type.Object(
      {
        name: Name,
        identity: Type.String({
          minLength: 1,
          description: 'subject alternative name of the certificate, exactly',
        }),
        issuer: Type.String({ minLength: 1, description: 'who vouched for it: the issuer of the token' }),
        trusted_root: Type.Optional(
          Type.String({
            minLength: 1,
            description: 'trusted_root.json of your own Sigstore (default: the public one)',
          }),
        ),
      },
      strict,
    ),
  ],
  { description: 'A signer has “keys”, or “authorities”, or “identity” and “issuer”.' },
);

export const trustSchema = Type.Object(
  {
    version: Type.Literal(1),
    signers: Type.Array(Signer, {
      minItems: 1,
      description: 'whose signatures are taken; any one is enough',
    }),
    require: Type.Optional(
      Type.Object(
        {
          post_quantum: Type.Optional(Type.Boolean({ description: 'a signature with ML-DSA-65 as well' })),
          scan: Type.Optional(
            Type.Boolean({ description: 'the signed result of a scan that found nothing' }),
          ),
        },
        strict,
      ),
    ),
    allow: Type.Optional(
      Type.Object(
        {
          unsigned_files: Type.Optional(
            Type.Boolean({ description: 'files in the folder that nobody signed' }),
          ),
          symlinks: Type.Optional(
            Type.Boolean({ description: 'links, where the signer did not allow them' }),
          ),
        },
        strict,
      ),
    ),
  },
  { ...strict, description: 'whose signatures on models are taken' },
);

/** Reads a file that a policy names, by its path as it stands there. */
export type ReadBytes = (path: string) => Uint8Array;

/** Throws `Problem('usage')` naming what is wrong with the document or the files that it names. */
export function parseTrust(text: string, file: string, read: ReadBytes): Trust {
  const { signers, require = {}, allow = {} } = SourceDocument.read(text, file).require(trustSchema);
  return {
    signers: signers.map((signer) => readSigner(signer, read)),
    require: { postQuantum: require.post_quantum ?? false, scan: require.scan ?? false },
    allow: { unsignedFiles: allow.unsigned_files ?? false, symlinks: allow.symlinks ?? false },
  };
}

function readSigner(signer: Static<typeof Signer>, read: ReadBytes): TrustedSigner {
  const { name } = signer;
  if ('keys' in signer) {
    return trustKeys(
      name,
      [...signer.keys, ...(signer.post_quantum ?? [])].flatMap((path) => keysIn(path, read)),
    );
  }
  if ('authorities' in signer) {
    return {
      name,
      by: 'certificate',
      authorities: signer.authorities.flatMap((path) => authoritiesIn(path, read)),
      identities: signer.identities ?? [],
      expired: signer.expired ?? false,
      postQuantum: (signer.post_quantum ?? []).flatMap((path) => keysIn(path, read)).filter(isPostQuantum),
    };
  }
  const { identity, issuer, trusted_root: path } = signer;
  return { name, by: 'sigstore', root: rootOf(path, read), identity, issuer, postQuantum: [] };
}

/** A signer known by keys: those of curves, of which one must have signed, and those of ML-DSA, of which one must have as well. */
export function trustKeys(name: string, keys: readonly PublicKey[]): TrustedSigner {
  const classical = keys.filter((key) => !isPostQuantum(key));
  if (classical.length === 0)
    throw new Problem('usage', `${name}: there is no key of P-256, P-384 or P-521, with which bundles begin`);
  return { name, by: 'key', keys: classical, postQuantum: keys.filter(isPostQuantum) };
}

export const keysIn = (path: string, read: ReadBytes): PublicKey[] =>
  asUsage(path, () => readPublicKeys(read(path), 'it'));

export const authoritiesIn = (path: string, read: ReadBytes): Certificate[] =>
  asUsage(path, () => certificatesIn(read(path)).map(readCertificate));

/** The trusted root in a file, or the one of the public Sigstore that ships with Gatehouse. */
export const rootOf = (path: string | undefined, read: ReadBytes): TrustedRoot =>
  path === undefined
    ? readTrustedRoot(Buffer.from(PUBLIC_TRUSTED_ROOT))
    : asUsage(path, () => readTrustedRoot(read(path)));

function asUsage<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof Unverified) throw new Problem('usage', `${path}: ${error.message}`);
    throw error;
  }
}
