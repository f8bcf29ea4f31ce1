import { Malformed } from '../audit/malformed.ts';
import { parseVkey } from '../audit/note.ts';
import type { Witness } from '../audit/witness.ts';
import { Problem } from '../base/problem.ts';
import { sha256 } from '../ledger/hashing.ts';
import type { WitnessPlace } from './submit.ts';

/** A witness by its public text: a verifier key a line, all of one name. Throws Problem('usage'). */
export function witnessOf(text: string, file: string): Witness {
  try {
    const lines = text.split('\n').filter((line) => line !== '');
    const keys = lines.map((line) => parseVkey(line, sha256));
    const [first] = keys;
    if (first === undefined) throw new Malformed('there is no key in it');
    if (keys.some(({ name }) => name !== first.name)) throw new Malformed('the keys have different names');
    // A log signs with plain Ed25519; a witness that did would say the same as the log (C2SP tlog-cosignature).
    if (keys.some(({ algorithm }) => algorithm === 'ed25519'))
      throw new Malformed('a key is of a log, not of a witness');
    return { name: first.name, keys };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Problem(
      'usage',
      `the keys of a witness in ${file} cannot be used: ${error.message}`,
      'Use the lines that "gatehouse audit witness" prints.',
    );
  }
}

/** Witnesses of the settings. Throws Problem('usage'), also where two are one. */
export function witnessPlaces(
  who: readonly { readonly url: string; readonly key: string }[],
): WitnessPlace[] {
  const places = who.map(({ url, key }) => ({ ...witnessOf(key, 'ledger.witnesses'), url }));
  distinct(places);
  return places;
}

/** A quorum of one witness under many names is none. */
export function distinct(witnesses: readonly Witness[]): void {
  const seen = new Set<string>();
  for (const { name, keys } of witnesses) {
    for (const word of [name, ...keys.map(({ publicKey }) => Buffer.from(publicKey).toString('base64'))]) {
      if (seen.has(word))
        throw new Problem(
          'usage',
          `a witness is named twice: ${name}`,
          'Each must have a name and keys of its own.',
        );
      seen.add(word);
    }
  }
}
