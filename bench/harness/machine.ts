import { readFileSync } from 'node:fs';
import os from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Processes that wanted to run in the minute before the start: above 0.5 the numbers are noisy. */
  readonly load: number;
}

export const machine = (): Machine => ({
  cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
  cores: os.availableParallelism(),
  memoryGb: Math.round(os.totalmem() / 1024 ** 3),
  system: `${os.type()} ${os.release()} ${os.arch()}`,
  node: process.version,
  load: Number(os.loadavg()[0]?.toFixed(2)),
});

/** The version in a package's `package.json`, or undefined where it is not installed. */
export function versionOf(packageFolder: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(`${packageFolder}/package.json`, 'utf8')) as {
      version?: string;
    };
    return version;
  } catch {
    return undefined;
  }
}
