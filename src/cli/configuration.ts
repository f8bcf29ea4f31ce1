import { stat } from 'node:fs/promises';
import type { Policy } from '../policy/policy.ts';
import type { Settings } from '../settings/settings.ts';
import type { CliIo } from './io.ts';
import { loadSettings } from './load.ts';
import { loadPolicy } from './load-policy.ts';

/** Milliseconds between two looks at the files. */
const LOOK = 1000;

/** Reads the configuration, and keeps every file of it as it was read, for workers to be given the same. */
export class ConfigurationSource {
  /** By absolute path, as they were read last without an error. */
  files: Readonly<Record<string, string>> = {};
  /** Every file that was ever asked for since the last time that all was well. */
  #asked = new Set<string>();
  readonly #io: CliIo;
  readonly #file: string;
  readonly #change: (settings: Settings) => Settings;

  /** @param change what the command line says instead of the settings */
  constructor(io: CliIo, file: string, change: (settings: Settings) => Settings) {
    this.#io = io;
    this.#file = file;
    this.#change = change;
  }

  async load(): Promise<{ readonly settings: Settings; readonly policy: Policy }> {
    const files: Record<string, string> = {};
    const read = (path: string) => {
      this.#asked.add(path);
      files[path] = this.#io.read(path);
      return files[path];
    };
    const io = { ...this.#io, read };
    const settings = this.#change(await loadSettings(io, this.#file));
    const policy = await loadPolicy(io, settings.policy);
    this.files = files;
    this.#asked = new Set(Object.keys(files));
    return { settings, policy };
  }

  /**
   * Calls `act` when a file has changed and holds still: an editor, a deployment or a mounted volume may write several
   * files one after the other. Looks instead of waiting for events, which network and mounted file systems do not have.
   * @returns how to stop
   */
  watch(act: () => void): () => void {
    let before: string | undefined;
    let settled = '';
    let looking = false;
    const look = async () => {
      if (looking) return;
      looking = true;
      const now = (await Promise.all([...this.#asked].map(signOf))).join('\n');
      looking = false;
      const still = now === before;
      before ??= settled = now;
      before = now;
      if (!still || now === settled) return;
      settled = now;
      act();
    };
    const timer = setInterval(() => void look(), LOOK).unref();
    void look();
    return () => clearInterval(timer);
  }
}

/** What changes whenever a file does, or another takes its place. */
async function signOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${path} ${mtimeMs} ${size} ${ino}`;
  } catch {
    return path;
  }
}
