import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readEntries } from './gateway.ts';

/** The command line as people start it: a process of its own, in a folder of its own, with a clean environment. */
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Each process would compile everything anew. */
const CACHE = process.env.NODE_COMPILE_CACHE ?? join(tmpdir(), 'gatehouse-compile-cache');

/** A test that waits longer, in milliseconds, has failed. */
const PATIENCE = 20_000;

export interface Ran {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export type Env = Readonly<Record<string, string>>;

/** What a test is to whatever ends with it. */
export interface Ending {
  after(end: () => unknown): void;
}

/** A folder that goes with the test. */
export function tempFolder(t: Ending): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs `gatehouse ARGS` to its end. */
export async function gatehouse(cwd: string, args: readonly string[], env: Env = {}): Promise<Ran> {
  return started(cwd, args, env).ended;
}

/**
 * Runs it, stops it with a signal once it has a file of this name open (`name (deleted)` where it has none any more), and
 * waits for the end. Linux only: nobody else tells which files a process has open.
 */
export async function stopped(
  cwd: string,
  args: readonly string[],
  about: { readonly file: string; readonly signal: NodeJS.Signals; readonly env?: Env },
): Promise<Ran> {
  const { child, ended } = started(cwd, args, about.env ?? {}, true);
  const opened = () => {
    try {
      const open = readdirSync(`/proc/${child.pid}/fd`).map((fd) =>
        readlinkSync(`/proc/${child.pid}/fd/${fd}`),
      );
      // Whoever takes a file's name away takes its folder next.
      return open.some(
        (path) =>
          basename(path) === about.file && !(path.endsWith(' (deleted)') && existsSync(dirname(path))),
      );
    } catch {
      // One was closed while they were listed.
      return false;
    }
  };
  const late = Date.now() + PATIENCE;
  while (!opened() && child.exitCode === null && Date.now() < late) await setTimeout(5);
  child.kill(about.signal);
  return ended;
}

/** The same, and what it printed as JSON. Fails where it did not end well. */
export async function gatehouseJson<T = Record<string, unknown>>(
  cwd: string,
  args: readonly string[],
): Promise<T> {
  const { code, out, err } = await gatehouse(cwd, [...args, '--json']);
  if (code !== 0) throw new Error(`gatehouse ${args.join(' ')} ended with ${code}: ${err}`);
  return JSON.parse(out) as T;
}

/** Any program, to its end. */
export function runProgram(program: string, args: readonly string[], cwd: string): Promise<Ran> {
  return watch(spawn(program, args, { cwd })).ended;
}

/** A gateway that answers. */
export interface Served {
  readonly address: string;
  readonly child: ChildProcess;
  /** What it has printed so far. */
  out(): string;
  err(): string;
  /** Resolves when standard error holds this. */
  says(pattern: RegExp): Promise<void>;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Ran>;
}

/** Starts `gatehouse serve` on a free port and waits until it answers. It is killed with the test at the latest. */
export async function serve(
  t: Ending,
  cwd: string,
  args: readonly string[] = [],
  env: Env = {},
): Promise<Served> {
  const { child, ended, out, err } = started(cwd, ['serve', '--port', '0', ...args], env);
  t.after(() => child.kill('SIGKILL'));
  const failed = ended.then(({ code, err: said }) => {
    throw new Error(`serve ended with ${code}: ${said}`);
  });
  failed.catch(() => {});
  const until = async (text: () => string, pattern: RegExp) => {
    for (const late = Date.now() + PATIENCE; Date.now() < late; ) {
      const found = pattern.exec(text());
      if (found !== null) return found[0];
      await Promise.race([setTimeout(10), failed]);
    }
    throw new Error(`it never said ${pattern}: ${text()}`);
  };
  await until(out, /Ctrl-C stops\n|^\{.*\}\n/);
  return {
    address: await until(out, /https?:\/\/[\w.[\]:]+:\d+/),
    child,
    out,
    err,
    says: async (pattern) => void (await until(err, pattern)),
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

/** The keys that a first start shows. */
export function keysIn(text: string): { readonly app: string; readonly admin: string } {
  const [app = ''] = /ghk_\w+/.exec(text) ?? [];
  const [admin = ''] = /gha_\w+/.exec(text) ?? [];
  if (app === '' || admin === '') throw new Error('no keys were shown');
  return { app, admin };
}

/** Entries of the ledger in the data folder of a folder. */
export const ledgerOf = (cwd: string): Record<string, unknown>[] =>
  readEntries(join(cwd, 'gatehouse-data', 'ledger'));

/** The same, while it runs. */
export function started(cwd: string, args: readonly string[], env: Env, keepInput = false) {
  const { PATH = '' } = process.env;
  const clean = { PATH, HOME: cwd, NO_COLOR: '1', NODE_COMPILE_CACHE: CACHE, ...env };
  return watch(spawn(process.execPath, [MAIN, ...args], { cwd, env: clean }), keepInput);
}

function watch(child: ChildProcess, keepInput = false) {
  let [out, err] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  if (!keepInput) child.stdin?.end();
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
  return { child, ended, out: () => out, err: () => err };
}
