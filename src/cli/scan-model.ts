import { systemClock } from '../base/clock.ts';
import type { ScanResult } from '../findings/result.ts';
import { BOUNDS } from '../lifecycle/scan/bounds.ts';
import { NO_POLICY } from '../lifecycle/scan/no-policy.ts';
import { scan } from '../lifecycle/scan/scan.ts';
import { type Walked, walk } from '../lifecycle/scan/walk.ts';
import type { CliIo } from './io.ts';
import { policyOf } from './scan-policy.ts';

/** Threads at the most: each needs memory of its own. */
const MOST_JOBS = 2;

export interface ModelScan {
  /** Undefined: the one that stands where the scan runs; null: none, wherever it runs. */
  readonly policy: string | undefined | null;
  readonly jobs: number;
  /** Milliseconds for one file (default: as `gatehouse scan` has it). */
  readonly time?: number;
  /** Whoever waits has given up. */
  readonly signal?: AbortSignal;
}

/** Scans a model as `gatehouse scan` does, for whoever signs it. */
export async function scanModel(
  io: CliIo,
  version: string,
  model: string,
  options: ModelScan,
): Promise<ScanResult> {
  const scanWalked = await modelScanner(io, version, model, options);
  return scanWalked(await walk([model], io.cwd));
}

/** The same for files of it that somebody else has chosen. The policy is read at once. */
export async function modelScanner(
  io: CliIo,
  version: string,
  model: string,
  { policy: file, jobs, time = BOUNDS.time, signal }: ModelScan,
): Promise<(walked: Walked) => Promise<ScanResult>> {
  const today = new Date(systemClock.now()).toISOString().slice(0, 10);
  const policy = file === null ? NO_POLICY : await policyOf(io, file, today, [model]);
  return async (walked) => {
    const progress = io.progress('scanning, bytes');
    try {
      return await scan(walked, {
        version,
        policy,
        baseline: [],
        over: policy.over,
        bounds: { ...BOUNDS, time },
        jobs: Math.min(MOST_JOBS, jobs),
        onProgress: (done, total) => progress.update(done, total),
        ...(signal !== undefined && { signal }),
      });
    } finally {
      progress.end();
    }
  };
}
