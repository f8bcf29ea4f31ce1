import { median, quantile } from '../harness/stats.ts';
import type { PacedResult } from './paced.ts';
import type { Stage, TargetName } from './targets.ts';

/** Streams at a time, each with an event every 25 ms: far from busy, so that what is seen is not queueing. */
const STREAMS = 8;
/** Text this old has waited for the event after it. */
const HELD_MS = 20;
const WARM_ROUNDS = 2;

export interface Hold {
  readonly target: TargetName;
  readonly events: number;
  // Medians over the rounds: a moment in which the machine did something else is one round's.
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of the events whose text waited for a later one. */
  readonly held: number;
}

/** How old streamed text is when it arrives, target by target in turns. */
export async function runHold(stage: Stage, rounds: number, say: (line: string) => void): Promise<Hold[]> {
  const ages = new Map<TargetName, (readonly number[])[]>();
  for (let round = -WARM_ROUNDS; round < rounds; round += 1) {
    for (const { name, to } of stage.targets) {
      say(`stream hold ${name} ${round < 0 ? '(warming up)' : `${round + 1}/${rounds}`}`);
      const { agesMs } = await stage.run<PacedResult>({ kind: 'paced', to, streams: STREAMS });
      if (round >= 0) ages.set(name, [...(ages.get(name) ?? []), agesMs]);
    }
  }
  return [...ages].map(([target, rounds]) => {
    const typical = (pick: (round: readonly number[]) => number) => median(rounds.map(pick));
    return {
      target,
      events: rounds.flat().length,
      p50Ms: typical((round) => quantile(round, 0.5)),
      p99Ms: typical((round) => quantile(round, 0.99)),
      held: typical((round) => round.filter((age) => age > HELD_MS).length / round.length),
    };
  });
}
