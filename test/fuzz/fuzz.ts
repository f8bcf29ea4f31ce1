import { minimise } from './minimise.ts';
import { mutate } from './mutate.ts';
import { Random, seedOf } from './random.ts';
import { type Opened, seedsOf, type Target } from './target.ts';

const LONGEST = 16 * 1024;

export interface Crash {
  readonly input: Buffer;
  readonly error: unknown;
  /** Which run it was, from 0. */
  readonly run: number;
}

export interface Run {
  readonly seed: number;
  /** Whether to go on. */
  readonly more: (run: number) => boolean;
  /** Told before each check: so a check that never ends can be named. */
  readonly before?: (input: Buffer) => void;
}

/** The seeds as they are, then mutations of them, until one fails; undefined where none does. */
export async function fuzz(target: Target, { seed, more, before }: Run): Promise<Crash | undefined> {
  const seeds = await seedsOf(target);
  const opened = await target.open();
  const material = { seeds, words: target.words ?? [], longest: target.longest ?? LONGEST };
  // Each target goes its own way through the numbers.
  const random = new Random(seed ^ seedOf(Buffer.from(target.name)));
  try {
    for (let run = 0; more(run); run++) {
      const input = seeds[run] ?? mutate(random, material);
      before?.(input);
      const error = await failureOf(opened, input);
      if (error === undefined) continue;
      return { ...(await minimise(input, error, (tried) => failureOf(opened, tried))), run };
    }
    return undefined;
  } finally {
    await opened.close?.();
  }
}

/** What a check says to an input; undefined where all is well. */
export async function failureOf({ check }: Opened, input: Buffer): Promise<unknown> {
  try {
    await check(input, new Random(seedOf(input)));
    return undefined;
  } catch (error) {
    return error ?? new Error('nothing was thrown');
  }
}
