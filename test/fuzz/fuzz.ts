import { minimise } from './minimise.ts';
import { mutate } from './mutate.ts';
import { Pool } from './pool.ts';
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

/** The seeds as they are, then mutations of them and of what they led to, until one fails; undefined where none does. */
export async function fuzz(target: Target, { seed, more, before }: Run): Promise<Crash | undefined> {
  const seeds = await seedsOf(target);
  const opened = await target.open();
  const pool = new Pool(seeds);
  const material = { seeds: pool.inputs, words: target.words ?? [], longest: target.longest ?? LONGEST };
  // Each target goes its own way through the numbers.
  const random = new Random(seed ^ seedOf(Buffer.from(target.name)));
  const frames = Error.stackTraceLimit;
  try {
    for (let run = 0; more(run); run++) {
      const input = seeds[run] ?? mutate(random, material);
      before?.(input);
      // Readers that guess throw much, and nobody reads where.
      Error.stackTraceLimit = 0;
      const { error, sign } = await outcomeOf(opened, input);
      Error.stackTraceLimit = frames;
      pool.learn(input, sign);
      if (error === undefined) continue;
      const again = await failureOf(opened, input);
      return { ...(await minimise(input, again ?? error, (tried) => failureOf(opened, tried))), run };
    }
    return undefined;
  } finally {
    Error.stackTraceLimit = frames;
    await opened.close?.();
  }
}

/** What a check says to an input; undefined where all is well. */
export const failureOf = async (opened: Opened, input: Buffer): Promise<unknown> =>
  (await outcomeOf(opened, input)).error;

async function outcomeOf(
  { check }: Opened,
  input: Buffer,
): Promise<{ readonly error?: unknown; readonly sign?: string | undefined }> {
  try {
    const sign = await check(input, new Random(seedOf(input)));
    return { sign: sign ?? undefined };
  } catch (error) {
    return { error: error ?? new Error('nothing was thrown') };
  }
}
