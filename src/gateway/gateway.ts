import { createSecretKey } from 'node:crypto';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { Json } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { Turns } from '../base/turns.ts';
import type { LedgerDesk } from '../ledger/desk.ts';
import type { Disk } from '../ledger/disk.ts';
import type { Policy } from '../policy/policy.ts';
import { defenceFolder } from '../settings/data-places.ts';
import { addressOf } from '../settings/own-address.ts';
import type { Settings, TlsSettings } from '../settings/settings.ts';
import type { Store } from '../store/store.ts';
import { Abuse } from './abuse/abuse.ts';
import type { AbuseDesk, Block, Sighting } from './abuse/desk.ts';
import { seeForWorker } from './abuse/heed.ts';
import { recordAlert } from './alerts.ts';
import { BodyRoom } from './body-room.ts';
import { buildHouse, type Parts } from './build-house.ts';
import { ClientCertificates } from './certificates.ts';
import type { Configuration } from './configuration.ts';
import { listenOnSocket } from './control.ts';
import { Defence } from './defence/defence.ts';
import type { DefenceDesk, StanceNews } from './defence/desk.ts';
import { watchedIn } from './defence/watched.ts';
import { drain, recordStrangers } from './drain.ts';
import { Feeds } from './feeds/feeds.ts';
import { revealer } from './feeds/reveal.ts';
import type { Administration } from './handle.ts';
import { closeUpstreams, type Gate, type House, replaceHouse } from './house.ts';
import { KeySets } from './identity/identity.ts';
import { keepMeasures } from './incidents/contain.ts';
import { heedAlerts } from './incidents/open.ts';
import { withFittingMeasures, withMeasures } from './incidents/overlay.ts';
import { listenForClients, renewTls } from './listen.ts';
import type { Log } from './log.ts';
import { Metrics } from './metrics.ts';
import { type ModelShelf, missingMasters } from './model-shelf.ts';
import { keepVouched } from './overdue.ts';
import { PeopleDesk } from './people/desk.ts';
import { Drafts, type PolicyReader } from './policy/drafts.ts';
import { DryRuns } from './policy/runs.ts';
import { expectPolicy } from './policy/versions.ts';
import { ServingMetrics } from './predict/serving-metrics.ts';
import { checkReload, serially } from './reload.ts';
import { keepReviews } from './review/keep.ts';
import { WaitingRoom } from './review/waiting-room.ts';
import { tellBreaker } from './routing/report.ts';
import { TargetStates } from './routing/targets.ts';
import { type HttpServer, makeServer } from './server.ts';
import { Strangers } from './strangers.ts';
import { openTelemetry } from './telemetry.ts';
import { TenantBooks } from './tenant-book.ts';
import { keepContent, openVault, stageVault } from './vault.ts';
import { openWatcher } from './watch/open.ts';
import { watchedRules } from './watch/rules.ts';
import { alertTeller } from './watch/tell.ts';

/** Entries a minute for requests of nobody known; beyond, they are counted. */
const STRANGERS = 60;

export interface GatewayOptions {
  readonly settings: Settings;
  readonly policy: Policy;
  /** Reads settings and policy anew. Throws a Problem where they are bad. */
  readonly load: () => Promise<{ readonly settings: Settings; readonly policy: Policy }>;
  readonly parts: Omit<Parts, 'clock' | 'keySets' | 'models'>;
  /** Reads a policy that is in no file; a process without it takes none. */
  readonly readPolicy?: PolicyReader | undefined;
  /** Where an applied policy is written. Default: the disk. */
  readonly policyDisk?: Disk | undefined;
  readonly ledger: LedgerDesk;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Of Gatehouse, for whoever is told who sends. */
  readonly version?: string | undefined;
  /** 32 bytes: the key of the digests in the ledger. */
  readonly digestKey: Uint8Array;
  /** Path of the control socket; none where undefined. */
  readonly socket?: string | undefined;
  /** Default: `whole`. */
  readonly role?: Role;
  /** How things stand with the ledger's witnesses. */
  readonly witnesses?: Gate['witnesses'];
  /** How old segments of the ledger are archived. */
  readonly archive?: Gate['archive'];
  /** The sealed files of models. */
  readonly shelf?: ModelShelf | undefined;
  /** How a `worker` has who asks models that classify or score watched: by its primary. */
  readonly defence?: DefenceDesk | undefined;
  /** How a `worker` has administrative acts done: by its primary. */
  readonly relay?: Administration;
  /** How a `worker` has the behaviour of callers counted: by its primary. */
  readonly abuse?: AbuseDesk;
  /** The worker processes of a `primary`. */
  readonly crew?: CrewFace | undefined;
}

/**
 * What this process does of a gateway:
 * - `whole`: everything.
 * - `primary`: ledger, counters and control socket; its workers answer clients.
 * - `worker`: answers clients, with the ledger and the counters of its primary.
 * - `desk`: the control socket alone, for one administrative act while no gateway is running.
 */
export type Role = 'whole' | 'primary' | 'worker' | 'desk';

/** What a primary's reload asks of its workers. */
export interface CrewFace {
  /** All build the new configuration; throws a Problem where one cannot, and then none has it. */
  prepare(): Promise<void>;
  /** The same with the files that are in force: what is laid on top of them has changed. */
  prepareAgain(): Promise<void>;
  commit(): void;
  abort(): void;
  /** All let go of the answers that they have kept. */
  forget(): void;
  metrics(): Promise<Json[]>;
  /** Somebody has to wait, whichever worker they ask. */
  block(block: Block): void;
  /** What workers see of callers. */
  onSighting: (sighting: Sighting) => void;
  /** Somebody stands elsewhere on a ladder, whichever worker they ask. */
  stances(news: StanceNews): void;
  /** Who watches for the workers. */
  defence: Defence | undefined;
}

/** A configuration that was built and has not taken effect. */
export interface Staged {
  commit(): void;
  abort(): void;
}

/** A gateway at work. */
export interface Gateway {
  /** Where it answers, `http://127.0.0.1:8642`. */
  readonly address: string;
  /** 0 where it does not answer clients itself. */
  readonly port: number;
  readonly gate: Gate;
  reload(): Promise<void>;
  /** The first half of a reload: everything is built. Throws a Problem and changes nothing where it is bad. */
  stage(): Promise<Staged>;
  /** No new requests; those at work may finish, for as long as `limits.drain`; then the ledger is closed. */
  close(): Promise<void>;
}

/** Starts to listen. Throws a Problem where the address cannot be had. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { ledger, store, clock, log, load, witnesses, role = 'whole' } = options;
  const vault = await openVault(options, role !== 'worker');
  const metrics = new Metrics({
    open: () => gate.open,
    ledgerSize: () => ledger.size,
    ledgerOpen: () => ledger.state === 'open',
    ledgerCosigned: witnesses && (() => Number(witnesses().cosigned)),
    standing: () => gate.alarms?.standing() ?? [],
  });
  const serving = new ServingMetrics(metrics.registry);
  const parts: Parts = {
    ...options.parts,
    clock,
    keySets: new KeySets(clock, log),
    models: { shelf: options.shelf, registry: store.models, log, serving },
  };
  // Whoever keeps the ledger watches; in a worker, the primary does.
  const alarms =
    role === 'worker'
      ? undefined
      : new Defence({
          folder: defenceFolder(options.settings.data),
          key: options.digestKey,
          ledger,
          clock,
          log,
          metrics,
          rules: () => gate.house.policy.predictions,
        });
  const countAbuse = (): Abuse => {
    const abuse = new Abuse(clock.tick);
    abuse.onBlock = (block) => options.crew?.block(block);
    return abuse;
  };
  const plain: Configuration = { settings: options.settings, policy: options.policy };
  const first = withFittingMeasures(plain, store.incidents.measures(), clock.now(), ({ incident }) =>
    log('error', 'a measure of an incident does not fit the configuration and is not in force', {
      id: incident,
    }),
  );
  const gate: Gate = {
    vault,
    pseudonyms: vault && new TenantBooks({ store: store.pseudonyms, vault, clock }),
    shelf: options.settings.vault && options.shelf,
    defence: options.defence ?? alarms,
    alarms,
    modelSteps: new Turns(),
    incidentTurns: new Turns(),
    reviewTurns: new Turns(),
    policyTurns: new Turns(),
    dryRuns: new DryRuns(),
    drafts: new Drafts({
      read: options.readPolicy,
      disk: options.policyDisk,
      kinds: new Map(parts.kinds.map(({ kind, settings }) => [kind, settings])),
      build: (settings, policy) => buildHouse(settings, policy, parts),
      plain: () => gate.plain,
      measures: () => store.incidents.measures(),
      now: clock.now,
    }),
    onlookers: new Map(),
    waitingRoom: new WaitingRoom({
      reviews: store.reviews,
      tick: clock.tick,
      closing: () => gate.closing,
    }),
    plain,
    watcher:
      role === 'worker'
        ? undefined
        : openWatcher(
            options,
            alertTeller(() => gate),
          ),
    feeds:
      role === 'worker'
        ? undefined
        : new Feeds({
            ...options,
            metrics,
            tick: clock.tick,
            version: options.version ?? '',
            deliver: role !== 'desk',
          }),
    telemetry: openTelemetry(options.settings.telemetry, { clock, log, metrics }),
    house: buildHouse(first.settings, first.policy, parts),
    ledger,
    store,
    clock,
    log,
    metrics,
    strangers: new Strangers(STRANGERS, clock.now),
    bodies: new BodyRoom(),
    abuse: options.abuse ?? countAbuse(),
    certificates: new ClientCertificates(),
    people: new PeopleDesk(clock, store.pepper),
    targets: new TargetStates(clock.tick, (target, state) => tellBreaker(gate, target, state)),
    digestKey: createSecretKey(options.digestKey),
    port: 0,
    open: 0,
    closing: false,
    witnesses,
    archive: options.archive,
    tellForget: () => options.crew?.forget(),
    exposition: async () => gate.metrics.exposition((await options.crew?.metrics()) ?? []),
    reload: () => renew(false),
    rebuild: () => renew(true),
  };
  if (gate.feeds !== undefined) gate.feeds.reveal = revealer(gate);
  /** @param again nothing is read: only what lies on top has changed, and has its own entry */
  const renew = serially(async (again: boolean) => {
    const staged = await stage(again);
    let settle = () => {};
    try {
      await (again ? options.crew?.prepareAgain() : options.crew?.prepare());
      if (!again) {
        const expected = expectPolicy(gate, staged.plain);
        await ledger.append({ kind: 'system.reload', policy: staged.policy, ...expected.facts });
        settle = expected.settle;
      }
    } catch (error) {
      staged.abort();
      options.crew?.abort();
      throw error;
    }
    staged.commit();
    options.crew?.commit();
    settle();
    log('info', again ? 'measures of incidents laid on the configuration' : 'configuration reloaded');
  });
  /** From its commit on nothing can fail: the certificate was tried when the house was built. */
  const stage = async (
    again = false,
  ): Promise<Staged & { readonly policy: string; readonly plain: Policy }> => {
    const read = again ? gate.plain : await load();
    const next = withMeasures(read, store.incidents.measures(), clock.now());
    checkReload(gate.house.settings, next.settings);
    const [missing] = await missingMasters(gate.shelf, next.settings);
    if (missing !== undefined)
      throw new Problem(
        'usage',
        `the master key “${missing}” still wraps keys of sealed models, and vault.masters does not have it`,
        'Put it back, and run "gatehouse vault rotate" before it is retired.',
      );
    const rules = watchedRules(next.settings.detections);
    const house = buildHouse(next.settings, next.policy, parts);
    await loadModels(house, role);
    const watch = await alarms?.prepare(watchedIn(house));
    const masters = await stageVault(vault, next).catch((error) => {
      closeUpstreams(house);
      throw error;
    });
    return {
      policy: house.policy.hash,
      plain: read.policy,
      commit() {
        if (masters !== undefined) vault?.adopt(masters);
        const { tls } = next.settings.listen;
        if (tls !== undefined) secure?.(tls);
        gate.plain = read;
        replaceHouse(gate, house);
        gate.watcher?.useRules(rules);
        watch?.();
      },
      abort() {
        masters?.close();
        closeUpstreams(house);
      },
    };
  };
  await loadModels(gate.house, role).catch(async (error) => {
    await vault?.close();
    throw error;
  });
  await alarms?.start(watchedIn(gate.house));
  const { crew } = options;
  if (crew !== undefined) {
    crew.onSighting = (sighting) => seeForWorker(gate, sighting);
    crew.defence = alarms;
    if (alarms !== undefined) alarms.onNews = (news) => crew.stances(news);
  }
  const servers: HttpServer[] = [];
  let secure: ((tls: TlsSettings) => void) | undefined;
  if (role === 'whole' || role === 'worker') {
    const server = await listenForClients(gate, clock, options.relay).catch(async (error) => {
      await vault?.close();
      throw error;
    });
    gate.port = (server.address() as AddressInfo).port;
    servers.push(server);
    if (server instanceof https.Server) secure = (tls) => renewTls(gate, server, tls);
  }
  const keepsLedger = role === 'whole' || role === 'primary';
  // No reason not to start: none of them may be in use.
  for (const name of keepsLedger ? await missingMasters(gate.shelf, options.settings) : [])
    log('warn', 'a master key of sealed models is not in vault.masters: they cannot be opened', {
      error: name,
    });
  if (keepsLedger) store.quotas.onAlert = (alert) => recordAlert(gate, alert);
  if (keepsLedger) {
    const { facts, settle } = expectPolicy(gate, gate.plain.policy);
    await ledger.append({ kind: 'system.start', policy: gate.house.policy.hash, ...facts });
    settle();
  }
  if (role !== 'worker' && options.socket !== undefined) {
    const control = makeServer(gate, clock, { local: true });
    servers.push(control);
    await listenOnSocket(control, options.socket);
  }
  const counting = setInterval(() => recordStrangers(gate), 60_000).unref();
  const keeping = keepsLedger ? keepContent(gate) : undefined;
  const measuring = keepsLedger ? keepMeasures(gate) : undefined;
  const reviewing = keepsLedger ? keepReviews(gate) : undefined;
  const vouching = keepsLedger ? keepVouched(gate) : undefined;
  const deaf = keepsLedger ? heedAlerts(gate) : undefined;
  let closing: Promise<void> | undefined;
  return {
    address: addressOf(options.settings, gate.port),
    port: gate.port,
    gate,
    reload: gate.reload,
    stage: () => stage(),
    close() {
      closing ??= drain(gate, servers, !keepsLedger).finally(() => {
        clearInterval(counting);
        clearInterval(keeping);
        clearInterval(measuring);
        clearInterval(reviewing);
        clearInterval(vouching);
        deaf?.();
      });
      return closing;
    },
  };
}

/**
 * A process that answers clients has its encoders and models loaded before the first; one that cannot load encoders says so at
 * once.
 */
async function loadModels(house: House, role: Role): Promise<void> {
  if (role !== 'whole' && role !== 'worker') return;
  await Promise.all([house.opinions.ready(), house.predictions.ready()]).catch((error) => {
    closeUpstreams(house);
    throw error;
  });
}
