import { median } from '../harness/stats.ts';
import type { Measured } from './report.ts';
import type { Run } from './runs.ts';

export interface Goal {
  readonly name: string;
  readonly wanted: string;
  readonly measured: number;
  readonly reached: boolean;
}

/** How many times the CPU of `gatehouse --jobs 1` picklescan must need. */
const TIMES = { 'small files': 3, opcodes: 10 } as const;
/** MiB. */
const MEMORY = 256;

/** What was to be reached, of what was measured: without the peer there is nothing to be faster than. */
export function goalsOf(measured: readonly Measured[]): Goal[] {
  const goals: Goal[] = [];
  for (const { load, scanners } of measured) {
    const one = scanners.find(({ name }) => name === 'gatehouse --jobs 1')?.runs ?? [];
    const peer = scanners.find(({ name }) => name === 'picklescan')?.runs;
    if (peer !== undefined && isTimed(load)) {
      const times = ratioOf(peer, one, 'cpu');
      const least = TIMES[load];
      goals.push({
        name: `CPU, ${load}`,
        wanted: `${least}×`,
        measured: times,
        reached: times >= least,
      });
    }
    const ours = scanners.filter(({ name }) => name !== 'picklescan');
    const memory = Math.max(...ours.flatMap(({ runs }) => runs.map((run) => run.memory)));
    goals.push({
      name: `memory, ${load}`,
      wanted: `${MEMORY} MB`,
      measured: memory,
      reached: memory <= MEMORY,
    });
  }
  return goals;
}

const isTimed = (load: string): load is keyof typeof TIMES => load in TIMES;

/** The median over rounds of how many times as much one needs as the other. */
export const ratioOf = (some: readonly Run[], others: readonly Run[], of: 'cpu' | 'wall'): number =>
  median(some.map((run, round) => run[of] / (others[round]?.[of] ?? Number.NaN)));
