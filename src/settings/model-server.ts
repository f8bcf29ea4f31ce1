import type { Secret } from '../base/secret.ts';
import type { ReachSettings } from './upstream-reach.ts';

/** An upstream, as `gatehouse.yaml` describes it. */
export interface UpstreamSettings extends ReachSettings {
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
  /** Some servers take their key here. */
  readonly query: Readonly<Record<string, Secret>>;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, Secret>>;
  /** Endpoints of its dialect that it does not have: `responses`. */
  readonly lacks: readonly string[];
  readonly connections: number;
  readonly timeouts: { readonly connect: number; readonly first_byte: number; readonly idle: number };
  /** Values of labels that its targets take, where they do not say so themselves. */
  readonly accepts: Readonly<Record<string, readonly string[]>>;
  readonly models: readonly ModelEntry[];
}

export interface ModelEntry {
  /** As callers name it; may be a glob. */
  readonly name: string;
  /** As the upstream names it; undefined: the same. Never with a glob. */
  readonly as: string | undefined;
}
