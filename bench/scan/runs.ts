import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';

const ROOT = join(import.meta.dirname, '..', '..');

/** A scanner, as a person starts it. */
export interface Scanner {
  readonly name: string;
  command(path: string): readonly [command: string, args: readonly string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes of a scan that came to its end: a scanner that gives up is fast. */
  readonly ended: readonly number[];
}

/** What one run of a scanner used, start-up and all threads included. */
export interface Run {
  readonly wall: number;
  /** Processor time, user and system: seconds. */
  readonly cpu: number;
  /** The most that was resident: MiB. */
  readonly memory: number;
}

/**
 * Says at the end of the process, on a channel of its own, what it used: seconds and KB. On Linux getrusage(2) counts
 * what the benchmark itself had when it started the process; the peak in proc(5) does not.
 */
const USAGE = `
import { readFileSync, writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
if (isMainThread) process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  let peak;
  try {
    peak = /VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  } catch {}
  writeSync(3, (userCPUTime + systemCPUTime) / 1e6 + ' ' + (peak ?? maxRSS));
});`;
const PRELOAD = `data:text/javascript,${encodeURIComponent(USAGE)}`;

/** Gatehouse: what `npm run build` made, where it is there, else the sources, whose types Node takes away at each start. */
export function gatehouse(jobs: number | undefined): Scanner {
  const built = join(ROOT, 'dist', 'main.js');
  const main = existsSync(built) ? built : join(ROOT, 'src', 'main.ts');
  const more = jobs === undefined ? [] : ['--jobs', String(jobs)];
  return {
    name: jobs === undefined ? 'gatehouse' : `gatehouse --jobs ${jobs}`,
    command: (path) => [process.execPath, ['--import', PRELOAD, main, 'scan', path, '--quiet', ...more]],
    ended: [0],
  };
}

/** Runs `python3 -m picklescan`, and says at the end what it used, as ours does. */
const PYTHON = `
import atexit, os, re, resource, runpy
def usage():
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = used.ru_maxrss
    if os.path.exists('/proc/self/status'):
        with open('/proc/self/status') as status:
            peak = int(re.search('VmHWM: *\\t* *([0-9]+)', status.read()).group(1))
    os.write(3, ('%f %d' % (used.ru_utime + used.ru_stime, peak)).encode())
atexit.register(usage)
runpy.run_module('picklescan', run_name='__main__', alter_sys=True)
`;

/** Throws where picklescan is not in the folder, or in its `src`. */
export function picklescan(folder: string): Scanner {
  const main = join('picklescan', '__main__.py');
  const found = [join(folder, 'src'), folder].find((one) => existsSync(join(one, main)));
  if (found === undefined)
    throw new Error(
      `there is no src/${main} in ${folder}, nor ${main}: --picklescan takes the folder of its source`,
    );
  return {
    name: 'picklescan',
    command: (path) => ['python3', ['-c', PYTHON, '--path', path]],
    env: { PYTHONPATH: found },
    // 1: something looks bad to it, which is its own affair.
    ended: [0, 1],
  };
}

/** Runs a scanner once. Throws where it does not come to its end. */
export async function runOnce({ name, command, env, ended }: Scanner, path: string): Promise<Run> {
  const [program, args] = command(path);
  const started = performance.now();
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const texts = Promise.all([textOf(child.stdio[2]), textOf(child.stdio[3])]);
  const [code] = (await once(child, 'exit')) as [number | null];
  const wall = (performance.now() - started) / 1000;
  const [errors, usage] = await texts;
  const [cpu = Number.NaN, kilobytes = Number.NaN] = usage.split(' ').map(Number);
  if (code === null || !ended.includes(code) || !(cpu > 0))
    throw new Error(`${name} ended with ${code} on ${path}: ${errors.slice(-400)}`);
  return { wall, cpu, memory: kilobytes / 1024 };
}

async function textOf(stream: unknown): Promise<string> {
  if (!(stream instanceof Readable)) return '';
  return (await stream.setEncoding('utf8').toArray()).join('');
}
