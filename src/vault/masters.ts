import { timingSafeEqual } from 'node:crypto';
import { Problem } from '../base/problem.ts';
import type { MasterSettings, VaultSettings } from '../settings/vault.ts';
import { outputOf } from './command.ts';
import type { KeyStore } from './key-store.ts';
import { localMaster, type MasterKey, readMasterKey, WrongKey } from './master.ts';
import { transitMaster } from './transit.ts';

/** What every master key wraps once, so that another key of the same name is found out before it is used. */
const CHECK = Buffer.from('gatehouse master key check value');

const ABOUT = 'master key check';

/** The master keys of the settings; one of them wraps new keys. */
export class Masters {
  readonly current: MasterKey;
  readonly #byName: ReadonlyMap<string, MasterKey>;
  readonly #verified = new Set<string>();

  /** @param current one of them */
  constructor(keys: readonly MasterKey[], current: MasterKey) {
    this.#byName = new Map(keys.map((key) => [key.name, key]));
    this.current = current;
  }

  get names(): string[] {
    return [...this.#byName.keys()];
  }

  get(name: string): MasterKey {
    const found = this.#byName.get(name);
    if (found === undefined) throw missing(name);
    return found;
  }

  isVerified(name: string): boolean {
    return this.#verified.has(name);
  }

  /**
   * Makes sure that a master key is the one of its name that was used before; of a new one the check value is kept.
   * Rejects with a Problem('usage') where it is another, and otherwise where its service does not answer.
   */
  async verified(master: MasterKey, store: KeyStore, now: number): Promise<void> {
    const { name, kind } = master;
    if (this.#verified.has(name)) return;
    if (store.check(name) === undefined) {
      store.addMaster(name, kind, await master.wrap(CHECK, ABOUT), now);
    }
    const checked = store.check(name) ?? '';
    try {
      const value = await master.unwrap(checked, ABOUT);
      if (value.length !== CHECK.length || !timingSafeEqual(value, CHECK))
        throw new WrongKey('another value');
    } catch (error) {
      if (error instanceof WrongKey) throw wrong(name, error);
      throw error;
    }
    this.#verified.add(name);
  }

  close(): void {
    for (const key of this.#byName.values()) key.close();
  }
}

/**
 * Opens the master keys of the settings: reads files and environment, runs commands. Throws Problem: then none is open.
 * A service is not asked yet.
 */
export async function openMasters({ masters, current }: VaultSettings): Promise<Masters> {
  const keys: MasterKey[] = [];
  try {
    for (const [name, about] of Object.entries(masters)) keys.push(await openMaster(name, about));
    const one = keys.find(({ name }) => name === current);
    if (one === undefined) throw new Problem('usage', `there is no master key “${current}” in vault.masters`);
    return new Masters(keys, one);
  } catch (error) {
    for (const key of keys) key.close();
    throw error;
  }
}

async function openMaster(name: string, about: MasterSettings): Promise<MasterKey> {
  if (about.kind === 'transit') return transitMaster(name, about);
  const text = about.kind === 'key' ? about.key.reveal() : await printed(name, about.command);
  const key = readMasterKey(text);
  if (key === undefined) {
    throw new Problem(
      'usage',
      `the master key “${name}” is not 32 bytes in hex or base64`,
      'Make one with: openssl rand -hex 32',
    );
  }
  try {
    return localMaster(name, key);
  } finally {
    key.fill(0);
  }
}

async function printed(name: string, command: readonly string[]): Promise<string> {
  try {
    return await outputOf(command);
  } catch (error) {
    throw new Problem(
      'environment',
      `the command of the master key “${name}” failed: ${(error as Error).message}`,
      'Run it by hand; it must print the key and end within 10 seconds.',
      error,
    );
  }
}

const wrong = (name: string, cause: unknown) =>
  new Problem(
    'usage',
    `the master key “${name}” is not the one that was used under this name before`,
    'Put the right one back; a new key needs a new name in vault.masters.',
    cause,
  );

const missing = (name: string) =>
  new Problem(
    'usage',
    `the master key “${name}” still wraps keys of sealed content, and vault.masters does not have it`,
    'Put it back, and run "gatehouse vault rotate" before it is retired.',
  );
