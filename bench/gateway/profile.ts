import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface ProfileLine {
  readonly name: string;
  readonly share: number;
}

export interface Profile {
  readonly setting: string;
  readonly groups: readonly ProfileLine[];
  readonly functions: readonly ProfileLine[];
}

const ROOT = join(import.meta.dirname, '..', '..');
const TOP = 25;

/** A folder for V8's profiles, gone at the end, and the arguments that make Node write them there at its exit. */
export function profiling(): { args: string[]; read: (setting: string) => Profile; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-profile-'));
  return {
    args: ['--cpu-prof', `--cpu-prof-dir=${folder}`],
    read: (setting) =>
      summarize(
        setting,
        readdirSync(folder).map((name) => join(folder, name)),
      ),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Where a process's time went: itself only, not what it called, and without the time in which it slept. */
function summarize(setting: string, files: readonly string[]): Profile {
  const groups = new Map<string, number>();
  const functions = new Map<string, number>();
  const add = (to: Map<string, number>, name: string, time: number) =>
    to.set(name, (to.get(name) ?? 0) + time);
  let total = 0;
  for (const file of files) {
    const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
    const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
    for (const [index, id] of profile.samples.entries()) {
      const frame = frames.get(id);
      if (frame === undefined || frame.functionName === '(idle)' || frame.functionName === '(root)') continue;
      const time = profile.timeDeltas[index] ?? 0;
      const where = placeOf(frame.url);
      total += time;
      add(groups, groupOf(frame.functionName, where), time);
      add(functions, `${frame.functionName || '(anonymous)'}${where === '' ? '' : `  ${where}`}`, time);
    }
  }
  const top = (times: Map<string, number>) =>
    [...times]
      .map(([name, time]) => ({ name, share: time / total }))
      .sort((a, b) => b.share - a.share)
      .slice(0, TOP);
  return { setting, groups: top(groups), functions: top(functions) };
}

/** `src/guards/secrets.ts`, `undici/lib/dispatcher/client-h1.js`, `node:_http_outgoing`; empty for V8 itself. */
function placeOf(url: string): string {
  if (!url.startsWith('file://')) return url;
  const path = relative(ROOT, decodeURIComponent(new URL(url).pathname));
  return path.split(`node_modules${sep}`).at(-1) ?? path;
}

const NODE_GROUPS: readonly (readonly [RegExp, string])[] = [
  [/^node:(_http|internal\/http)/, 'node: http'],
  [/^node:(net|internal\/(stream_base|js_stream|net))/, 'node: net'],
  [/^node:(internal\/streams|stream|internal\/webstreams)/, 'node: streams'],
  [/^node:internal\/crypto/, 'node: crypto'],
  [/^node:(fs|internal\/fs)/, 'node: files'],
  [/^node:(internal\/timers|timers)/, 'node: timers'],
  [/^node:(events|internal\/(process|async_hooks))/, 'node: events and ticks'],
];

/** The part of the gateway, the package or the part of Node that a function belongs to. */
function groupOf(functionName: string, where: string): string {
  if (functionName === '(garbage collector)') return 'garbage collection';
  // Native functions have no place: system calls, parsing of HTTP, hashing, and JSON are told apart by name.
  if (where === '') return functionName === '(program)' ? 'native, unnamed' : `native: ${functionName}`;
  const node = NODE_GROUPS.find(([pattern]) => pattern.test(where));
  if (node !== undefined) return node[1];
  if (where.startsWith('node:')) return 'node: other';
  const [first = where, second = ''] = where.split(sep);
  return first === 'src' ? `src/${second}` : first;
}
