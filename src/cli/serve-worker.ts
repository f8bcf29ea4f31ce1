import { createSecretKey } from 'node:crypto';
import { systemClock } from '../base/clock.ts';
import type { Json } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { DIALECTS } from '../dialects/index.ts';
import type { Block } from '../gateway/abuse/desk.ts';
import type { StanceNews } from '../gateway/defence/desk.ts';
import { openGateway, type Staged } from '../gateway/gateway.ts';
import { forgetReplies } from '../gateway/house.ts';
import type { Log } from '../gateway/log.ts';
import { pipeToPrimary } from '../gateway/workers/pipe.ts';
import { asJson, type Enlisted, fromJson, type Trouble } from '../gateway/workers/protocol.ts';
import { relayOver } from '../gateway/workers/relay.ts';
import { RemoteAbuse } from '../gateway/workers/remote-abuse.ts';
import { RemoteDefence } from '../gateway/workers/remote-defence.ts';
import { RemoteQuotas } from '../gateway/workers/remote-quotas.ts';
import { Line } from '../gateway/workers/rpc.ts';
import { GUARD_KINDS } from '../guards/index.ts';
import { type LedgerNews, RemoteLedger } from '../ledger/remote.ts';
import { dataPaths } from '../lifecycle/data-folder.ts';
import { openMeans } from '../runtime/means.ts';
import type { Settings } from '../settings/settings.ts';
import { openStore } from '../store/store.ts';
import type { CliIo } from './io.ts';
import { loadSettings } from './load.ts';
import { loadPolicy } from './load-policy.ts';
import { shelfOf } from './models-place.ts';

/** A worker that has lost its primary can record nothing, so it answers nothing; this long for what is under way. */
const LAST_WORDS = 1000;

/**
 * One worker process: it answers clients. Its configuration is what the primary read, byte for byte, and the ledger
 * and the counters are the primary's.
 */
export async function serveAsWorker(
  io: CliIo,
  version: string,
  file: string,
  change: (settings: Settings) => Settings,
  logFor: (settings: Settings) => Log,
): Promise<void> {
  // The terminal's signals reach every process of its group: the primary says what becomes of them.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  const line = new Line(pipeToPrimary(), 'ledger_unavailable');
  process.once('disconnect', () => setTimeout(() => process.exit(), LAST_WORDS).unref());
  const defence = new RemoteDefence(line);
  const hearStances = (news: Json) => defence.hear(fromJson<StanceNews>(news));
  // Before it asks: who comes to stand elsewhere meanwhile is heard, too.
  line.serve({ stances: hearStances });
  try {
    const told = fromJson<Enlisted>(await line.ask('enlist', null));
    hearStances(await line.ask('stances', null));
    let { files } = told;
    const snapshot: CliIo = { ...io, read: (path) => readFrom(files, path) };
    const load = async () => {
      const settings = shareOut(change(await loadSettings(snapshot, file)), told);
      return { settings, policy: await loadPolicy(snapshot, settings.policy) };
    };
    const { settings, policy } = await load();
    const paths = dataPaths(settings.data);
    const ledger = new RemoteLedger(
      async (body) => fromJson(await line.ask('append', asJson(body))),
      told.ledger,
    );
    const abuse = new RemoteAbuse(line, systemClock.tick);
    const store = openStore(paths.store, {
      pepper: createSecretKey(told.keys.pepper, 'hex'),
      clock: systemClock,
      quotas: new RemoteQuotas(line),
    });
    const gateway = await openGateway({
      role: 'worker',
      settings,
      policy,
      load,
      parts: {
        dialects: DIALECTS,
        kinds: GUARD_KINDS,
        means: openMeans(),
        practice: told.practice ?? undefined,
      },
      ledger,
      store,
      shelf: shelfOf(io, settings, store.models, version),
      clock: systemClock,
      log: logFor(settings),
      digestKey: Buffer.from(told.keys.digest, 'hex'),
      relay: relayOver(paths.socket),
      abuse,
      defence,
    });
    let staged: Staged | undefined;
    let before = files;
    line.serve({
      news: (news) => ledger.hear(fromJson<LedgerNews>(news)),
      prepare: async (next) => {
        before = files;
        files = fromJson<Enlisted['files']>(next);
        staged = await gateway.stage();
      },
      commit() {
        staged?.commit();
        staged = undefined;
      },
      abort() {
        staged?.abort();
        staged = undefined;
        files = before;
      },
      stances: hearStances,
      block: (block) => abuse.hear(fromJson<Block>(block)),
      forget: () => forgetReplies(gateway.gate),
      metrics: () => gateway.gate.metrics.registry.getMetricsAsJSON(),
      close: () => gateway.close(),
    });
    await line.ask('ready', gateway.port);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { kind, message, advice } = error;
    await line.ask(
      'failed',
      asJson({ kind, message, ...(advice !== undefined && { advice }) } satisfies Trouble),
    );
    process.exit();
  }
}

function readFrom(files: Enlisted['files'], path: string): string {
  const text = files[path];
  if (text === undefined) throw Object.assign(new Error('not in the configuration'), { code: 'ENOENT' });
  return text;
}

/** Bounds on everything together hold for all workers together. */
function shareOut(settings: Settings, { count, port }: Enlisted): Settings {
  const { limits, listen } = settings;
  const share = (all: number) => Math.ceil(all / count);
  return {
    ...settings,
    listen: { ...listen, port },
    limits: { ...limits, connections: share(limits.connections), requests: share(limits.requests) },
  };
}
