import { Problem } from '../../base/problem.ts';
import { shown } from '../../findings/finding.ts';
import { MOST_BUNDLE } from '../../signing/bundle.ts';
import type { Resource } from '../../signing/manifest.ts';
import { ITSELF } from '../../signing/names.ts';
import type { Trust } from '../../signing/trust-policy.ts';
import { Unverified } from '../../signing/unverified.ts';
import { type SignedManifest, scanIn, signatureIn } from '../sign/verify-model.ts';
import type { SealedEntry } from './form.ts';
import type { SealedModel } from './sealed-model.ts';

/** A signature on a sealed model that holds, and what it says of each file. */
export interface SealedSignature extends SignedManifest {
  /** By the name of the file in the listing. */
  readonly resources: ReadonlyMap<string, readonly Resource[]>;
}

/**
 * Checks the signature in a sealed model against the policy: who signed, that exactly the files that were signed are
 * sealed, and the signed scan where the policy requires one. Undefined where there is no signature. The bytes are compared
 * as they are read. Throws Problem('findings'). @param now milliseconds since 1970
 */
export async function signatureOn(
  model: SealedModel,
  trust: Trust,
  now: number,
): Promise<SealedSignature | undefined> {
  const named = (as: SealedEntry['as']) => model.files.find((file) => file.as === as);
  const [signature, scan] = [named('signature'), named('scan')];
  if (signature === undefined) return undefined;
  try {
    const taken = signatureIn(await whole(model, signature), trust, now);
    if (trust.require.scan) {
      if (scan === undefined) throw new Unverified('scan', 'there is no signed result of a scan');
      scanIn(await whole(model, scan), taken, trust, now);
    }
    const files = model.files.filter(({ as }) => as === 'model');
    const resources = Map.groupBy(taken.manifest.resources, ({ name }) => sealedName(name, files));
    for (const { name } of files)
      if (!resources.has(name)) throw new Unverified('manifest', `nobody signed ${shown(name)}`);
    if (resources.size !== files.length)
      throw new Unverified('manifest', 'a file that was signed is not sealed');
    return { ...taken, resources };
  } catch (error) {
    if (!(error instanceof Unverified)) throw error;
    throw new Problem('findings', `the signature is not taken: ${error.message}`, undefined, error);
  }
}

/** A model of one file is signed as `.`, or under its own name. */
const sealedName = (name: string, files: readonly SealedEntry[]): string =>
  name === ITSELF && files.length === 1 ? (files[0]?.name ?? name) : name;

/** A bundle is as large as its sender liked. */
async function whole(model: SealedModel, entry: SealedEntry): Promise<Buffer> {
  if (entry.size > MOST_BUNDLE) throw new Unverified('malformed', 'the bundle is too large');
  const parts: Buffer[] = [];
  for await (const part of model.read(entry)) parts.push(part);
  return Buffer.concat(parts);
}
