import { posix } from 'node:path';
import { entries, parsed } from './locks.ts';
import {
  ENTRIES,
  exactIn,
  type Listed,
  LONGEST,
  LONGEST_VERSION,
  NOTHING,
  normalised,
  type Required,
  readRequirement,
} from './required.ts';
import { readToml, type TomlValue } from './toml.ts';

/** What a project says that it needs, in ranges mostly: `pyproject.toml`, `Pipfile`, `setup.cfg`, `package.json`. */
export function readProject(path: string, text: string): Listed {
  const name = posix.basename(path).toLowerCase();
  if (name === 'package.json') return { ...NOTHING, required: fromPackage(path, text) };
  if (name === 'setup.cfg') return { ...NOTHING, required: fromSetup(path, text) };
  return fromToml(path, text, name === 'pipfile');
}

/** Sections whose values are lists of PEP 508, and the keys that are: all where none is named. */
const LISTS: Readonly<Record<string, RegExp>> = {
  project: /^(?:dependencies|optional-dependencies\..*)$/,
  'project.optional-dependencies': /./,
  'dependency-groups': /./,
  'build-system': /^requires$/,
  'tool.uv': /^(?:dev-dependencies|constraint-dependencies|override-dependencies)$/,
  'tool.pdm.dev-dependencies': /./,
};
/** Sections of Poetry whose keys are names. */
const POETRY = /^tool\.poetry\.(?:dependencies|dev-dependencies|group\.[^.]{1,100}\.dependencies)$/;

function fromToml(path: string, text: string, isPipfile: boolean): Listed {
  const required: Required[] = [];
  const unread: string[] = [];
  for (const { section, key, value } of readToml(text).slice(0, ENTRIES)) {
    const named = isPipfile ? !/^(?:source|scripts|requires|pipenv)$/.test(section) : POETRY.test(section);
    if (named && section !== '') {
      if (key !== 'python') required.push(requirementNamed(key, value, path));
    } else if (Object.hasOwn(LISTS, section) && LISTS[section]?.test(key) === true && Array.isArray(value)) {
      for (const one of value as readonly TomlValue[]) {
        const found = typeof one === 'string' ? readRequirement(one, path) : undefined;
        if (found !== undefined) required.push(found);
      }
    } else if (
      section === 'project' &&
      key === 'dynamic' &&
      Array.isArray(value) &&
      value.includes('dependencies')
    )
      unread.push('its dependencies are made when it is built');
  }
  return { ...NOTHING, required, unread };
}

/** `numpy = "^1.2"`, `torch = { version = "==2.1", extras = ["x"] }`, `x = { git = "https://…" }`. */
function requirementNamed(name: string, value: TomlValue, from: string): Required {
  const about = { ecosystem: 'PyPI' as const, name: normalised(name.slice(0, LONGEST_VERSION)), from };
  const table =
    typeof value === 'object' && !Array.isArray(value) ? (value as Readonly<Record<string, TomlValue>>) : {};
  const text = (one: TomlValue | undefined) => (typeof one === 'string' ? one : '');
  const address = text(table.git) || text(table.url) || text(table.file);
  if (address !== '') {
    const found = readRequirement(`x @ ${table.git === undefined ? '' : 'git+'}${address}`, from);
    if (found !== undefined) return { ...found, name: about.name };
  }
  const asked = (text(value) || text(table.version) || '*').slice(0, LONGEST_VERSION);
  // To Poetry a version without a sign is that version.
  const version = exactIn(asked) ?? /^\d[\w.!+-]*$/.exec(asked)?.[0];
  return { ...about, version, asked };
}

/** `install_requires` and extras: a line each, further in than the key. */
function fromSetup(path: string, text: string): Required[] {
  const out: Required[] = [];
  let [section, isList] = ['', false];
  for (const line of text.split('\n', ENTRIES)) {
    const short = line.slice(0, LONGEST);
    const [, header] = /^\[([^\]]{1,100})\]/.exec(short) ?? [];
    const [, key, first = ''] = /^([\w.-]{1,100})\s*[=:](.*)$/.exec(short) ?? [];
    if (header !== undefined) [section, isList] = [header, false];
    else if (key !== undefined)
      isList =
        section === 'options.extras_require' ||
        (section === 'options' && /^(?:install|setup|tests)_requires?$/.test(key));
    const wanted = key === undefined ? (/^\s/.test(short) ? short : '') : first;
    if (isList && header === undefined && !/^\s*#/.test(wanted)) {
      const found = wanted.trim() === '' ? undefined : readRequirement(wanted, path);
      if (found !== undefined) out.push(found);
    }
  }
  return out;
}

const GROUPS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

function fromPackage(path: string, text: string): Required[] {
  const about = parsed(text);
  return GROUPS.flatMap((group) => entries(about[group])).flatMap(([name, asked]): Required[] => {
    if (typeof asked !== 'string' || asked.length > LONGEST) return [];
    const isAddress = /^(?:[a-z+]{2,20}:|[\w.-]+\/[\w.-]+(?:#|$))/.test(asked) && !asked.startsWith('npm:');
    const version = /^=?v?(\d+\.\d+\.\d+[\w.+-]*)$/.exec(asked)?.[1];
    const url = asked.replace(/\/\/[^/@\s]{0,400}@/, '//');
    return [
      {
        ecosystem: 'npm',
        name,
        version,
        asked: isAddress ? `@ ${url}` : asked,
        ...(isAddress && /^[a-z+]{2,20}:\/\//.test(url) && { url }),
        from: path,
      },
    ];
  });
}
