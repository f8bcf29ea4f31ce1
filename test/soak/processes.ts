import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type CliIo, processIo } from '../../src/cli/io.ts';
import { run as command } from '../../src/cli/run.ts';
import type { Speech } from './upstream-process.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const UPSTREAM = join(import.meta.dirname, 'upstream-process.ts');

/** How long anything may take to be ready, or to be over, in milliseconds. */
export const PATIENCE = 90_000;

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A process that goes on, whose output is kept in a file as well. */
export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  out(): string;
  /** Resolves with what standard output says that fits. */
  says(pattern: RegExp): Promise<string>;
  /** Resolves with the next line of standard error that fits. */
  nextError(pattern: RegExp): Promise<string>;
  readonly ended: Promise<Ran>;
  stop(signal?: NodeJS.Signals): Promise<Ran>;
}

/** Of standard error so much is kept, in characters. */
const KEPT = 64 * 1024;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Ends all that was started and goes on; resolves when it is gone. */
export async function killAll(): Promise<void> {
  const left = [...running].filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  await Promise.all(
    left.map((child) => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      return gone;
    }),
  );
  running.clear();
}

/** Starts the command line in a process of its own. */
export function start(
  folder: string,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly log?: string } = {},
): Running {
  const { PATH = '' } = process.env;
  const env = {
    PATH,
    HOME: folder,
    NO_COLOR: '1',
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(folder, '.cache'),
    ...options.env,
  };
  // A group of its own: Ctrl-C is for the driver, which then ends what it has started in order.
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  const waiting = new Map<RegExp, (line: string) => void>();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err = (err + text).slice(-KEPT);
    if (options.log !== undefined) appendFileSync(options.log, text);
    for (const [pattern, tell] of waiting) {
      const line = text.split('\n').find((one) => pattern.test(one));
      if (line !== undefined) tell(line);
    }
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      running.delete(child);
      resolve({ code, out, err });
    });
  });
  return {
    child,
    pid: child.pid ?? 0,
    out: () => out,
    ended,
    async says(pattern) {
      for (const late = Date.now() + PATIENCE; Date.now() < late; await pause(20)) {
        const [found] = pattern.exec(out) ?? [];
        if (found !== undefined) return found;
        if (child.exitCode !== null) break;
      }
      throw new Error(`gatehouse ${args[0]} never said ${pattern}:\n${(out + err).slice(-2000)}`);
    },
    nextError(pattern) {
      return new Promise((resolve, reject) => {
        const own = new RegExp(pattern);
        const timer = setTimeout(() => {
          waiting.delete(own);
          reject(new Error(`gatehouse ${args[0]} never said ${pattern}`));
        }, PATIENCE);
        waiting.set(own, (line) => {
          clearTimeout(timer);
          waiting.delete(own);
          resolve(line);
        });
      });
    },
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
      const ran = await ended;
      clearTimeout(timer);
      return ran;
    },
  };
}

/** Runs a command to its end: here, since a process for each would take more time than what it does. */
export async function run(folder: string, args: readonly string[]): Promise<Ran> {
  let [out, err] = ['', ''];
  const io: CliIo = {
    ...processIo(),
    cwd: folder,
    progress: () => ({ update: () => {}, end: () => {} }),
    out: (text) => {
      out += `${text}\n`;
    },
    err: (text) => {
      err += `${text}\n`;
    },
    json: (value) => {
      out += JSON.stringify(value);
    },
  };
  process.exitCode = undefined;
  const code = await command([...args], io, 'soak');
  process.exitCode = undefined;
  return { code, out, err };
}

/** Settings that only say where the data folder is: those of the gateway are sometimes wrong on purpose. */
export const STEADY = 'steady.yaml';

/** An administrative command, and what it printed as JSON. Throws where it did not end well. */
export async function administer<T>(folder: string, args: readonly string[]): Promise<T> {
  const { code, out, err } = await run(folder, [...args, '--json', '--config', STEADY]);
  if (code === 0) return JSON.parse(out) as T;
  throw new Error(`gatehouse ${args.join(' ')} ended with ${code}: ${err}`);
}

/** A model server that fails at random. @returns its address, and the way to end it */
export async function startUpstreamProcess(speech: Speech, journal: string, seed: number) {
  const child = fork(UPSTREAM, [speech, journal, String(seed)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  running.add(child);
  const [port] = (await once(child, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
      running.delete(child);
    },
  };
}
