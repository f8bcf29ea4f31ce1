import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../base/problem.ts';
import { shown } from '../../findings/finding.ts';
import { ITSELF } from '../../signing/names.ts';

/** A file of a model, as it lies there. */
export interface ModelFile {
  /** Path inside of the model, with `/`; {@link ITSELF} where the model is a file. */
  readonly name: string;
  /** Where it is on this machine. */
  readonly file: string;
  /** It is a link to a file. */
  readonly link: boolean;
}

/** Something in a model's folder that is no file to be hashed, and why. */
export interface Oddity {
  /** As it may be shown; the name may be no text at all. */
  readonly name: string;
  readonly why: string;
}

export interface ModelTree {
  /** The model is a folder. */
  readonly folder: boolean;
  readonly files: readonly ModelFile[];
  readonly odd: readonly Oddity[];
}

const MOST = 500_000;
const DEEPEST = 64;

/**
 * All that is in a model. Links to folders are not entered: what lies behind them is no part of the model, and a loop of
 * them would never end. Throws `Problem('environment')` where it is not there or cannot be read.
 */
export async function readTree(model: string): Promise<ModelTree> {
  const found = await stat(model).catch((error: unknown) => {
    throw new Problem('environment', `there is no ${model}, or it cannot be read`, undefined, error);
  });
  // Only what is in a folder may be a link: the model itself is what its caller named.
  if (found.isFile()) return { folder: false, files: [{ name: ITSELF, file: model, link: false }], odd: [] };
  if (!found.isDirectory()) throw new Problem('usage', `${model} is neither a file nor a folder`);
  const files: ModelFile[] = [];
  const odd: Oddity[] = [];
  const waiting = [{ folder: model, prefix: '', depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { folder, prefix, depth } = next;
    for (const entry of await entriesOf(folder)) {
      const name = prefix + entry.name.toString();
      const file = join(folder, entry.name.toString());
      // A name that is no UTF-8 would be another one in the statement.
      if (!Buffer.from(entry.name.toString()).equals(entry.name))
        odd.push({ name: shown(name), why: 'its name is no UTF-8' });
      else if (entry.isFile()) files.push({ name, file, link: false });
      else if (entry.isDirectory() && depth < DEEPEST)
        waiting.push({ folder: file, prefix: `${name}/`, depth: depth + 1 });
      else if (entry.isDirectory()) odd.push({ name: shown(name), why: 'it lies too deep' });
      else if (entry.isSymbolicLink()) {
        const target = await stat(file).catch(() => undefined);
        if (target?.isFile() === true) files.push({ name, file, link: true });
        else
          odd.push({
            name: shown(name),
            why: target?.isDirectory() === true ? 'a link to a folder' : 'a link to nothing',
          });
      } else odd.push({ name: shown(name), why: 'a device, a pipe or a socket' });
    }
    if (files.length + odd.length > MOST) throw new Problem('usage', `${model} has more than ${MOST} files`);
  }
  return { folder: true, files, odd };
}

async function entriesOf(folder: string): Promise<Dirent<Buffer>[]> {
  try {
    return await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    throw new Problem('environment', `${shown(folder, 400)} cannot be read`, 'See who may read it.', error);
  }
}
