import { type Dirent, existsSync, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { Problem } from '../../base/problem.ts';

/** A file that is to be scanned. */
export interface Target {
  /** As the report names it: relative to the folder that was asked for, with `/`. */
  readonly path: string;
  /** Where it is on this machine. */
  readonly file: string;
  readonly size: number;
  /** It is reached by a link that leads out of the folder: to where. */
  readonly outside?: string | undefined;
  /** It is there and cannot be read: why. */
  readonly broken?: string | undefined;
}

export interface Walked {
  readonly targets: readonly Target[];
  readonly left: readonly { readonly path: string; readonly why: string }[];
}

/** Deeper than any repository; a loop of links would be. */
const DEEPEST = 64;
const MOST = 1_000_000;
/** Files that are looked at without a pause. */
const TURN = 1_000;
/** Histories hold copies of what is beside them, packed. */
const HISTORIES = new Set(['.git', '.hg', '.svn']);

/** Settings in them that name programs. */
const SETTINGS = ['config', 'config.worktree', 'info/attributes', 'hgrc'];

/**
 * All files at and below paths, in order. Links are followed, since caches of models are made of links; each folder is
 * entered once. Throws `Problem('environment')` where a path is not there.
 */
export async function walk(paths: readonly string[], cwd: string): Promise<Walked> {
  const walker = new Walker();
  for (const path of paths) {
    const file = resolve(cwd, path);
    const found = statOf(file);
    if (found === undefined) throw new Problem('environment', `there is no ${path}, or it cannot be read`);
    const prefix = paths.length > 1 || !found.isDirectory() ? nameOf(path) : '';
    if (found.isDirectory()) await walker.folder(file, prefix, realpathSync(file), 0);
    else await walker.one(file, prefix, realpathSync(dirname(file)));
  }
  // Without what it remembers of its way.
  return { targets: walker.targets, left: walker.left };
}

class Walker implements Walked {
  readonly targets: Target[] = [];
  readonly left: { path: string; why: string }[] = [];
  readonly #entered = new Set<string>();
  readonly #met = new Set<string>();

  /** @param outside it was reached by a link that leads out: to where; all that is in it is as well */
  async folder(folder: string, prefix: string, root: string, depth: number, outside?: string): Promise<void> {
    const real = realpathSync(folder);
    if (this.#entered.has(real)) {
      this.left.push({ path: prefix || '.', why: 'a link to a folder that was entered before' });
      return;
    }
    this.#entered.add(real);
    if (depth > DEEPEST) {
      this.#cannot(folder, prefix, 'it lies too deep');
      return;
    }
    let entries: Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      this.#cannot(folder, prefix, reasonOf(error));
      return;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      if (HISTORIES.has(entry.name) && entry.isDirectory()) {
        this.left.push({ path, why: 'the history of a repository, no part of what is loaded' });
        await this.#runs(join(folder, entry.name), path, root, depth + 1);
      } else if (entry.isDirectory())
        await this.folder(join(folder, entry.name), path, root, depth + 1, outside);
      else await this.one(join(folder, entry.name), path, root, depth, entry.isSymbolicLink(), outside);
    }
  }

  async one(
    file: string,
    path: string,
    root: string,
    depth = 0,
    link?: boolean,
    within?: string,
  ): Promise<void> {
    // Asked for twice, it is read once.
    if (this.#met.has(file)) return;
    this.#met.add(file);
    // Asking at once is ten times as fast as in turns; who waits is let through now and then all the same.
    if (this.#met.size % TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    if (this.targets.length >= MOST)
      throw new Problem('usage', `there are more than ${MOST} files`, 'Scan folder by folder.');
    try {
      const isLink = link ?? lstatSync(file).isSymbolicLink();
      const found = statSync(file);
      const outside = isLink ? outsideOf(root, realpathSync(file)) : within;
      if (found.isDirectory()) return await this.folder(file, path, root, depth + 1, outside);
      if (!found.isFile()) return this.#cannot(file, path, 'it is a device, a pipe or a socket, and no file');
      this.targets.push({ path, file, size: found.size, outside });
    } catch (error) {
      this.#cannot(file, path, reasonOf(error));
    }
  }

  /** What git and others run by themselves as soon as they are used in the folder. No clone brings it; an archive may. */
  async #runs(history: string, prefix: string, root: string, depth: number): Promise<void> {
    const hooks = namesIn(join(history, 'hooks')).filter((name) => !name.endsWith('.sample'));
    for (const name of [...SETTINGS, ...hooks.map((hook) => `hooks/${hook}`)]) {
      const file = join(history, name);
      if (existsSync(file)) await this.one(file, `${prefix}/${name}`, root, depth);
    }
  }

  #cannot(file: string, path: string, broken: string): void {
    this.targets.push({ path: path || '.', file, size: 0, broken });
  }
}

function statOf(file: string) {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}

/** Of what cannot be read: none. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** A path as it was given, without what leads up; of `/` and `..` the last name. */
function nameOf(path: string): string {
  const name = path
    .split(sep)
    .join('/')
    .replace(/^(?:\.\/+)+/, '')
    .replace(/\/+$/, '');
  return name === '' || name.startsWith('/') || /(?:^|\/)\.\.(?:\/|$)/.test(name)
    ? basename(resolve(path))
    : name;
}

function outsideOf(root: string, real: string): string | undefined {
  const way = relative(root, real);
  return way === '..' || way.startsWith(`..${sep}`) ? way.split(sep).join('/') : undefined;
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'it is a link to nothing';
  if (code === 'ELOOP') return 'it is a link to itself';
  if (code === 'EACCES' || code === 'EPERM') return 'nobody gave the right to read it';
  return 'it cannot be read';
}
