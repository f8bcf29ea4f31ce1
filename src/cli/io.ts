import { once } from 'node:events';
import { createReadStream, readFileSync } from 'node:fs';
import type { Problem } from '../base/problem.ts';

/** Shows how far a long task has come. */
export interface Progress {
  /** Somebody sees it; undefined: nobody does. */
  readonly drawn?: true;
  update(done: number, total?: number): void;
  end(): void;
}

/** The outside of a command: where it writes, where it stands, and what it was given. */
export interface CliIo {
  /** A line for standard output. */
  out(text: string): void;
  /** A line for standard error. */
  err(text: string): void;
  /** A JSON document for standard output. */
  json(value: unknown): void;
  /** Text for standard output as it stands. Resolves when it is taken, so that whoever reads slowly is waited for. */
  write(text: string): Promise<void>;
  /** Standard input, or a file, as it comes. */
  input(file?: string): AsyncIterable<Uint8Array>;
  /** Colour may be used on standard output: a terminal, and NO_COLOR is not set. */
  readonly colour: boolean;
  /** A progress line on standard error; silent where that is no terminal. */
  progress(label: string): Progress;
  readonly cwd: string;
  /**
   * Reads a file of the configuration. All of it comes through here, so that every process of one gateway can be given
   * the same bytes.
   */
  read(path: string): string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called once at Ctrl-C or SIGTERM; returns how to stop listening for it. */
  onStop(act: () => void): () => void;
}

/** Whoever reads our output may stop early (`| head`): no failure of ours. */
const onBrokenOutput = (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 4);

/** The io of a process. */
export function processIo(): CliIo {
  // Asked for again, it is the same process with the same output.
  process.stdout.off('error', onBrokenOutput).on('error', onBrokenOutput);
  const terminal = process.stderr.isTTY === true;
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    json: (value) => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    async write(text) {
      if (!process.stdout.write(text)) await once(process.stdout, 'drain');
    },
    input: (file) => (file === undefined ? process.stdin : createReadStream(file)),
    colour: process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '',
    progress: (label) => (terminal ? drawn(label) : { update: () => {}, end: () => {} }),
    cwd: process.cwd(),
    read: (path) => readFileSync(path, 'utf8'),
    env: process.env,
    onStop(act) {
      const stop = () => act();
      process.once('SIGINT', stop);
      process.once('SIGTERM', stop);
      return () => {
        process.off('SIGINT', stop);
        process.off('SIGTERM', stop);
      };
    },
  };
}

/** At most ten times a second, in place. */
function drawn(label: string): Progress {
  let last = 0;
  return {
    drawn: true,
    update(done, total) {
      const now = performance.now();
      if (now - last < 100) return;
      last = now;
      const share = total === undefined || total === 0 ? '' : ` ${Math.floor((done / total) * 100)} %`;
      process.stderr.write(`\r\u001b[K${label} ${done.toLocaleString('en')}${share}`);
    },
    end: () => void process.stderr.write('\r\u001b[K'),
  };
}

/** A problem as people see it: what went wrong, then what to do. */
export function describeProblem({ message, advice }: Problem): string {
  return advice === undefined ? `gatehouse: ${message}` : `gatehouse: ${message}\n  ${advice}`;
}
