import { times } from '../harness/table.ts';
import { describe, type MatrixRow } from './matrix.ts';
import type { Goal, Results } from './results.ts';
import type { OwnName, TargetName } from './targets.ts';

/** Compared where there is concurrency: at one connection, two durable writes stand in each request's way. */
const LEAST_CONNECTIONS = 16;
const MOST_OVER_PASSTHROUGH = 2;
const LEAST_OVER_PORTKEY = 4.5;
/** A target that used less of its core waited for something else: other work on the machine, or the load generator. */
const LEAST_BUSY = 0.75;
const MOST_HOLD_MS = 1;
/** A shorter soak says nothing: the heap has not found its size. */
const LEAST_SOAK = 100_000;

/** The goals are those of one process, with keys and with everything on. What workers add is reported, not promised. */
const HELD = ['gatehouse', 'gatehouse-full'] as const satisfies readonly OwnName[];

/** What Gatehouse promises of its speed, against what was measured. */
export function goalsOf(results: Omit<Results, 'goals' | 'failures'>): Goal[] {
  return [...speed(results), ...hold(results), ...flat(results)];
}

function* speed({ matrix = [] }: Pick<Results, 'matrix'>): Generator<Goal> {
  const rows = matrix.filter(({ connections }) => connections >= LEAST_CONNECTIONS);
  for (const [name, row] of HELD.flatMap((name) => rows.map((row) => [name, row] as const))) {
    const { passthrough: floor, portkey: peer } = row.over[name] ?? {};
    if (floor !== undefined) {
      yield {
        name: `${name}, ${describe(row)}: passthrough`,
        wanted: `CPU ≤ ${MOST_OVER_PASSTHROUGH}×, throughput ≥ ${1 / MOST_OVER_PASSTHROUGH}×`,
        measured: `CPU ${times(floor.cpu)}, throughput ${times(floor.throughput)}${doubt(row, name, 'passthrough')}`,
        reached: floor.cpu <= MOST_OVER_PASSTHROUGH && floor.throughput >= 1 / MOST_OVER_PASSTHROUGH,
      };
    }
    if (peer !== undefined) {
      yield {
        name: `${name}, ${describe(row)}: Portkey`,
        wanted: `CPU ≤ 1/${LEAST_OVER_PORTKEY}, throughput ≥ ${LEAST_OVER_PORTKEY}×`,
        measured: `CPU 1/${(1 / peer.cpu).toFixed(1)}, throughput ${times(peer.throughput)}${doubt(row, name, 'portkey')}`,
        reached: peer.cpu <= 1 / LEAST_OVER_PORTKEY && peer.throughput >= LEAST_OVER_PORTKEY,
      };
    }
  }
}

/** Says so where throughput was not the target's own to give. CPU per request holds all the same. */
function doubt({ scores }: MatrixRow, own: OwnName, other: TargetName): string {
  const idle = [other, own].filter((name) => (scores[name]?.busy ?? 1) < LEAST_BUSY);
  return idle.length === 0 ? '' : ` (${idle.join(' and ')} waited)`;
}

function* hold({ hold = [] }: Pick<Results, 'hold'>): Generator<Goal> {
  const floor = hold.find(({ target }) => target === 'passthrough');
  for (const name of HELD) {
    const own = hold.find(({ target }) => target === name);
    if (floor === undefined || own === undefined) continue;
    const [p50, p99] = [own.p50Ms - floor.p50Ms, own.p99Ms - floor.p99Ms];
    yield {
      name: `${name}: streamed text leaves after it is clear`,
      wanted: `≤ ${MOST_HOLD_MS} ms over passthrough`,
      measured: `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
      reached: Math.max(p50, p99) <= MOST_HOLD_MS,
    };
  }
}

function* flat({ soak = [] }: Pick<Results, 'soak'>): Generator<Goal> {
  for (const { target, requests, samplesKb, kbPer10k, flat } of soak.filter(
    (each) => each.requests >= LEAST_SOAK,
  )) {
    const [first = 0, last = 0] = [samplesKb[0], samplesKb.at(-1)];
    yield {
      name: `memory over ${requests.toLocaleString('en-US')} requests (${target})`,
      wanted: 'flat',
      measured: `${Math.round(first / 1024)} → ${Math.round(last / 1024)} MB, ${Math.round(kbPer10k)} KB per 10,000`,
      reached: flat,
    };
  }
}
