import { setTimeout as pause } from 'node:timers/promises';
import { type Machine, machine } from '../../bench/harness/machine.ts';
import { checkLog, checkProofs, checkSealed, checkSecrets } from './check-files.ts';
import { checkRequests, type Matched } from './check-ledger.ts';
import { checkSums, type Sums } from './check-sums.ts';
import { Findings } from './findings.ts';
import { Load } from './load.ts';
import { FollowingMirror } from './mirror.ts';
import type { Options } from './options.ts';
import { openScene, type Scene } from './scene.ts';
import { readMetrics, Trouble } from './trouble.ts';
import { type Minute, type Vital, Vitals } from './vitals.ts';
import { cosignedSize } from './witnesses.ts';

/** What a run came to. */
export interface Report {
  readonly options: Options;
  readonly machine: Machine;
  readonly date: string;
  /** Seconds under load. */
  readonly seconds: number;
  readonly requests: number;
  /** How requests ended, by the outcome or the code of the ledger. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly trouble: Readonly<Record<string, number>>;
  readonly sums: { readonly [S in keyof Sums]: string };
  readonly entries: number;
  readonly cosigned: number;
  readonly mirrorStarts: number;
  readonly unsealed: number;
  readonly vitals: readonly Vital[];
  readonly minutes: readonly Minute[];
  readonly findings: ReturnType<Findings['list']>;
  /** Where the files of the run are, if they were kept. */
  readonly folder?: string;
}

/** Megabytes a minute that a process may grow by after the warm-up, and open files. */
export const MOST_GROWTH = { rss: 3, heap: 1, files: 2 } as const;

/** Seconds before which nothing can be said of memory. */
const LONG = 300;

/** A minute whose requests cost so many times what those of the median minute cost is told of. */
const OUTLIER = 3;

/** Runs it. @param stop ends the load early @param progress is told how it goes */
export async function soak(
  options: Options,
  stop: AbortSignal,
  progress: (line: string) => void,
): Promise<Report> {
  const findings = new Findings();
  const { found } = findings;
  const scene = await openScene(options);
  try {
    const started = machine();
    const mirror = new FollowingMirror(scene, found);
    const { clients, seed } = options;
    const { door, people, digest } = scene;
    const load = new Load({ door, people, digest, clients, seed, found });
    const vitals = new Vitals(scene.gateway.pid, () => load.asked.length);
    const trouble = new Trouble(scene, options, found);
    const begun = Date.now();
    const ends = begun + options.minutes * 60_000;
    while (Date.now() < ends && !stop.aborted) {
      await pause(1000, undefined, { signal: stop }).catch(() => {});
      const seconds = Math.round((Date.now() - begun) / 1000);
      progress(
        `${seconds} s, ${load.asked.length} requests, ${trouble.done.reload} reloads, ${trouble.kills.length} workers killed, ` +
          `${Math.round(vitals.rss)} MB, ${findings.count} findings`,
      );
    }
    progress('the load ends');
    const seconds = (Date.now() - begun) / 1000;
    await trouble.stop();
    await load.stop();
    const watched = vitals.stop(`${scene.folder}/heaps`);
    const { matched } = await settle(scene, trouble, load, mirror, findings);
    progress('the ledger, the counters and the files are checked');
    const unsealed = await checkSealed(scene, trouble, matched, found);
    const { code, err } = await scene.gateway.stop();
    if (code !== 0) found('the gateway did not end well', `${code}: ${err.slice(-400)}`);
    const { told } = checkRequests(scene, trouble, load.asked, found);
    const sums = await checkSums(scene, told, matched, found);
    await checkProofs(scene, mirror.folder, found);
    checkSecrets(scene, mirror.folder, found);
    checkLog(scene, found);
    if (seconds >= LONG) checkVitals(watched, vitals.minutes, found);
    return {
      options,
      machine: started,
      date: new Date(begun).toISOString().slice(0, 10),
      seconds,
      requests: load.asked.length,
      outcomes: countOutcomes(matched),
      trouble: { ...trouble.done, kill: trouble.kills.length },
      sums: {
        requests: String(sums.requests),
        tokens: String(sums.tokens),
        cost: String(sums.cost),
      },
      entries: mirror.entries,
      cosigned: cosignedSize(scene.folder),
      mirrorStarts: mirror.starts,
      unsealed,
      vitals: watched,
      minutes: vitals.minutes,
      findings: findings.list(),
      ...(options.keep && { folder: scene.folder }),
    };
  } finally {
    await scene.close(options.keep);
  }
}

/** The request that asks for the metrics is open: in a worker, and where that hands it on to. */
const ASKING = 2;

async function openRequests(scene: Scene): Promise<number> {
  const { text } = await readMetrics(scene);
  const [, count = 'NaN'] = /^gatehouse_open_requests(?:\{[^}]*\})? (\d+)$/m.exec(text) ?? [];
  return Number(count);
}

/** Until nothing is open, everything is cosigned, and the mirror has it. */
async function settle(
  scene: Scene,
  trouble: Trouble,
  load: Load,
  mirror: FollowingMirror,
  { found }: Findings,
): Promise<{ readonly matched: readonly Matched[] }> {
  // The answers to clients that left may still be on their way.
  let open = await openRequests(scene);
  for (let turns = 0; turns < 60 && open > ASKING; turns++) {
    await pause(200);
    open = await openRequests(scene);
  }
  if (open > ASKING) found('requests stay open', String(open));
  // Only counted here: what is wrong is told when it is over.
  const quiet = new Findings();
  const { told, matched } = checkRequests(scene, trouble, load.asked, quiet.found);
  const last = Math.max(0, ...[...told.values()].map(({ end }) => end?.seq ?? 0));
  for (let turns = 0; turns < 150 && cosignedSize(scene.folder) <= last; turns++) await pause(200);
  if (cosignedSize(scene.folder) <= last) found('no quorum has cosigned the end', String(last));
  await mirror.stopAt(last + 1);
  return { matched };
}

function countOutcomes(matched: readonly Matched[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { told } of matched) {
    const { outcome = '', code, lost } = told.end;
    const name = lost === undefined ? (code ?? outcome) : 'lost with its worker';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([, one], [, other]) => other - one));
}

function checkVitals(vitals: readonly Vital[], minutes: readonly Minute[], found: Findings['found']): void {
  for (const { name, pid, rssSlope, heapSlope, filesSlope } of vitals) {
    const about = `${name} ${pid}: RSS ${rssSlope.toFixed(2)} MB, heap ${heapSlope.toFixed(2)} MB, files ${filesSlope.toFixed(2)} a minute`;
    if (rssSlope > MOST_GROWTH.rss || heapSlope > MOST_GROWTH.heap || filesSlope > MOST_GROWTH.files)
      found('a process grows', about);
  }
  const costs = minutes.map(({ cpuMs, requests }) => cpuMs / Math.max(1, requests)).sort((a, b) => a - b);
  const usual = costs[costs.length >> 1] ?? 0;
  for (const [index, { cpuMs, requests }] of minutes.entries()) {
    const cost = cpuMs / Math.max(1, requests);
    if (cost > OUTLIER * usual)
      found('a minute took far more processor time', `minute ${index + 1}: ${cost.toFixed(1)} ms a request`);
  }
}
