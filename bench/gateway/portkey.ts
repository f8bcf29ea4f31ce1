import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Child, ready, startNode, TARGET_CORE } from '../harness/children.ts';
import { versionOf } from '../harness/machine.ts';
import type { Headers } from './jobs.ts';
import { answers, freePort } from './ports.ts';

/** The only folder in which peers are installed; its lock file is part of the repository. */
const PEERS = join(import.meta.dirname, '..', 'peers');
const PACKAGE = join(PEERS, 'node_modules', '@portkey-ai', 'gateway');
const INSTALL_MS = 120_000;

export const portkeyVersion = (): string | undefined => versionOf(PACKAGE);

/** Installs Portkey where it is not. Says why it cannot be had, or undefined. */
export async function installPortkey(say: (line: string) => void): Promise<string | undefined> {
  if (existsSync(PACKAGE)) return undefined;
  say('installing Portkey into bench/peers (once) …');
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
    return `Portkey could not be installed in bench/peers (${first})`;
  }
}

/** Portkey without guards, as its own manual starts it. */
export async function startPortkey(
  upstream: number,
): Promise<{ child: Child; port: number; callers: readonly Headers[] }> {
  const port = await freePort();
  const server = join(PACKAGE, 'build', 'start-server.js');
  const child = startNode('portkey', [server, '--headless', `--port=${port}`], {
    core: TARGET_CORE,
    cwd: PEERS,
  });
  await ready(child, () => answers(port));
  return {
    child,
    port,
    callers: [
      {
        authorization: 'Bearer bench',
        'x-portkey-provider': 'openai',
        'x-portkey-custom-host': `http://127.0.0.1:${upstream}/v1`,
      },
    ],
  };
}
