import type { KeyObject } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import type { Turns } from '../base/turns.ts';
import type { Playbook } from '../incidents/playbook.ts';
import type { Post } from '../inspection/posts.ts';
import type { LedgerDesk } from '../ledger/desk.ts';
import type { Accounts } from '../policy/accounts.ts';
import type { Policy } from '../policy/policy.ts';
import type { Settings } from '../settings/settings.ts';
import type { Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Vault } from '../vault/vault.ts';
import type { AbuseDesk } from './abuse/desk.ts';
import type { LedgerArchiver } from './archive.ts';
import type { Edge } from './ask.ts';
import type { BodyRoom } from './body-room.ts';
import type { ReplyCache } from './cache/reply-cache.ts';
import type { ClientCertificates } from './certificates.ts';
import type { Configuration } from './configuration.ts';
import type { Defence } from './defence/defence.ts';
import type { DefenceDesk } from './defence/desk.ts';
import type { Feeds } from './feeds/feeds.ts';
import type { Identity } from './identity/identity.ts';
import type { Watch } from './inspect/posts.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { ModelShelf } from './model-shelf.ts';
import type { Opinions } from './opinions.ts';
import type { PeopleDesk } from './people/desk.ts';
import type { DraftDesk } from './policy/desk.ts';
import type { DryRuns } from './policy/runs.ts';
import type { Predictions } from './predict/predictor.ts';
import type { WaitingRoom } from './review/waiting-room.ts';
import type { Routes } from './routes.ts';
import type { TargetStates } from './routing/targets.ts';
import type { Strangers } from './strangers.ts';
import type { TenantBooks } from './tenant-book.ts';
import type { Upstream } from './upstream.ts';
import type { Watcher } from './watch/watcher.ts';

/**
 * Settings and policy as one request sees them: built whole, then swapped. A request keeps the house it came into
 * until it ends, however often the configuration is reloaded meanwhile.
 */
export interface House {
  readonly settings: Settings;
  readonly policy: Policy;
  /** What callers are counted in. */
  readonly accounts: Accounts;
  readonly watch: Watch;
  /** Who is asked about texts that go nowhere: the guards of the policy, and those that ship for what it has none for. */
  readonly inspectors: readonly Post[];
  readonly routes: Routes;
  readonly edge: Edge;
  /** Callers by token. */
  readonly identity: Identity;
  /** Requests that came into it and have not ended. */
  guests: number;
  /** A newer one has taken its place. */
  retired: boolean;
  /** Encoders and judges of its guards. */
  readonly opinions: Opinions;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** Models that classify or score. */
  readonly predictions: Predictions;
  /** What is done about incidents: own playbooks first, then those that ship. */
  readonly playbooks: readonly Playbook[];
  /** Kept answers, by route. */
  readonly caches: ReadonlyMap<string, ReplyCache>;
}

/** What stays over reloads. */
export interface Gate {
  house: House;
  readonly ledger: LedgerDesk;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: Clock;
  readonly strangers: Strangers;
  /** What is on its way in. */
  readonly bodies: BodyRoom;
  readonly abuse: AbuseDesk;
  readonly certificates: ClientCertificates;
  /** What signing in needs; in a worker nobody signs in. */
  readonly people: PeopleDesk;
  /** Health and load of the targets. */
  readonly targets: TargetStates;
  /** Sealed content; undefined where the settings have no vault. */
  readonly vault: Vault | undefined;
  /** Stand-ins that are remembered for tenants; undefined where there is no vault. */
  readonly pseudonyms: TenantBooks | undefined;
  /** The sealed files of models; undefined where there is no vault, or another process has them. */
  readonly shelf: ModelShelf | undefined;
  /** Follows the ledger, and answers what is asked about it; undefined in a worker. */
  readonly watcher: Watcher | undefined;
  /** Hands alerts and entries on to others; undefined in a worker. */
  readonly feeds: Feeds | undefined;
  /** What watches who asks models that classify or score; undefined: nothing does. */
  readonly defence: DefenceDesk | undefined;
  /** The same, where it is in this process: then people decide here, too. */
  readonly alarms: Defence | undefined;
  /** Steps of models: the ledger has them in the order in which they are taken. */
  readonly modelSteps: Turns;
  /** What happens to incidents, likewise. */
  readonly incidentTurns: Turns;
  /** Decisions on what is held, likewise. */
  readonly reviewTurns: Turns;
  /** Policies that are applied, likewise. */
  readonly policyTurns: Turns;
  /** Connections that wait for such a decision. */
  readonly waitingRoom: WaitingRoom;
  /** Streams of events that callers look on at, by their ids. */
  readonly onlookers: Map<string, number>;
  /** The configuration as it was read, without the measures of incidents. */
  plain: Configuration;
  readonly dryRuns: DryRuns;
  /** Policies that are not in force: read, and built to be tried. */
  readonly drafts: DraftDesk<House>;
  /** Traces and metrics for a collector; undefined where the settings name none. */
  readonly telemetry?: Telemetry | undefined;
  /** Key of the digests in the ledger. */
  readonly digestKey: KeyObject;
  /** Where clients are answered, here or by the workers: the port that was had, whatever the settings ask for. 0: nowhere. */
  port: number;
  /** Requests in progress. */
  open: number;
  /** No new requests: the gateway is draining. */
  closing: boolean;
  /** How things stand with the witnesses of the ledger, where there are any. */
  readonly witnesses: (() => JsonObject) | undefined;
  /** Has the workers, where there are any, do what {@link forgetReplies} does. */
  tellForget(): void;
  /** Moves old segments of the ledger to its archive; undefined in a process that does not hold it. */
  readonly archive: LedgerArchiver['run'] | undefined;
  /** The metrics of all processes, in Prometheus' form. */
  exposition(): Promise<string>;
  /** Reads settings and policy again; throws a Problem and changes nothing where they are bad. */
  reload(): Promise<void>;
  /** Lays the measures of incidents on the configuration anew, here and in the workers, without reading any file. */
  rebuild(): Promise<void>;
}

/** A request comes into the house that stands now. */
export function enter(gate: Gate): House {
  gate.open += 1;
  gate.house.guests += 1;
  return gate.house;
}

/** It has ended. The connections of a house that was replaced are closed behind its last guest. */
export function leave(gate: Gate, house: House): void {
  gate.open -= 1;
  house.guests -= 1;
  if (house.retired && house.guests === 0) closeUpstreams(house);
}

/** Puts a new house in the place of the one that stands. */
export function replaceHouse(gate: Gate, next: House): void {
  const before = gate.house;
  gate.house = next;
  gate.targets.keep(next.settings.routes.named);
  gate.feeds?.follow(next.settings);
  before.retired = true;
  if (before.guests === 0) closeUpstreams(before);
}

/** Answers that were kept are gone from memory, and values that were, in every process: something in them may have to be. */
export function forgetReplies(gate: Gate): void {
  gate.pseudonyms?.clear();
  for (const cache of gate.house.caches.values()) cache.clear();
  gate.tellForget();
}

export function closeUpstreams(house: House): void {
  for (const upstream of house.upstreams.values()) upstream.close().catch(() => {});
  house.opinions.close().catch(() => {});
  house.predictions.close().catch(() => {});
}
