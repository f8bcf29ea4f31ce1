import type { Secret } from '../base/secret.ts';

/**
 * `gatehouse.yaml`, checked, with every default filled in and frozen. Names are those of the file; durations are
 * milliseconds, sizes are bytes, paths are absolute, and what was in secret files is here as a {@link Secret}.
 */
export interface Settings {
  readonly listen: ListenSettings;
  /** Folder for keys, callers and the ledger. */
  readonly data: string;
  /** The policy file. */
  readonly policy: string;
  readonly upstreams: Readonly<Record<string, UpstreamSettings>>;
  /** Which upstream serves which model; ask it through `findModel`. */
  readonly routes: ModelRoutes;
  readonly limits: LimitSettings;
  readonly ledger: LedgerSettings;
  readonly log: LogSettings;
}

/** Model names to upstreams. */
export interface ModelRoutes {
  find(name: string): ModelRoute | undefined;
}

/** Where a model name leads. */
export interface ModelRoute {
  readonly upstream: UpstreamSettings;
  /** The model's name at the upstream. */
  readonly as: string;
}

export interface ListenSettings {
  /** An IP address, or `localhost`. */
  readonly address: string;
  readonly port: number;
  /** Certificate chain and private key as PEM text. */
  readonly tls: { readonly cert: string; readonly key: Secret } | undefined;
  readonly behind_proxy: boolean;
  /** Host names in lower case, without port. */
  readonly hosts: readonly string[];
  /** Web origins as browsers send them: scheme, host, port where it is not the scheme's own. */
  readonly origins: readonly string[];
}

export interface UpstreamSettings {
  readonly name: string;
  readonly dialect: string;
  /** The built-in practice model; it has no address. */
  readonly practice: boolean;
  /** Base address without a slash at its end; empty for the practice model. */
  readonly url: string;
  readonly key: Secret | undefined;
  /** How the key is sent; `dialect`: as the dialect's own clients send it. */
  readonly auth: 'dialect' | 'bearer' | 'x-api-key' | 'api-key' | 'none';
  /** Path below `url`; holds `{endpoint}` and perhaps `{model}`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, Secret>>;
  readonly connections: number;
  readonly timeouts: { readonly connect: number; readonly first_byte: number; readonly idle: number };
  readonly models: readonly ModelEntry[];
}

export interface ModelEntry {
  /** As callers name it; may be a glob. */
  readonly name: string;
  /** As the upstream names it; undefined: the same. Never with a glob. */
  readonly as: string | undefined;
}

export interface LimitSettings {
  readonly body: number;
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
}

export interface LogSettings {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'auto' | 'json' | 'text';
}
