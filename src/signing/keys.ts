import {
  createHash,
  createPrivateKey,
  createPublicKey,
  ECDH,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { Unverified } from './unverified.ts';

/**
 * Kinds of keys: the three curves of OpenSSF Model Signing, each with the hash of its size, and ML-DSA-65 (FIPS 204) for
 * the signature that is meant to outlast quantum computers.
 */
export const ALGORITHMS = ['ecdsa-p256', 'ecdsa-p384', 'ecdsa-p521', 'ml-dsa-65'] as const;
export type KeyAlgorithm = (typeof ALGORITHMS)[number];

const CURVES: Readonly<Record<string, { algorithm: KeyAlgorithm; hash: string; bytes: number }>> = {
  prime256v1: { algorithm: 'ecdsa-p256', hash: 'sha256', bytes: 32 },
  secp384r1: { algorithm: 'ecdsa-p384', hash: 'sha384', bytes: 48 },
  secp521r1: { algorithm: 'ecdsa-p521', hash: 'sha512', bytes: 66 },
};

export interface PublicKey {
  readonly algorithm: KeyAlgorithm;
  readonly key: KeyObject;
  /** How a bundle names it: SHA-256 over its PEM text with the newline at the end, in hex. */
  readonly hint: string;
}

/** Throws {@link Unverified} `unsupported` for a key of another kind. */
export function publicKeyOf(given: KeyObject): PublicKey {
  const key = given.type === 'private' ? createPublicKey(given) : given;
  const pem = key.export({ type: 'spki', format: 'pem' });
  return { algorithm: algorithmOf(key), key, hint: createHash('sha256').update(pem).digest('hex') };
}

export const isPostQuantum = ({ algorithm }: Pick<PublicKey, 'algorithm'>): boolean =>
  algorithm === 'ml-dsa-65';

/** `P-256`, `ML-DSA-65`: for people. */
export const kindOf = ({ algorithm }: Pick<PublicKey, 'algorithm'>): string =>
  algorithm === 'ml-dsa-65' ? 'ML-DSA-65' : algorithm.replace('ecdsa-p', 'P-');

function algorithmOf(key: KeyObject): KeyAlgorithm {
  const curve = curveOf(key);
  if (curve !== undefined) return curve.algorithm;
  if (key.asymmetricKeyType === 'ml-dsa-65') return 'ml-dsa-65';
  throw new Unverified(
    'unsupported',
    `a key of kind ${key.asymmetricKeyType ?? key.type}: models are signed with P-256, P-384, P-521 or ML-DSA-65`,
  );
}

function curveOf(key: KeyObject): (typeof CURVES)[string] | undefined {
  const name = key.asymmetricKeyType === 'ec' ? key.asymmetricKeyDetails?.namedCurve : undefined;
  return name !== undefined && Object.hasOwn(CURVES, name) ? CURVES[name] : undefined;
}

/** DER for ECDSA, as Sigstore's bundles have it; what FIPS 204 says, with an empty context, for ML-DSA. */
export const signWith = (key: KeyObject, message: Uint8Array): Buffer =>
  sign(curveOf(key)?.hash ?? null, message, key);

/** Whether a signature is this key's. False for any bytes that are no signature at all. */
export function verifyWith(
  { key }: Pick<PublicKey, 'key'>,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  return isSignature(curveOf(key)?.hash, message, key, signature);
}

/** Whether a signature is a key's, under a hash or as the kind of key has it. False where the two do not go together. */
export function isSignature(
  hash: string | undefined,
  message: Uint8Array,
  key: KeyObject,
  signature: Uint8Array,
): boolean {
  try {
    return verify(hash ?? null, message, key, signature);
  } catch {
    return false;
  }
}

/** A signature that is `r ‖ s`, as JOSE and PKCS #11 write it, where DER is expected: told, since it looks like tampering. */
export const isRawSignature = ({ key }: Pick<PublicKey, 'key'>, signature: Uint8Array): boolean =>
  signature.length === 2 * (curveOf(key)?.bytes ?? Number.NaN) && signature[0] !== 0x30;

/** To the next dashes and no further, so that a file of beginnings takes no longer than another. */
const PEM = /-----BEGIN ([A-Z0-9 ]{1,40})-----(?:(?!-----)[\s\S])*-----END \1-----/g;
const MOST_KEYS = 64;

/**
 * The public keys in a file: PEM (several, one after the other), DER, or an elliptic-curve point in its compressed form.
 *
 * Throws {@link Unverified} `malformed` or `unsupported`.
 * @param what file it is, for messages
 */
export function readPublicKeys(bytes: Uint8Array, what: string): PublicKey[] {
  const blocks = pemBlocks(bytes);
  if (blocks.some(({ label }) => label.endsWith('PRIVATE KEY')))
    throw new Unverified('malformed', `${what} holds a private key; give the public one to whoever verifies`);
  const pems = blocks.filter(({ label }) => label === 'PUBLIC KEY');
  if (pems.length > MOST_KEYS) throw new Unverified('malformed', `${what} has more than ${MOST_KEYS} keys`);
  try {
    if (pems.length > 0) return pems.map(({ pem }) => publicKeyOf(createPublicKey(pem)));
    const point = compressedPoint(bytes);
    const key = Buffer.from(point ?? bytes);
    return [publicKeyOf(createPublicKey({ key, format: 'der', type: 'spki' }))];
  } catch (error) {
    if (error instanceof Unverified) throw error;
    throw new Unverified('malformed', `${what} holds no public key in PEM or DER`, error);
  }
}

/**
 * The private keys in a PEM file, for example one of a curve and one of ML-DSA.
 *
 * Throws {@link Unverified} `malformed` or `unsupported`; nothing of the file is in the message.
 * @param passphrase where it is encrypted
 */
export function readPrivateKeys(bytes: Uint8Array, what: string, passphrase?: string): KeyObject[] {
  const pems = pemBlocks(bytes).filter(({ label }) => label.endsWith('PRIVATE KEY'));
  if (pems.length === 0) throw new Unverified('malformed', `${what} holds no private key in PEM`);
  return pems.map(({ pem, label }) => {
    let key: KeyObject;
    try {
      key = createPrivateKey({ key: pem, ...(passphrase !== undefined && { passphrase }) });
    } catch {
      const sealed = label.startsWith('ENCRYPTED') || pem.includes('ENCRYPTED');
      throw new Unverified(
        'malformed',
        !sealed
          ? `${what} holds no private key`
          : passphrase === undefined
            ? `the private key in ${what} is encrypted, and there is no passphrase for it`
            : `the private key in ${what} does not open with this passphrase`,
      );
    }
    algorithmOf(createPublicKey(key));
    return key;
  });
}

function pemBlocks(bytes: Uint8Array): { label: string; pem: string }[] {
  // Far more than keys or chains take; what is longer is no PEM.
  if (bytes.length > 1 << 20) return [];
  const text = Buffer.from(bytes).toString('latin1');
  return [...text.matchAll(PEM)].map(([pem, label = '']) => ({ label, pem: `${pem}\n` }));
}

/** DER of each certificate in a PEM file, in its order; of a file that is DER itself, that one. */
export function certificatesIn(bytes: Uint8Array): Buffer[] {
  const pems = pemBlocks(bytes).filter(({ label }) => label === 'CERTIFICATE');
  if (pems.length === 0) return [Buffer.from(bytes)];
  return pems.map(({ pem }) => Buffer.from(pem.replace(/-----[^\n]*-----/g, ''), 'base64'));
}

const SPKI: Readonly<Record<string, Buffer>> = {
  prime256v1: Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex'),
  secp384r1: Buffer.from('3076301006072a8648ce3d020106052b81040022036200', 'hex'),
  secp521r1: Buffer.from('30819b301006072a8648ce3d020106052b8104002303818600', 'hex'),
};

/** The DER of a key that was given as a compressed point (SEC 1, 2.3.3). */
function compressedPoint(bytes: Uint8Array): Buffer | undefined {
  if (bytes[0] !== 2 && bytes[0] !== 3) return undefined;
  const curve = Object.keys(CURVES).find((name) => CURVES[name]?.bytes === bytes.length - 1);
  if (curve === undefined) return undefined;
  const point = ECDH.convertKey(Buffer.from(bytes), curve, undefined, undefined, 'uncompressed') as Buffer;
  return Buffer.concat([SPKI[curve] as Buffer, point]);
}
