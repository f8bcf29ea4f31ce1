import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { versionOf } from './machine.ts';

/** The only folder in which peers are installed; its lock file is part of the repository. */
export const PEERS = join(import.meta.dirname, '..', 'peers');
const INSTALL_MS = 120_000;

export const peerFolder = (name: string): string => join(PEERS, 'node_modules', ...name.split('/'));
export const peerVersion = (name: string): string | undefined => versionOf(peerFolder(name));

/** Installs all peers where one of those that are asked for is missing. Says why they cannot be had, or undefined. */
export async function installPeers(
  names: readonly string[],
  say: (line: string) => void,
): Promise<string | undefined> {
  if (names.every((name) => existsSync(peerFolder(name)))) return undefined;
  say('installing the peers into bench/peers (once) …');
  const words = [
    'ci',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--fetch-retries=1',
  ];
  try {
    await promisify(execFile)('npm', words, { cwd: PEERS, timeout: INSTALL_MS });
    return undefined;
  } catch (error) {
    const [first = 'npm ci failed'] = (error instanceof Error ? error.message : String(error))
      .trim()
      .split('\n')
      .slice(-1);
    return `${names.join(', ')} could not be installed in bench/peers (${first})`;
  }
}
