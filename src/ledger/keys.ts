import type { KeyObject } from 'node:crypto';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Signer, VerifySignature } from '../audit/checkpoint.ts';
import type { LedgerPublicKeys } from '../audit/keys.ts';
import { Malformed } from '../audit/malformed.ts';
import type { Algorithm } from '../audit/note.ts';
import { noteKey } from '../audit/note.ts';
import { isObject } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { sha256 } from './hashing.ts';

/** A ledger's signing keys. The origin is the name of the log, and of both keys. */
export interface LedgerKeys {
  readonly origin: string;
  readonly signers: readonly [ed25519: Signer, mldsa: Signer];
}

interface KeyFile {
  readonly origin: string;
  readonly ed25519: KeyObject;
  readonly mldsa: KeyObject;
}

/** New keys, and their text for `keys/ledger.json`. Throws Problem('usage') for an origin that cannot be one. */
export function makeLedgerKeys(origin = `gatehouse/${randomBytes(8).toString('hex')}`): {
  readonly keys: LedgerKeys;
  readonly text: string;
} {
  const ed25519 = generateKeyPairSync('ed25519').privateKey;
  const mldsa = generateKeyPairSync('ml-dsa-44').privateKey;
  const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const file = { v: 1, origin, ed25519: pem(ed25519), 'ml-dsa-44': pem(mldsa) };
  try {
    return { keys: signingKeys({ origin, ed25519, mldsa }), text: `${JSON.stringify(file, null, 2)}\n` };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Problem(
      'usage',
      `the ledger's origin cannot be used: ${error.message}`,
      'Use a name without spaces and "+", such as example.com/gateway.',
    );
  }
}

/** Reads `keys/ledger.json`. Throws Problem('environment'); no part of the file is ever in the message. */
export async function loadLedgerKeys(path: string): Promise<LedgerKeys> {
  let text: string;
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new Problem('environment', `${path} can be read by other users`, `Run: chmod 600 ${path}`);
    }
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(
      'environment',
      `cannot read the ledger's keys in ${path}`,
      'Restore the file from a backup.',
      error,
    );
  }
  try {
    return signingKeys(parseKeyFile(text));
  } catch {
    throw new Problem(
      'environment',
      `${path} does not hold a ledger's keys`,
      'Restore the file from a backup.',
    );
  }
}

function parseKeyFile(text: string): KeyFile {
  const file: unknown = JSON.parse(text);
  if (!isObject(file) || file.v !== 1) throw new Malformed('not a key file');
  const { origin, ed25519, 'ml-dsa-44': mldsa } = file;
  if (typeof origin !== 'string' || typeof ed25519 !== 'string' || typeof mldsa !== 'string') {
    throw new Malformed('a key is missing');
  }
  return { origin, ed25519: createPrivateKey(ed25519), mldsa: createPrivateKey(mldsa) };
}

function signingKeys({ origin, ed25519, mldsa }: KeyFile): LedgerKeys {
  return { origin, signers: [signer(origin, 'ed25519', ed25519), signer(origin, 'ml-dsa-44', mldsa)] };
}

/** A key that signs by a name. */
export function signer(origin: string, algorithm: Algorithm, privateKey: KeyObject): Signer {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return {
    key: noteKey(origin, algorithm, spki.subarray(SPKI[algorithm].length), sha256),
    sign: (message) => sign(null, message, privateKey),
  };
}

const ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * What stands before the raw key in a SubjectPublicKeyInfo: RFC 8410 for Ed25519, RFC 9881 for ML-DSA-44. Node reads
 * raw keys only from 26 on.
 */
const SPKI: Readonly<Record<Algorithm, Buffer>> = {
  ed25519: ED25519,
  'ed25519-cosignature': ED25519,
  'ml-dsa-44': Buffer.from('30820532300b06096086480165030403110382052100', 'hex'),
};

export const publicKeys = ({ signers: [ed25519, mldsa] }: LedgerKeys): LedgerPublicKeys => [
  ed25519.key,
  mldsa.key,
];

/** Checks with node:crypto. */
export const verifySignature: VerifySignature = (algorithm, publicKey, message, signature) =>
  verify(null, message, keyObject(algorithm, publicKey), signature);

/** The few keys of a ledger are used for each of its checkpoints. */
const keyObjects = new WeakMap<Uint8Array, KeyObject>();

function keyObject(algorithm: Algorithm, publicKey: Uint8Array): KeyObject {
  const known = keyObjects.get(publicKey);
  if (known !== undefined) return known;
  const made = createPublicKey({
    key: Buffer.concat([SPKI[algorithm], publicKey]),
    type: 'spki',
    format: 'der',
  });
  keyObjects.set(publicKey, made);
  return made;
}
