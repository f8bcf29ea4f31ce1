import { systemClock } from '../base/clock.ts';
import type { ScanResult } from '../findings/result.ts';
import { scan } from '../lifecycle/scan/scan.ts';
import { BOUNDS } from '../lifecycle/scan/scanner.ts';
import { walk } from '../lifecycle/scan/walk.ts';
import type { CliIo } from './io.ts';
import { policyOf } from './scan.ts';

/** Threads at the most: each needs memory of its own. */
const MOST_JOBS = 4;

/** Scans a model as `gatehouse scan` does, for whoever signs it. */
export async function scanModel(
  io: CliIo,
  version: string,
  model: string,
  policyFile: string | undefined,
  jobs: number,
): Promise<ScanResult> {
  const today = new Date(systemClock.now()).toISOString().slice(0, 10);
  const policy = await policyOf(io, policyFile, today);
  const progress = io.progress('scanning, bytes');
  try {
    return await scan(await walk([model], io.cwd), {
      version,
      policy,
      baseline: [],
      over: policy.over,
      bounds: BOUNDS,
      jobs: Math.min(MOST_JOBS, jobs),
      onProgress: (done, total) => progress.update(done, total),
    });
  } finally {
    progress.end();
  }
}
