import { join } from 'node:path';
import { DRIVER_CORE, TARGET_CORE, unpinned } from '../harness/children.ts';
import { machine, versionOf } from '../harness/machine.ts';
import { goalsOf } from './goals.ts';
import { type Hold, runHold } from './hold.ts';
import { compared, describe, loop, type Pace, runMatrix } from './matrix.ts';
import { runOpenStreams, runSoak } from './memory.ts';
import { type Options, type ProfileOf, readOptions } from './options.ts';
import { portkeyVersion } from './portkey.ts';
import { profiling } from './profile.ts';
import { report } from './report.ts';
import type { Results } from './results.ts';
import { type Skips, type Stage, startStage, type Target, type TargetName } from './targets.ts';

export { HELP } from './options.ts';

const FULL: Pace = { rounds: 5, roundMs: 700, warmUpMs: 400 };
const QUICK: Pace = { rounds: 3, roundMs: 200, warmUpMs: 100 };
const HOLD_ROUNDS = { full: 6, quick: 2 };
const OPEN_STREAMS = 1_000;
const PROFILED_REQUESTS = 20_000;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Runs the benchmark and gives the exit code. */
export async function run(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    say(options);
    return 3;
  }
  if (unpinned !== undefined)
    say(`Processes are not pinned to cores: ${unpinned}. The numbers will be worse.`);
  const results = await measure(options);
  process.stdout.write(options.json ? `${JSON.stringify(results, undefined, 2)}\n` : report(results));
  return results.failures.length === 0 ? 0 : 1;
}

type Parts = Pick<Results, 'matrix' | 'hold' | 'openStreams' | 'soak' | 'profile'>;

async function measure(options: Options): Promise<Results> {
  const skips: Skips = new Map();
  const about = { machine: machine(), date: new Date().toISOString() };
  const parts: Parts =
    options.profile === undefined ? await measureParts(options, skips) : await profileOf(options.profile);
  const results = {
    bench: 'gateway' as const,
    ...about,
    quick: options.quick,
    versions: versions(),
    pinning:
      unpinned === undefined
        ? `Target alone on core ${TARGET_CORE}; load generator and upstream on core ${DRIVER_CORE}; gatehouse-2w on both`
        : `Not pinned to cores: ${unpinned}`,
    skipped: Object.fromEntries(skips),
    ...parts,
  };
  return { ...results, goals: goalsOf(results), failures: failuresOf(results) };
}

async function measureParts(options: Options, skips: Skips): Promise<Parts> {
  const { quick, parts, targets } = options;
  const only = (...wanted: TargetName[]) => targets.filter((name) => wanted.includes(name));
  const on = async <Found>(
    names: readonly TargetName[],
    work: (stage: Stage) => Promise<Found>,
  ): Promise<Found> => {
    const stage = await startStage(names, skips, say);
    try {
      return await work(stage);
    } finally {
      await stage.stop();
    }
  };
  const found: { -readonly [Part in keyof Parts]: Parts[Part] } = {};
  if (parts.includes('streams')) {
    found.openStreams = await on(targets, (stage) => runOpenStreams(stage, OPEN_STREAMS, say));
  }
  if (parts.includes('matrix')) {
    const rows = await on(targets, (stage) => runMatrix(stage, quick ? QUICK : FULL, say));
    found.matrix = rows.map(compared);
  }
  if (parts.includes('hold')) {
    const rounds = quick ? HOLD_ROUNDS.quick : HOLD_ROUNDS.full;
    found.hold = await on<Hold[]>(only('direct', 'passthrough', 'gatehouse', 'gatehouse-full'), (stage) =>
      runHold(stage, rounds, say),
    );
  }
  if (parts.includes('soak')) {
    found.soak = await on(only('gatehouse'), (stage) =>
      Promise.all(stage.targets.map((target) => runSoak(stage, target, options.soak, say))),
    );
  }
  return found;
}

/** A CPU profile of Gatehouse alone. */
async function profileOf({ target, setting }: ProfileOf): Promise<Pick<Results, 'profile'>> {
  const profile = profiling();
  try {
    const stage = await startStage([target], new Map(), say, profile.args);
    const work = async (target: Target) => {
      await loop(stage, target, setting, PROFILED_REQUESTS / 4);
      say(`profiling ${describe(setting)}`);
      profile.mark();
      const load = await loop(stage, target, setting, PROFILED_REQUESTS);
      profile.mark();
      return load;
    };
    // The profile is written when the process ends.
    const [load] = await Promise.all(stage.targets.map(work)).finally(() => stage.stop());
    return load === undefined
      ? {}
      : { profile: { ...profile.read(`${target}, ${describe(setting)}`), load } };
  } finally {
    profile.remove();
  }
}

/** Portkey may fail at streams, and is then reported so; every other target must answer every request rightly. */
function failuresOf({ matrix = [], soak = [] }: Pick<Results, 'matrix' | 'soak'>): string[] {
  const wrong = matrix.flatMap((row) =>
    Object.entries(row.scores).flatMap(([name, { errors, firstError }]) =>
      errors === 0 || (name === 'portkey' && row.stream)
        ? []
        : [`${name}, ${describe(row)}: ${errors} wrong replies (${firstError ?? 'unknown'})`],
    ),
  );
  return [
    ...wrong,
    ...soak.filter(({ errors }) => errors > 0).map(({ errors }) => `soak: ${errors} wrong replies`),
  ];
}

function versions(): Record<string, string | undefined> {
  const root = join(import.meta.dirname, '..', '..');
  return {
    node: process.version,
    gatehouse: versionOf(root),
    undici: versionOf(join(root, 'node_modules', 'undici')),
    portkey: portkeyVersion(),
  };
}
