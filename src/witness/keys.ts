import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Signer } from '../audit/checkpoint.ts';
import { Malformed } from '../audit/malformed.ts';
import { formatVkey, isName } from '../audit/note.ts';
import { isObject } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { nodeDisk, replaceFile } from '../ledger/disk.ts';
import { signer } from '../ledger/keys.ts';

/** A witness's own keys: an Ed25519 one for everybody, and an ML-DSA-44 one that holds against quantum computers. */
export interface WitnessKeys {
  readonly name: string;
  readonly signers: readonly [ed25519: Signer, mldsa: Signer];
}

/** Reads the keys of a witness, or makes them where there are none. Throws Problem. */
export async function openWitnessKeys(path: string, name: string): Promise<WitnessKeys> {
  if (!isName(name)) {
    throw new Problem(
      'usage',
      'the name of the witness cannot be used',
      'Use a name without spaces and "+", such as example.org/witness.',
    );
  }
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new Problem('environment', `cannot read ${path}`, 'Check its owner and mode.', error);
    return makeKeys(path, name);
  }
  try {
    const file: unknown = JSON.parse(text);
    if (!isObject(file) || file.v !== 1) throw new Malformed('not a key file');
    const { ed25519, 'ml-dsa-44': mldsa } = file;
    if (file.name !== name) throw new NameDiffers();
    return signersOf(name, createPrivateKey(String(ed25519)), createPrivateKey(String(mldsa)));
  } catch (error) {
    if (error instanceof NameDiffers)
      throw new Problem('usage', `the keys in ${path} are of a witness with another name`, 'Give its name.');
    throw new Problem('environment', `${path} does not hold a witness's keys`, 'Restore it from a backup.');
  }
}

class NameDiffers extends Error {}

async function makeKeys(path: string, name: string): Promise<WitnessKeys> {
  const ed25519 = generateKeyPairSync('ed25519').privateKey;
  const mldsa = generateKeyPairSync('ml-dsa-44').privateKey;
  const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const file = { v: 1, name, ed25519: pem(ed25519), 'ml-dsa-44': pem(mldsa) };
  await replaceFile(nodeDisk, path, Buffer.from(`${JSON.stringify(file, null, 2)}\n`));
  return signersOf(name, ed25519, mldsa);
}

const signersOf = (name: string, ed25519: KeyObject, mldsa: KeyObject): WitnessKeys => ({
  name,
  signers: [signer(name, 'ed25519-cosignature', ed25519), signer(name, 'ml-dsa-44', mldsa)],
});

/** What others need to know of a witness: a verifier key a line. */
export const publicText = ({ signers }: WitnessKeys): string =>
  signers.map(({ key }) => `${formatVkey(key)}\n`).join('');
