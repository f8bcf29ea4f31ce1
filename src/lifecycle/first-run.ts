import { existsSync } from 'node:fs';
import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Problem } from '../base/problem.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { DEFAULT_POLICY } from '../policy/default-policy.ts';
import { defaultSettings } from '../settings/default-settings.ts';
import type { Store } from '../store/store.ts';
import type { Detection } from './detect.ts';

/** Writes `gatehouse.yaml` and the policy where they are missing. Returns the files it wrote. */
export async function writeConfiguration(settingsFile: string, detection: Detection): Promise<string[]> {
  const written: string[] = [];
  const policyFile = resolve(dirname(settingsFile), 'policy.yaml');
  if (await writeNew(settingsFile, defaultSettings(detection.upstreams))) written.push(settingsFile);
  if (await writeNew(policyFile, DEFAULT_POLICY)) written.push(policyFile);
  return written;
}

/** All of a file or nothing, and never over one that is there. */
export async function writeNew(path: string, text: string): Promise<boolean> {
  // Its folder need not be writable then: a mounted configuration is not.
  if (existsSync(path)) return false;
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, text, { mode: 0o600, flag: 'w' });
    await link(draft, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw new Problem(
      'environment',
      `cannot write ${path} (${code ?? 'unknown error'})`,
      'Start in a folder that you may write to, or name a file elsewhere with --config.',
      error,
    );
  } finally {
    await rm(draft, { force: true });
  }
}

/** The first keys, to be shown once. */
export interface FirstKeys {
  readonly admin: string;
  readonly app: string;
}

/** A first admin and a first program, in the ledger before they are made; undefined where there are callers already. */
export async function makeFirstCallers(store: Store, ledger: Ledger): Promise<FirstKeys | undefined> {
  if (store.callers.list().length > 0) return undefined;
  await ledger.append({ kind: 'admin.first_run', callers: ['admin', 'app'] });
  const draft = { owner: 'first run', team: 'default', tags: {} };
  // Together: with one of them there, no later start would make or show the other's key.
  const [admin, app] = store.callers.createAll([
    { ...draft, name: 'admin', roles: ['admin'] },
    { ...draft, name: 'app', roles: ['app'] },
  ]);
  return { admin: admin.key, app: app.key };
}
