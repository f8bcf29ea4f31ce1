import type { Dependency } from './bom.ts';

export type Required = Omit<Dependency, 'vulnerabilities'>;

/** Lines of one file; more are none of a person's. */
const MOST = 20_000;

/** Characters of a requirement without its hashes, and of a version: more would cost time, and say nothing. */
const LONGEST = 1_000;
const LONGEST_VERSION = 200;

/** Names as the index has them (PEP 503). */
export const normalised = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

/** The requirements in a file, by its name: lists for pip, and the locks of pip, Poetry, uv, Pipenv and npm. */
export function readRequirements(path: string, text: string): Required[] {
  const name = path.split('/').at(-1)?.toLowerCase() ?? '';
  if (/(?:requirements|constraints)[\w.-]*\.(?:txt|in)$/.test(name)) return fromLines(path, text);
  if (name === 'poetry.lock' || name === 'uv.lock' || name === 'pdm.lock' || name === 'pylock.toml')
    return fromToml(path, text);
  if (name === 'pipfile.lock') return fromPipfile(path, text);
  if (name === 'package-lock.json') return fromNpm(path, text);
  return [];
}

/** PEP 508: a name, extras, a range, a marker. */
const LINE =
  /^([A-Za-z0-9](?:[\w.-]{0,100}[A-Za-z0-9])?)\s*(?:\[[^\]]{0,200}\])?\s*([^;#]{0,300}?)\s*(?:;.*)?$/;
const EXACT = /^={2,3}\s*([^\s,*]+)$/;

function fromLines(path: string, text: string): Required[] {
  const out: Required[] = [];
  for (const line of text
    .replace(/\\\r?\n/g, ' ')
    .split('\n')
    .slice(0, MOST)) {
    const bare = line
      .replace(/\s--hash=\S+/g, '')
      .replace(/\s+/g, ' ')
      .replace(/(?:^|\s)#.*/, '')
      .trim();
    if (bare.startsWith('-') || bare.includes('://')) continue;
    const [, name, asked = ''] = LINE.exec(bare.slice(0, LONGEST)) ?? [];
    if (name === undefined || !/^(?:[=<>!~(]|$)/.test(asked)) continue;
    const range = asked.replace(/^\(|\)$/g, '').trim();
    out.push({
      ecosystem: 'PyPI',
      name: normalised(name),
      version: EXACT.exec(range)?.[1],
      asked: range,
      from: path,
    });
  }
  return out;
}

/** `[[package]]` with a name and a version: as much of TOML as machines write in locks. */
function fromToml(path: string, text: string): Required[] {
  const out: Required[] = [];
  for (const block of text.split(/^\[\[packages?\]\]\s*$/m).slice(1, MOST)) {
    const own = block.split(/^\[/m)[0] ?? '';
    const name = /^name\s*=\s*"([^"\n]{1,200})"/m.exec(own)?.[1];
    const version = /^version\s*=\s*"([^"\n]{1,100})"/m.exec(own)?.[1];
    if (name !== undefined && version !== undefined)
      out.push({ ecosystem: 'PyPI', name: normalised(name), version, asked: `==${version}`, from: path });
  }
  return out;
}

function fromPipfile(path: string, text: string): Required[] {
  const lock = parsed(text);
  return ['default', 'develop'].flatMap((group) =>
    entries(lock[group]).flatMap(([name, about]) => {
      const asked = textOf(about, 'version');
      if (asked.length > LONGEST_VERSION) return [];
      const version = EXACT.exec(asked)?.[1];
      return [{ ecosystem: 'PyPI' as const, name: normalised(name), version, asked, from: path }];
    }),
  );
}

function fromNpm(path: string, text: string): Required[] {
  return entries(parsed(text).packages).flatMap(([place, about]) => {
    const name = place.split('node_modules/').at(-1) ?? '';
    const version = textOf(about, 'version');
    return place.includes('node_modules/') && version !== '' && version.length <= LONGEST_VERSION
      ? [{ ecosystem: 'npm' as const, name, version, asked: version, from: path }]
      : [];
  });
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const entries = (value: unknown): [string, unknown][] =>
  isRecord(value) ? Object.entries(value).slice(0, MOST) : [];
const textOf = (value: unknown, name: string): string => {
  const found = isRecord(value) ? value[name] : undefined;
  return typeof found === 'string' ? found : '';
};
