import { quantile } from '../harness/stats.ts';
import type { PacedResult } from './paced.ts';
import type { Stage, TargetName } from './targets.ts';

/** Streams at a time, each with an event every 25 ms: far from busy, so that what is seen is not queueing. */
const STREAMS = 8;
/** Text this old has waited for the event after it. */
const HELD_MS = 20;

export interface Hold {
  readonly target: TargetName;
  readonly events: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of the events whose text waited for a later one. */
  readonly held: number;
}

/** How old streamed text is when it arrives, target by target in turns. */
export async function runHold(stage: Stage, rounds: number, say: (line: string) => void): Promise<Hold[]> {
  const ages = new Map<TargetName, number[]>();
  const failed = new Set<TargetName>();
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, to } of stage.targets) {
      if (failed.has(name)) continue;
      say(`stream hold ${name} ${round < 0 ? '(warming up)' : `${round + 1}/${rounds}`}`);
      try {
        const { agesMs } = await stage.run<PacedResult>({ kind: 'paced', to, streams: STREAMS });
        if (round >= 0) ages.set(name, [...(ages.get(name) ?? []), ...agesMs]);
      } catch (error) {
        // A peer may fail at streams; ours may not.
        if (name !== 'portkey') throw error;
        failed.add(name);
        ages.delete(name);
      }
    }
  }
  return [...ages].map(([target, all]) => ({
    target,
    events: all.length,
    p50Ms: quantile(all, 0.5),
    p99Ms: quantile(all, 0.99),
    held: all.filter((age) => age > HELD_MS).length / all.length,
  }));
}
