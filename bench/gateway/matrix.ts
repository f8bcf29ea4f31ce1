import { median } from '../harness/stats.ts';
import type { LoopJob, LoopResult } from './closed-loop.ts';
import { OWN_NAMES, type OwnName, type Stage, type Target, type TargetName } from './targets.ts';

export interface Setting {
  readonly stream: boolean;
  readonly promptChars: number;
  readonly connections: number;
}

/** How one target did at one setting: medians over the rounds, but for CPU. */
export interface Score {
  readonly requestsPerRound: number;
  readonly rps: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Per request, over all rounds. */
  readonly cpuUs: number;
  /** Share of its core that the target used; well below 1 at many connections, something else was the limit. */
  readonly busy: number;
  readonly errors: number;
  readonly firstError: string | undefined;
  readonly rounds: readonly LoopResult[];
}

export interface Row extends Setting {
  readonly scores: Partial<Record<TargetName, Score>>;
}

export interface Pace {
  readonly rounds: number;
  /** About how long a target is measured in one round, ms. */
  readonly roundMs: number;
  readonly warmUpMs: number;
}

export const SETTINGS: readonly Setting[] = [false, true].flatMap((stream) =>
  [1024, 20 * 1024].flatMap((promptChars) =>
    [1, 16, 256].map((connections) => ({ stream, promptChars, connections })),
  ),
);

/** Each connection is used at least so often in a round. */
const LEAST_TURNS = 2;
const MOST_REQUESTS = 20_000;

export const describe = ({ stream, promptChars, connections }: Setting): string =>
  `${stream ? 'stream' : 'plain'} ${promptChars / 1024} KB × ${connections}`;

/** All settings; in each, the targets take turns, and another begins each round, so that slow drift meets all alike. */
export async function runMatrix(stage: Stage, pace: Pace, say: (line: string) => void): Promise<Row[]> {
  for (const target of stage.targets) {
    say(`warming up ${target.name}`);
    for (const stream of [false, true]) {
      await measure(stage, target, { stream, promptChars: 1024, connections: 16 }, 4 * pace.warmUpMs);
    }
  }
  const rows: Row[] = [];
  for (const setting of SETTINGS) {
    say(describe(setting));
    rows.push(await runSetting(stage, setting, pace));
  }
  return rows;
}

async function runSetting(stage: Stage, setting: Setting, pace: Pace): Promise<Row> {
  const plans: { target: Target; requests: number; results: LoopResult[] }[] = [];
  for (const target of stage.targets) {
    // The number of requests is found once, from the speed while warming up, and then the same in every round.
    const warm = await measure(stage, target, setting, pace.warmUpMs);
    plans.push({
      target,
      requests: requestsFor(warm, setting, pace.roundMs),
      results: warm.errors > 0 ? [warm] : [],
    });
  }
  for (let round = 0; round < pace.rounds; round += 1) {
    const first = round % plans.length;
    for (const plan of [...plans.slice(first), ...plans.slice(0, first)]) {
      if (plan.results.some(({ errors }) => errors > 0)) continue;
      plan.results.push(await loop(stage, plan.target, setting, plan.requests));
    }
  }
  return {
    ...setting,
    scores: Object.fromEntries(plans.map(({ target, results }) => [target.name, scoreOf(results)])),
  };
}

/** Runs for about `ms`, after a few requests that show how many this takes. */
async function measure(stage: Stage, target: Target, setting: Setting, ms: number): Promise<LoopResult> {
  const probe = await loop(stage, target, setting, Math.max(10, 2 * setting.connections));
  if (probe.errors > 0) return probe;
  return loop(stage, target, setting, requestsFor(probe, setting, ms));
}

const requestsFor = ({ requests, wallMs }: LoopResult, { connections }: Setting, ms: number): number =>
  Math.min(MOST_REQUESTS, Math.max(10, LEAST_TURNS * connections, Math.round((requests / wallMs) * ms)));

export const loop = (
  stage: Stage,
  { to }: Target,
  { stream, promptChars, connections }: Setting,
  requests: number,
): Promise<LoopResult> =>
  stage.run({ kind: 'loop', to, stream, promptChars, connections, requests } satisfies LoopJob);

function scoreOf(rounds: readonly LoopResult[]): Score {
  const over = (pick: (result: LoopResult) => number) => median(rounds.map(pick));
  return {
    requestsPerRound: rounds[0]?.requests ?? 0,
    rps: over(({ requests, wallMs }) => (requests / wallMs) * 1000),
    p50Ms: over(({ p50Ms }) => p50Ms),
    p99Ms: over(({ p99Ms }) => p99Ms),
    cpuUs: cpuUs(rounds),
    busy: over((result) => result.cpuMs / result.wallMs),
    errors: rounds.reduce((sum, { errors }) => sum + errors, 0),
    firstError: rounds.find(({ firstError }) => firstError !== undefined)?.firstError,
    rounds,
  };
}

/** Processor time per request, µs, over all rounds together: one alone is too short for clocks that step by 10 ms. */
function cpuUs(rounds: readonly LoopResult[]): number {
  const total = (pick: (result: LoopResult) => number) =>
    rounds.reduce((sum, result) => sum + pick(result), 0);
  return (total(({ cpuMs }) => cpuMs) / total(({ requests }) => requests)) * 1000;
}

/** A score over another one. */
export interface Ratio {
  readonly cpu: number;
  readonly throughput: number;
}

export interface MatrixRow extends Row {
  /** Each way to set Gatehouse up, over passthrough, over Portkey, and over Gatehouse with keys in one process. */
  readonly over: Partial<Record<OwnName, Partial<Record<'passthrough' | 'portkey' | 'gatehouse', Ratio>>>>;
}

/** A row with Gatehouse put in relation to the others. */
export function compared(row: Row): MatrixRow {
  const { passthrough, portkey, gatehouse } = row.scores;
  const own = OWN_NAMES.filter((name) => row.scores[name] !== undefined);
  const over = own.map((name) => {
    const ratios = Object.entries({ passthrough, portkey, gatehouse }).map(
      ([other, score]) => [other, against(row.scores[name], score)] as const,
    );
    return [name, Object.fromEntries(ratios.filter(([, ratio]) => ratio !== undefined))] as const;
  });
  return { ...row, over: Object.fromEntries(over) };
}

/** A score over another: CPU per request, and throughput, round by round and then the median. */
function against(score: Score | undefined, other: Score | undefined): Ratio | undefined {
  if (score === undefined || other === undefined || score.errors > 0 || other.errors > 0) return undefined;
  const rate = ({ requests, wallMs }: LoopResult) => requests / wallMs;
  const ratios = score.rounds.flatMap((own, round) => {
    const beside = other.rounds[round];
    return beside === undefined ? [] : [rate(own) / rate(beside)];
  });
  return { cpu: score.cpuUs / other.cpuUs, throughput: median(ratios) };
}
