import { join } from 'node:path';
import { type Child, DRIVER_CORE, startNode, TARGET_CORE } from '../harness/children.ts';
import { startFullGatehouse, startGatehouse } from './gatehouse.ts';
import type { Destination, Headers, Job } from './jobs.ts';
import { installPortkey, startPortkey } from './portkey.ts';

/** Gatehouse as it may be set up: with keys, with everything on, and with keys in two workers. */
export const OWN_NAMES = ['gatehouse', 'gatehouse-full', 'gatehouse-2w'] as const;
export const TARGET_NAMES = ['direct', 'passthrough', 'portkey', ...OWN_NAMES] as const;
export type TargetName = (typeof TARGET_NAMES)[number];
export type OwnName = (typeof OWN_NAMES)[number];

const WORKERS = 2;

export interface Target {
  readonly name: TargetName;
  readonly to: Destination;
  readonly child: Child;
}

/** The processes of one part of the benchmark. */
export interface Stage {
  readonly targets: readonly Target[];
  /** Runs a job in the load generator. */
  run<Answer>(job: Job): Promise<Answer>;
  stop(): Promise<void>;
}

/** What was not started, and why. */
export type Skips = Map<TargetName, string>;

const CHAT = '/v1/chat/completions';
const script = (name: string): string => join(import.meta.dirname, name);

/** One of our own servers: told to start over its channel, it answers with its port. */
async function startOwn(
  name: string,
  file: string,
  core: string,
  job: object,
): Promise<{ child: Child; port: number }> {
  const child = startNode(name, [script(file)], { core, channel: true });
  const { port } = await child.ask<{ port: number }>(job);
  return { child, port };
}

/**
 * Starts upstream, load generator and the targets asked for. Where Portkey cannot be had, that is put down in `skips`
 * and the others go on without it.
 * @param nodeArgs for the Node that runs Gatehouse
 */
export async function startStage(
  names: readonly TargetName[],
  skips: Skips,
  say: (line: string) => void,
  nodeArgs: readonly string[] = [],
): Promise<Stage> {
  const upstream = await startOwn('upstream', 'mock.ts', DRIVER_CORE, {});
  const load = startNode('load generator', [script('load.ts')], { core: DRIVER_CORE, channel: true });
  const started: Target[] = [];
  for (const name of names) {
    if (skips.has(name)) continue;
    const found = await start(name, upstream.port, { skips, say, nodeArgs });
    if (found === undefined) continue;
    const { child, port, callers } = found;
    started.push({ name, child, to: { port, pid: child.pid, path: CHAT, callers } });
  }
  return {
    targets: started,
    run: (job) => load.ask(job),
    stop: async () => {
      await Promise.all(
        [...started.map(({ child }) => child), load, upstream.child].map((child) => child.stop()),
      );
    },
  };
}

interface Started {
  readonly child: Child;
  readonly port: number;
  readonly callers: readonly Headers[];
}

async function start(
  name: TargetName,
  upstream: number,
  { skips, say, nodeArgs }: { skips: Skips; say: (line: string) => void; nodeArgs: readonly string[] },
): Promise<Started | undefined> {
  switch (name) {
    case 'direct':
      // A second upstream, alone on the core where the targets are.
      return { ...(await startOwn(name, 'mock.ts', TARGET_CORE, {})), callers: [{}] };
    case 'passthrough':
      return { ...(await startOwn(name, 'passthrough.ts', TARGET_CORE, { upstream })), callers: [{}] };
    case 'portkey': {
      const trouble = await installPortkey(say);
      if (trouble === undefined) return startPortkey(upstream);
      skips.set(name, trouble);
      return undefined;
    }
    case 'gatehouse':
      return startGatehouse(upstream, { nodeArgs });
    case 'gatehouse-full':
      return startFullGatehouse(upstream, nodeArgs);
    case 'gatehouse-2w':
      return startGatehouse(upstream, { workers: WORKERS });
  }
}
