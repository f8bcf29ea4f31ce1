import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Problem } from '../../base/problem.ts';

const run = promisify(execFile);
/** Bytes of names that git may answer with. */
const MOST = 64 << 20;

/**
 * Files that git knows to be changed: added to the index, in the working tree, or new and not ignored; with `since`, against
 * that commit too. Throws `Problem('environment')` where there is no repository, or no git.
 *
 * @returns the repository's folder, and names relative to it; what was deleted is not among them
 */
export async function changedFiles(
  cwd: string,
  since: string | undefined,
): Promise<{ root: string; names: string[] }> {
  // A name that begins with a dash would be an option.
  if (since?.startsWith('-') === true) throw new Problem('usage', `${since} is no commit`);
  const root = (await git(cwd, ['rev-parse', '--show-toplevel'])).replace(/\n$/, '');
  const hasCommit = await git(cwd, ['rev-parse', '--verify', '--quiet', 'HEAD']).then(
    () => true,
    () => false,
  );
  const base = since ?? (hasCommit ? 'HEAD' : undefined);
  const kinds = ['--diff-filter=ACMRT', '--name-only', '-z', '--no-ext-diff'];
  const lists = await Promise.all([
    base === undefined ? '' : git(root, ['diff', ...kinds, base, '--']),
    base === undefined
      ? git(root, ['ls-files', '--cached', '-z'])
      : git(root, ['diff', '--cached', ...kinds, base, '--']),
    git(root, ['ls-files', '--others', '--exclude-standard', '-z']),
  ]);
  const names = [...new Set(lists.flatMap((list) => list.split('\0')).filter((name) => name !== ''))].sort();
  const there = await Promise.all(names.map((name) => stat(join(root, name)).catch(() => undefined)));
  return { root, names: names.filter((_, i) => there[i]?.isFile() === true) };
}

async function git(cwd: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run('git', ['-C', cwd, ...args], { maxBuffer: MOST });
    return stdout;
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new Problem(
      'environment',
      isMissing ? 'there is no git here' : 'git does not know this folder, or the commit',
      isMissing ? 'Install git, or name the files.' : 'Run it in a git repository, or name the files.',
      cause,
    );
  }
}
