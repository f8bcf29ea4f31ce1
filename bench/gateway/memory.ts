import { setTimeout } from 'node:timers/promises';
import { rssKb } from '../harness/proc.ts';
import { slope } from '../harness/stats.ts';
import { loop } from './matrix.ts';
import type { Stage, Target, TargetName } from './targets.ts';

/** Requests before memory is first looked at: code is compiled and pools are filled. */
const FIRST_REQUESTS = 2_000;
/** How long open streams run before they are weighed: two events each. */
const SETTLE_MS = 4_500;

export interface OpenMemory {
  readonly target: TargetName;
  readonly streams: number;
  readonly idleKb: number;
  readonly openKb: number;
  readonly perStreamKb: number;
}

/** Resident memory with many streams open, over that before they were. */
export async function runOpenStreams(
  stage: Stage,
  streams: number,
  say: (line: string) => void,
): Promise<(OpenMemory | { target: TargetName; error: string })[]> {
  const found: (OpenMemory | { target: TargetName; error: string })[] = [];
  for (const target of stage.targets) {
    say(`${streams} open streams: ${target.name}`);
    try {
      found.push(await weigh(stage, target, streams));
    } catch (error) {
      if (target.name !== 'portkey') throw error;
      found.push({ target: target.name, error: error instanceof Error ? error.message : String(error) });
    } finally {
      await stage.run({ kind: 'close' });
    }
  }
  return found;
}

async function weigh(stage: Stage, target: Target, streams: number): Promise<OpenMemory> {
  for (const stream of [false, true]) {
    await loop(stage, target, { stream, promptChars: 1024, connections: 16 }, FIRST_REQUESTS / 2);
  }
  const { pid } = target.to;
  const idleKb = rssKb(pid);
  await stage.run({ kind: 'open', to: target.to, streams });
  await setTimeout(SETTLE_MS);
  const openKb = rssKb(pid);
  return { target: target.name, streams, idleKb, openKb, perStreamKb: (openKb - idleKb) / streams };
}

/** Requests between two looks, the share of streams among them, and looks that warm up. */
const STEP = 10_000;
const STREAM_SHARE = 0.2;
const WARM_STEPS = 2;
/** Flat: the straight line through all looks rises by less than this share of the first, from first to last. */
const FLAT_SHARE = 0.1;

export interface Soak {
  readonly target: TargetName;
  readonly requests: number;
  readonly errors: number;
  readonly samplesKb: readonly number[];
  /** Of the straight line through all samples. */
  readonly kbPer10k: number;
  readonly flat: boolean;
}

/** Resident memory over many requests, every 10,000 of them. */
export async function runSoak(
  stage: Stage,
  target: Target,
  requests: number,
  say: (line: string) => void,
): Promise<Soak> {
  const step = Math.min(STEP, Math.ceil(requests / 10));
  const steps = Math.ceil(requests / step);
  const samplesKb: number[] = [];
  let errors = 0;
  for (let done = -WARM_STEPS; done < steps; done += 1) {
    for (const [stream, share] of [
      [false, 1 - STREAM_SHARE],
      [true, STREAM_SHARE],
    ] as const) {
      const result = await loop(stage, target, { stream, promptChars: 1024, connections: 16 }, step * share);
      errors += result.errors;
    }
    const rss = rssKb(target.to.pid);
    if (done >= 0) samplesKb.push(rss);
    say(
      `soak ${target.name}: ${done < 0 ? 'warming up' : `${(done + 1) * step} requests`}, ${Math.round(rss / 1024)} MB`,
    );
  }
  const perStep = slope(samplesKb.map((kb, index) => [index, kb] as const));
  return {
    target: target.name,
    requests: steps * step,
    errors,
    samplesKb,
    kbPer10k: perStep * (STEP / step),
    flat: perStep * (samplesKb.length - 1) < FLAT_SHARE * (samplesKb[0] ?? 0),
  };
}
