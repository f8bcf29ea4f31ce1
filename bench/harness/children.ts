import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, constants } from 'node:os';

/** Which core a child runs on: what is measured is alone on 0, all that measures it shares 1. */
export const TARGET_CORE = '0';
export const DRIVER_CORE = '1';
/** For what runs in several processes, and has to share with what measures it. */
export const BOTH_CORES = '0,1';

/** How long a child may take to say that it is ready, and to go when it is told to, ms. */
const READY_MS = 30_000;
const GRACE_MS = 8_000;
/** Of what a child prints, the end is kept, for the message when it fails. */
const KEPT_CHARS = 4_000;

const running = new Set<ChildProcess>();

const has = (command: string): boolean => spawnSync(command, ['--version']).status === 0;

/** Why processes are not pinned to cores, or undefined where they are. */
export const unpinned: string | undefined = !has('taskset')
  ? 'taskset is not there (Debian: util-linux)'
  : availableParallelism() < 2
    ? 'this machine has one core'
    : undefined;

/** Makes the kernel end a child whose parent was killed and could not see to it (`man 2 PR_SET_PDEATHSIG`). */
const tied = has('setpriv') ? ['setpriv', '--pdeathsig', 'KILL'] : [];

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Sends a job to one of our own children and waits for its answer; an answer with `error` is thrown. */
  ask<Answer>(job: object): Promise<Answer>;
  /** The end of what it printed on both outputs. */
  printed(): string;
  stop(): Promise<void>;
}

export interface ChildOptions {
  /** As `taskset -c` takes it. */
  readonly core: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A channel for `ask`; our own children go when it closes. */
  readonly channel?: boolean;
}

/** Starts `node` (the one that runs this) with arguments. Everything started here is stopped before this process ends. */
export function startNode(name: string, args: readonly string[], options: ChildOptions): Child {
  // Both replace themselves by the command that follows, so the process id is the one of node.
  const pinned = unpinned === undefined ? ['taskset', '-c', options.core] : [];
  const [command = '', ...rest] = [...pinned, ...tied, process.execPath, ...args];
  const child = spawn(command, rest, {
    cwd: options.cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', options.channel === true ? 'ipc' : 'ignore'],
    serialization: 'advanced',
  });
  running.add(child);
  let printed = '';
  const keep = (text: string) => {
    printed = (printed + text).slice(-KEPT_CHARS);
  };
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', keep);
  child.once('exit', () => running.delete(child));
  child.once('error', (error) => {
    keep(error.message);
    running.delete(child);
  });

  return {
    name,
    pid: child.pid ?? 0,
    printed: () => printed,
    ask: <Answer>(job: object) => askOf<Answer>(child, name, job, () => printed),
    stop: () => stop(child),
  };
}

function askOf<Answer>(
  child: ChildProcess,
  name: string,
  job: object,
  printed: () => string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error(`${name} ended in the middle of its work:\n${printed()}`));
    if (child.exitCode !== null || child.signalCode !== null) return onExit();
    child.once('exit', onExit);
    child.once('message', (answer: Answer | { error: string }) => {
      child.off('exit', onExit);
      if (typeof answer === 'object' && answer !== null && 'error' in answer)
        reject(new Error(`${name}: ${answer.error}`));
      else resolve(answer as Answer);
    });
    child.send(job);
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (!running.has(child)) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await gone;
  clearTimeout(late);
}

/** Waits until `probe` gives something else than undefined; a child that ends meanwhile, or takes too long, is an error. */
export async function ready<Found>(child: Child, probe: () => Promise<Found | undefined>): Promise<Found> {
  const until = Date.now() + READY_MS;
  while (Date.now() < until) {
    const found = await probe();
    if (found !== undefined) return found;
    if (![...running].some(({ pid }) => pid === child.pid)) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${child.name} did not start:\n${child.printed()}`);
}

/** For the way out: nothing asynchronous runs any more, so no child gets to finish anything. */
function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

process.on('exit', killAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => process.exit(128 + constants.signals[signal]));
}
