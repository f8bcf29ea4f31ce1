import { posix } from 'node:path';
import { ENTRIES, exactIn, LONGEST_VERSION, normalised, type Required } from './required.ts';

/** What is pinned in a lock, by its name: Poetry, uv, PDM, PEP 751, Pipenv, npm, Yarn and pnpm. */
export function readLock(path: string, text: string): Required[] {
  const name = posix.basename(path).toLowerCase();
  if (name === 'pipfile.lock') return fromPipfile(path, text);
  if (name === 'yarn.lock') return fromYarn(path, text);
  if (name === 'pnpm-lock.yaml') return fromPnpm(path, text);
  return name.endsWith('.json') ? fromNpm(path, text) : fromToml(path, text);
}

/** `[[package]]` with a name and a version: as much of TOML as machines write in locks. */
function fromToml(path: string, text: string): Required[] {
  const out: Required[] = [];
  for (const block of text.split(/^\[\[packages?\]\]\s*$/m, ENTRIES).slice(1)) {
    const own = block.split(/^\[/m)[0] ?? '';
    const name = /^name\s*=\s*"([^"\n]{1,200})"/m.exec(own)?.[1];
    const version = /^version\s*=\s*"([^"\n]{1,100})"/m.exec(own)?.[1];
    // The project that the lock is of.
    if (/^source\s*=\s*\{\s*(?:editable|virtual)\s*=\s*"\.?"/m.test(own)) continue;
    if (name !== undefined && version !== undefined)
      out.push({ ecosystem: 'PyPI', name: normalised(name), version, asked: `==${version}`, from: path });
  }
  return out;
}

function fromPipfile(path: string, text: string): Required[] {
  return entries(parsed(text))
    .filter(([group]) => group !== '_meta')
    .flatMap(([, group]) => entries(group))
    .flatMap(([name, about]) => {
      const asked = textOf(about, 'version');
      if (asked.length > LONGEST_VERSION) return [];
      return [
        { ecosystem: 'PyPI' as const, name: normalised(name), version: exactIn(asked), asked, from: path },
      ];
    });
}

/** Places in `node_modules`; before version 2 of the format, names in names. */
function fromNpm(path: string, text: string): Required[] {
  const lock = parsed(text);
  const out: Required[] = [];
  for (const [place, about] of entries(lock.packages))
    if (place.includes('node_modules/'))
      add(
        out,
        textOf(about, 'name') || (place.split('node_modules/').at(-1) ?? ''),
        textOf(about, 'version'),
        path,
      );
  if (lock.packages !== undefined) return out;
  const waiting = entries(lock.dependencies);
  for (let next = waiting.pop(); next !== undefined && out.length < ENTRIES; next = waiting.pop()) {
    const [name, about] = next;
    add(out, name, textOf(about, 'version'), path);
    if (isRecord(about)) waiting.push(...entries(about.dependencies));
  }
  return out;
}

/** `"@a/b@^1.0", "@a/b@^1.1":` and below it `version "1.1.0"`; newer ones write `npm:` before the range, and colons. */
function fromYarn(path: string, text: string): Required[] {
  const out: Required[] = [];
  let name = '';
  for (const line of text.split('\n', ENTRIES * 8)) {
    const short = line.slice(0, 2_000);
    if (/^\S/.test(short))
      name = /^"?((?:@[\w.-]{1,100}\/)?[\w.-]{1,200})@(?!workspace:)/.exec(short)?.[1] ?? '';
    const version = /^ {2}version:? "?([^"\s]{1,200})"?\s*$/.exec(short)?.[1];
    if (version !== undefined && name !== '') add(out, name, version, path);
  }
  return out;
}

/** Keys of `packages:`: `/@a/b@1.0.0(peer@2)`, `'@a/b@1.0.0'`, before version 6 `/@a/b/1.0.0`. */
function fromPnpm(path: string, text: string): Required[] {
  const out: Required[] = [];
  let isWithin = false;
  for (const line of text.split('\n', ENTRIES * 8)) {
    const short = line.slice(0, 2_000);
    if (/^\S/.test(short)) isWithin = /^packages:/.test(short);
    const [, name, version] =
      /^ {2}'?\/?((?:@[\w.-]{1,100}\/)?[\w.-]{1,200})[@/](\d[^\s:'(_]{0,100})[^\s:']{0,400}'?:/.exec(short) ??
      [];
    if (isWithin && name !== undefined && version !== undefined) add(out, name, version, path);
  }
  return out;
}

function add(out: Required[], name: string, version: string, from: string): void {
  if (name !== '' && version !== '' && version.length <= LONGEST_VERSION && out.length < ENTRIES)
    out.push({ ecosystem: 'npm', name, version, asked: version, from });
}

export function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const entries = (value: unknown): [string, unknown][] =>
  isRecord(value) ? Object.entries(value).slice(0, ENTRIES) : [];
const textOf = (value: unknown, name: string): string => {
  const found = isRecord(value) ? value[name] : undefined;
  return typeof found === 'string' ? found : '';
};
