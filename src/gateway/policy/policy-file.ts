import { chmod, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Problem } from '../../base/problem.ts';
import { type Disk, writeAll } from '../../ledger/disk.ts';

/** What the system says of a place that takes no files of ours. */
const CLOSED = new Set(['EROFS', 'EACCES', 'EPERM', 'EBUSY', 'ENOTSUP']);

export const readPolicyFile = (path: string): Promise<string> => readFile(path, 'utf8');

/**
 * Puts a policy in the place of the file: after a crash at any moment there is the old one or the new one, whole. Its mode stays; a
 * link stays a link. Throws `Problem('environment')` where the place takes none; then the file is as it was.
 */
export async function writePolicyFile(disk: Disk, path: string, text: string): Promise<void> {
  try {
    const place = await realpath(path);
    const temporary = join(dirname(place), `.${basename(place)}.new`);
    try {
      const file = await disk.open(temporary);
      try {
        await file.truncate(0);
        await writeAll(file, Buffer.from(text), 0);
        await file.sync();
      } finally {
        await file.close();
      }
      await chmod(temporary, (await stat(place)).mode & 0o7777);
      await disk.rename(temporary, place);
    } catch (error) {
      await disk.remove(temporary).catch(() => {});
      throw error;
    }
    await disk.syncFolder(dirname(place));
  } catch (cause) {
    if (CLOSED.has(String((cause as NodeJS.ErrnoException).code)))
      throw new Problem(
        'environment',
        `${basename(path)} cannot be replaced here: its place is read-only, as that of a ConfigMap is, or not ours`,
        'Change it where it comes from and reload, or mount its folder so that the gateway may write there.',
        cause,
      );
    throw new Problem('environment', `${basename(path)} could not be written`, undefined, cause);
  }
}
