import { posix } from 'node:path';
import { readConda } from './conda.ts';
import { readLock } from './locks.ts';
import { readPipList } from './pip-list.ts';
import { readProject } from './projects.ts';
import { LISTS, type Listed, NOTES, NOTHING, REQUIREMENTS, type Required } from './required.ts';

/** Names of files that say what a model needs; lists for pip may have any other name, where one of these names them. */
const PIP_LIST = /(?:requirements|constraints)[\w.-]*\.(?:txt|in)$/;
const IN_FOLDER = /(?:^|\/)requirements\/[\w.-]+\.(?:txt|in)$/;
const CONDA_LIST = /^(?:(?:environment|conda)[\w.-]*|env(?:[_.-][\w.-]*)?)\.ya?ml$/;
const PROJECTS = new Set(['pyproject.toml', 'pipfile', 'setup.cfg', 'package.json']);
const LOCKS = new Set([
  'poetry.lock',
  'uv.lock',
  'pdm.lock',
  'pylock.toml',
  'pipfile.lock',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
]);

type Kind = 'pip' | 'conda' | 'project' | 'lock' | 'code';

/** What kind of list a file is, by its name; undefined where it is none. */
export function kindOfList(path: string): Kind | undefined {
  const name = posix.basename(path).toLowerCase();
  if (PIP_LIST.test(name) || IN_FOLDER.test(path.toLowerCase())) return 'pip';
  if (LOCKS.has(name) || /^pylock\.[\w.-]+\.toml$/.test(name)) return 'lock';
  if (PROJECTS.has(name)) return 'project';
  if (name === 'setup.py') return 'code';
  return CONDA_LIST.test(name) ? 'conda' : undefined;
}

/** No index has a longer name. */
const LONGEST_NAME = 214;

/** The requirements in a file, by what kind of list it is. What is not as expected is left out. */
export function readRequirements(path: string, text: string, kind = kindOfList(path)): Listed {
  const listed = readAs(path, text, kind);
  const isName = ({ name }: Required) => name.trim() !== '' && name.length <= LONGEST_NAME;
  return { ...listed, required: listed.required.filter(isName) };
}

function readAs(path: string, text: string, kind: Kind | undefined): Listed {
  if (kind === 'pip') return readPipList(path, text);
  if (kind === 'lock') return { ...NOTHING, required: readLock(path, text) };
  if (kind === 'project') return readProject(path, text);
  if (kind === 'conda') return readConda(path, text);
  if (kind === 'code')
    return { ...NOTHING, unread: ['it is code, which says what it requires when it runs'] };
  return NOTHING;
}

/**
 * All that is required by the files of a model, lists that others name among them.
 *
 * @param paths of all files, relative to the model
 * @param textOf a file's text, or why it is not read
 */
export async function requirementsOf(
  paths: readonly string[],
  textOf: (path: string) => Promise<string | { readonly why: string }>,
): Promise<Pick<Listed, 'required' | 'unread'>> {
  const known = new Set(paths);
  const waiting = new Map(
    paths.flatMap((path): [string, Kind][] => {
      const kind = kindOfList(path);
      return kind === undefined ? [] : [[path, kind]];
    }),
  );
  const required: Listed['required'][number][] = [];
  const unread: string[] = [];
  // Whoever is added while this runs is met as well, and each once.
  for (const [path, kind] of waiting) {
    const text = await textOf(path);
    if (typeof text !== 'string') {
      unread.push(`${path}: ${text.why}`);
      continue;
    }
    const listed = readRequirements(path, text, kind);
    if (required.length + listed.required.length > REQUIREMENTS) unread.push(`${path}: there are too many`);
    else for (const one of listed.required) required.push(one);
    for (const why of listed.unread.slice(0, NOTES)) unread.push(`${path}: ${why}`);
    for (const name of listed.lists) {
      const other = posix.join(posix.dirname(path), name);
      if (waiting.has(other)) continue;
      if (known.has(other) && waiting.size < LISTS) waiting.set(other, 'pip');
      else unread.push(`${path}: the list ${name} is not among the files`);
    }
  }
  return { required, unread: unread.length > NOTES ? [...unread.slice(0, NOTES), 'and more'] : unread };
}
