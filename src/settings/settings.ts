import type { Secret } from '../base/secret.ts';
import type { AbuseSettings } from './abuse.ts';
import type { ArchiveSettings } from './archive.ts';
import type { DetectionSettings } from './detections.ts';
import type { EncoderSettings } from './encoders.ts';
import type { FeedSettings } from './feeds.ts';
import type { IdentitySettings } from './identity.ts';
import type { IncidentSettings } from './incidents.ts';
import type { JudgeSettings } from './judges.ts';
import type { ModelRoute } from './model-route.ts';
import type { UpstreamSettings } from './model-server.ts';
import type { ModelSettings } from './models.ts';
import type { PeopleSettings } from './people.ts';
import type { PredictionSettings } from './predictions.ts';
import type { TelemetrySettings } from './telemetry.ts';
import type { VaultSettings } from './vault.ts';
import type { WitnessesSettings } from './witnesses.ts';

/** More processes than any machine has use for. */
export const MAX_WORKERS = 256;

/**
 * `gatehouse.yaml`, checked, with every default filled in and frozen. Names are those of the file; durations are
 * milliseconds, sizes are bytes, paths are absolute, and what was in secret files is here as a {@link Secret}.
 */
export interface Settings {
  readonly listen: ListenSettings;
  /** Processes that answer clients; 1: one process does everything. */
  readonly workers: number;
  /** Folder for keys, callers and the ledger. */
  readonly data: string;
  /** The policy file. */
  readonly policy: string;
  readonly upstreams: Readonly<Record<string, UpstreamSettings>>;
  /** Which targets serve which model; ask it through `findModel`. */
  readonly routes: ModelRoutes;
  readonly identity: IdentitySettings;
  readonly people: PeopleSettings;
  readonly incidents: IncidentSettings;
  readonly abuse: AbuseSettings;
  readonly detections: DetectionSettings;
  readonly limits: LimitSettings;
  readonly ledger: LedgerSettings;
  /** Supplied encoders that guards may ask, by name. */
  readonly encoders: Readonly<Record<string, EncoderSettings>>;
  /** Models that classify or score, by name. */
  readonly predictions: Readonly<Record<string, PredictionSettings>>;
  /** Models that guards may ask for a second opinion, by name. */
  readonly judges: Readonly<Record<string, JudgeSettings>>;
  /** Undefined: nothing can be sealed. */
  readonly vault: VaultSettings | undefined;
  readonly models: ModelSettings;
  /** Undefined: nothing is exported. */
  readonly telemetry: TelemetrySettings | undefined;
  /** Receivers of alerts and of the ledger, by name. */
  readonly feeds: Readonly<Record<string, FeedSettings>>;
  readonly log: LogSettings;
}

/** Model names to targets. */
export interface ModelRoutes {
  find(name: string): ModelRoute | undefined;
  /** Those of the section `routes`. */
  readonly named: readonly ModelRoute[];
}

export type ProxyHeader = 'x-forwarded-for' | 'forwarded';

export interface ListenSettings {
  /** An IP address, or `localhost`. */
  readonly address: string;
  readonly port: number;
  readonly tls: TlsSettings | undefined;
  readonly behind_proxy: boolean;
  /** Addresses and ranges whose word on whom they ask for is believed. */
  readonly trusted_proxies: readonly string[];
  /** Where they say it: in one header only, since a proxy hands others on as its clients have sent them. */
  readonly proxy_header: ProxyHeader;
  /** Host names in lower case, without port. */
  readonly hosts: readonly string[];
  /** Web origins as browsers send them: scheme, host, port where it is not the scheme's own. */
  readonly origins: readonly string[];
}

/** PEM text. */
export interface TlsSettings {
  /** Certificate chain. */
  readonly cert: string;
  readonly key: Secret;
  readonly client_certificates: 'off' | 'optional' | 'required';
  readonly client_ca: string | undefined;
  readonly crl: string | undefined;
}

export interface LimitSettings {
  readonly body: number;
  readonly bodies: number;
  readonly caller_bodies: number;
  readonly depth: number;
  readonly headers: number;
  readonly header_time: number;
  readonly body_time: number;
  readonly connections: number;
  readonly requests: number;
  readonly client_idle: number;
  readonly drain: number;
  readonly reply: number;
  readonly event: number;
}

export interface LedgerSettings {
  readonly segment: number;
  /** Name of the ledger in its checkpoints; undefined: made when the ledger is. */
  readonly origin: string | undefined;
  readonly witnesses: WitnessesSettings | undefined;
  readonly archive: ArchiveSettings | undefined;
}

export interface LogSettings {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'auto' | 'json' | 'text';
}
