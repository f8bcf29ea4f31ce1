import { cpuMs } from '../harness/proc.ts';
import { quantile } from '../harness/stats.ts';
import { Client } from './client.ts';
import type { Destination } from './jobs.ts';

/** No reply at all for so long: the target hangs. */
const SILENCE_MS = 20_000;

export interface LoopJob {
  readonly kind: 'loop';
  readonly to: Destination;
  readonly stream: boolean;
  readonly promptChars: number;
  readonly connections: number;
  readonly requests: number;
}

export interface LoopResult {
  readonly requests: number;
  readonly wallMs: number;
  /** Processor time of the target's process tree. */
  readonly cpuMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
  readonly firstError: string | undefined;
}

/** `connections` clients, each of which sends its next request when its last reply is complete, `requests` in all. */
export async function closedLoop(job: LoopJob, requests: readonly Buffer[]): Promise<LoopResult> {
  const latencies = new Float64Array(job.requests);
  const failed: string[] = [];
  const clients: Client[] = [];
  let sent = 0;
  let finished = 0;
  const ended = Promise.withResolvers<void>();

  const start = async (): Promise<() => void> => {
    let began = 0;
    const next = () => {
      const request = requests[sent % requests.length];
      if (sent >= job.requests || request === undefined) return;
      sent += 1;
      began = performance.now();
      client.send(request, job.stream);
    };
    const done = (flaw: string | undefined) => {
      latencies[finished++] = performance.now() - began;
      if (flaw !== undefined) failed.push(flaw);
      if (finished === job.requests) ended.resolve();
      else next();
    };
    const client = await Client.open(job.to.port, { done });
    clients.push(client);
    return next;
  };
  const starts = await Promise.all(Array.from({ length: Math.min(job.connections, job.requests) }, start));

  const cpuBefore = cpuMs(job.to.pid);
  const began = performance.now();
  for (const go of starts) go();
  await withWatchdog(ended.promise, () => finished);
  const wallMs = performance.now() - began;
  const used = cpuMs(job.to.pid) - cpuBefore;
  for (const client of clients) client.close();
  return {
    requests: job.requests,
    wallMs,
    cpuMs: used,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    errors: failed.length,
    firstError: failed[0],
  };
}

/** Rejects where `progress` stands still. */
function withWatchdog(work: Promise<void>, progress: () => number): Promise<void> {
  return new Promise((resolve, reject) => {
    let last = -1;
    const timer = setInterval(() => {
      const now = progress();
      if (now === last) {
        clearInterval(timer);
        reject(new Error(`no reply for ${SILENCE_MS / 1000} s`));
      }
      last = now;
    }, SILENCE_MS);
    void work.then(() => {
      clearInterval(timer);
      resolve();
    });
  });
}
