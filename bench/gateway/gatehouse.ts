import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BOTH_CORES, type Child, ready, startNode, TARGET_CORE } from '../harness/children.ts';
import { type Files, fullFiles, plainFiles } from './gatehouse-files.ts';
import { startIssuer } from './issuer.ts';
import type { Headers } from './jobs.ts';
import { answers, freePort } from './ports.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

export interface Gatehouse {
  readonly child: Child;
  readonly port: number;
  readonly callers: readonly Headers[];
}

/** Gatehouse with a key, in one process or, with more `workers`, in so many that answer and one that keeps the books. */
export async function startGatehouse(
  upstream: number,
  { workers = 1, nodeArgs = [] }: { workers?: number; nodeArgs?: readonly string[] },
): Promise<Gatehouse> {
  const port = await freePort();
  const { child, key } = await serve(plainFiles(port, upstream, workers), port, {
    nodeArgs,
    core: workers > 1 ? BOTH_CORES : TARGET_CORE,
  });
  return { child, port, callers: [{ authorization: `Bearer ${key}` }] };
}

/** Gatehouse with tokens of an issuer, conditions, dollar budgets and routes of several targets. */
export async function startFullGatehouse(upstream: number, nodeArgs: readonly string[]): Promise<Gatehouse> {
  const [port, issuer] = await Promise.all([freePort(), startIssuer()]);
  const { child } = await serve(fullFiles(port, upstream, issuer), port, { nodeArgs, core: TARGET_CORE });
  const callers = issuer.tokens.map((token) => ({
    authorization: `Bearer ${token}`,
    'x-gatehouse-purpose': 'support',
  }));
  return { child, port, callers };
}

/** As a user starts it: a configuration, `init` for the keys, `serve`. */
export async function serve(
  files: Files,
  port: number,
  { nodeArgs, core }: { nodeArgs: readonly string[]; core: string },
): Promise<{ child: Child; key: string; adminKey: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const config = join(folder, 'gatehouse.yaml');
  const init = [MAIN, 'init', '--config', config, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, init);
  const { keys } = JSON.parse(stdout) as { keys: { app: string; admin: string } };
  const child = startNode('gatehouse', [...nodeArgs, MAIN, 'serve', '--config', config], {
    core,
    cwd: folder,
  });
  await ready(child, () => answers(port));
  return { child, key: keys.app, adminKey: keys.admin };
}
