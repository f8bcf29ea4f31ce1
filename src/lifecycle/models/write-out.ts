import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Problem } from '../../base/problem.ts';
import { nodeDisk } from '../../ledger/disk.ts';
import { checkName } from '../../signing/names.ts';
import type { OpenedModel } from './open-model.ts';

/**
 * Writes a model into a folder that is not there yet, which has its name only when every byte in it was verified. Returns how
 * many files. Throws Problem; then nothing is left.
 */
export async function writeOut(model: OpenedModel, to: string): Promise<number> {
  if (existsSync(to)) throw new Problem('usage', `${to} is there already`, 'Name a folder that is not.');
  const draft = join(dirname(to), `.${basename(to)}.${randomBytes(6).toString('hex')}.partial`);
  try {
    for (const file of model.files) {
      const path = join(draft, checkName(file.name));
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const handle = await open(path, 'wx', 0o600);
      try {
        for await (const piece of model.read(file)) await handle.writeFile(piece);
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
    await rename(draft, to);
    await nodeDisk.syncFolder(dirname(to));
    return model.files.length;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (error instanceof Problem || (error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new Problem('environment', `cannot write ${to}`, undefined, error);
  }
}
