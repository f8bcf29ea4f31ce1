import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from './random.ts';

/** One parser of outside bytes, and what must hold whatever they are. */
export interface Target {
  /** `wire.json`; the folder of its seeds is called the same. */
  readonly name: string;
  /** Words that mean something to it. */
  readonly words?: readonly string[];
  /** Further seeds than those in its folder. */
  readonly seeds?: () => readonly (string | Buffer)[] | Promise<readonly (string | Buffer)[]>;
  /** Runs in `npm test`. */
  readonly quick: number;
  /** Bytes of the longest input. Default: 16 KB. */
  readonly longest?: number;
  open(): Opened | Promise<Opened>;
}

// biome-ignore lint/suspicious/noConfusingVoidType: most checks return nothing.
export type Sign = string | void;

export interface Opened {
  /**
   * Throws where what was promised does not hold.
   * @param random its numbers depend on the input alone, so that the input is all that it takes to see it again
   * @returns a sign of what it did with the input, where it can tell: inputs with a new one are changed further
   */
  check(input: Buffer, random: Random): Sign | Promise<Sign>;
  close?(): Promise<void>;
}

/** A target that needs nothing opened. */
export const pure = (target: Omit<Target, 'open'> & { readonly check: Opened['check'] }): Target => ({
  ...target,
  open: () => ({ check: target.check }),
});

const CORPUS = join(import.meta.dirname, 'corpus');

/** Files of a folder below `corpus/`, by name. */
export function corpus(folder: string): Buffer[] {
  const path = join(CORPUS, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .sort()
    .map((file) => readFileSync(join(path, file)));
}

export async function seedsOf({ name, seeds }: Target): Promise<readonly Buffer[]> {
  const all = [...corpus(name), ...((await seeds?.()) ?? []).map((seed) => Buffer.from(seed))];
  if (all.length === 0) throw new Error(`${name} has no seeds`);
  return all;
}
