import type { Caller } from '../exchange/caller.ts';
import type { Action } from '../exchange/exchange.ts';
import type { RequestTags } from '../exchange/tags.ts';
import type { ResourceKind } from './actions.ts';

/** What is asked of a policy: may this caller do this to that, as things are? */
export interface Query {
  readonly caller: Caller;
  readonly action: Action;
  readonly resource: Resource;
  readonly circumstances: Circumstances;
}

export interface Resource {
  readonly kind: ResourceKind;
  /** Name of a model as callers name it, of a tool, of an upstream, or of a kind of administrative object. */
  readonly id: string;
  /** Of an administrative object that belongs to someone. */
  readonly team?: string;
  readonly owner?: string;
}

export interface Circumstances {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** IP address of the other end of the connection. */
  readonly peer: string;
  readonly tags: RequestTags;
  /** Needed where the policy mentions it. */
  readonly spend?: Spend | undefined;
}

/** What a caller has used, by the days and months of UTC. */
export interface Spend {
  readonly tokens_today: number;
  readonly tokens_this_month: number;
  /** US cents, rounded up. */
  readonly cents_today: number;
  readonly cents_this_month: number;
}

export interface Decision {
  readonly allowed: boolean;
  /**
   * The rules that decided: every permit that holds, or every forbid that does. `default` where no rule allows it,
   * `open` where none speaks of tools or routes, `error: …` where a rule could not be evaluated, which denies.
   */
  readonly by: readonly string[];
}
