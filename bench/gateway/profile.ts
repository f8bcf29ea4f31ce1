import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';

interface CpuProfile {
  /** µs on the machine's monotonic clock. */
  readonly startTime: number;
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
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
  /** µs of the main thread while it did not sleep: what the shares are of. Disk and other threads are not in it. */
  readonly sampledUs: number;
  readonly groups: readonly ProfileLine[];
  readonly functions: readonly ProfileLine[];
}

const ROOT = join(import.meta.dirname, '..', '..');
const TOP = 25;

export interface Profiling {
  /** For Node: write profiles into the folder at exit. */
  readonly args: readonly string[];
  /** What is profiled begins, or is over: start-up, warming up and stopping are left out. */
  mark(): void;
  read(setting: string): Profile;
  remove(): void;
}

/** µs on the clock of V8's profiles. */
const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

/** A folder for V8's profiles, and what to do with them. */
export function profiling(): Profiling {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-profile-'));
  const marks: number[] = [];
  return {
    args: ['--cpu-prof', `--cpu-prof-dir=${folder}`],
    mark: () => void marks.push(nowUs()),
    read(setting) {
      const files = readdirSync(folder).map((name) => join(folder, name));
      const [from = 0, to = Number.POSITIVE_INFINITY] = marks;
      return summarize(setting, files, { from, to });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Where a process's time went: itself only, not what it called, and without the time in which it slept. */
function summarize(setting: string, files: readonly string[], span: { from: number; to: number }): Profile {
  const groups = new Map<string, number>();
  const functions = new Map<string, number>();
  const add = (to: Map<string, number>, name: string, time: number) =>
    to.set(name, (to.get(name) ?? 0) + time);
  let total = 0;
  for (const file of files) {
    const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
    const spots = spotsOf(profile);
    let at = profile.startTime;
    for (const [index, id] of profile.samples.entries()) {
      const time = profile.timeDeltas[index] ?? 0;
      at += time;
      const spot = spots.get(id);
      if (spot === undefined || at < span.from || at > span.to) continue;
      total += time;
      add(groups, spot.group, time);
      add(functions, spot.name, time);
    }
  }
  if (total === 0) throw new Error('the profile is empty');
  const top = (times: Map<string, number>) =>
    [...times]
      .map(([name, time]) => ({ name, share: time / total }))
      .sort((a, b) => b.share - a.share)
      .slice(0, TOP);
  return { setting, sampledUs: total, groups: top(groups), functions: top(functions) };
}

interface Spot {
  readonly group: string;
  readonly name: string;
}

/** Name and group of each node of the call tree, but for the idle ones. */
function spotsOf({ nodes }: CpuProfile): Map<number, Spot> {
  const parents = new Map(
    nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)),
  );
  const spots = new Map<number, Spot>();
  for (const node of nodes) {
    const { functionName, url } = node.callFrame;
    if (functionName === '(idle)' || functionName === '(root)') continue;
    let by = node;
    // Native functions have no place of their own: the one that called them says what they were for.
    while (by.callFrame.url === '' || by.callFrame.url.startsWith('wasm:')) {
      const parent = parents.get(by.id);
      if (parent === undefined) break;
      by = parent;
    }
    const where = placeOf(by.callFrame.url);
    const mark = by === node || where === '' ? '' : '← ';
    spots.set(node.id, {
      group: groupOf(functionName, url === '', where),
      name: `${functionName || '(anonymous)'}  ${mark}${where}`.trimEnd(),
    });
  }
  return spots;
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

/** The part of the gateway, the package or the part of Node that a function works for. */
function groupOf(functionName: string, native: boolean, where: string): string {
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (where === '') return 'V8 and libuv';
  const suffix = native ? ' (native)' : '';
  const node = NODE_GROUPS.find(([pattern]) => pattern.test(where));
  if (node !== undefined) return `${node[1]}${suffix}`;
  if (where.startsWith('node:')) return `node: other${suffix}`;
  const [first = where, second = ''] = where.split(sep);
  return `${first === 'src' ? `src/${second}` : first}${suffix}`;
}
