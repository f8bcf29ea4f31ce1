import type { JsonObject } from '../base/json.ts';
import type { Opaque, Slot } from './part.ts';

/** What a caller may be allowed to do; the closed list that roles speak of. */
export const ACTIONS = [
  'chat',
  'embed',
  'moderate',
  'inspect',
  'count_tokens',
  'predict',
  'report_outcomes',
  'models.list',
  'tool.declare',
  'tool.call',
  'route.use',
  'callers.read',
  'callers.write',
  'people.read',
  'people.write',
  'proposals.read',
  'proposals.decide',
  'policy.read',
  'policy.try',
  'policy.write',
  'config.read',
  'config.reload',
  'audit.read',
  'audit.archive',
  'metrics.read',
  'incidents.read',
  'incidents.write',
  'incidents.contain',
  'incidents.undo',
  'reviews.read',
  'reviews.decide',
  'vault.read',
  'vault.rotate',
  'content.read',
  'content.erase',
  'backup.record',
  'signing_keys.record',
  'registry.read',
  'registry.add',
  'registry.approve',
  'registry.activate',
  'registry.revoke',
  'registry.remove',
  'registry.export',
  'alarms.read',
  'alarms.write',
] as const;
export type Action = (typeof ACTIONS)[number];

/** Tokens as the upstream reports them. */
export interface Usage {
  /** All of the prompt, what came from a cache or went into one included. */
  readonly input: number;
  /** All of the answer, reasoning included. */
  readonly output: number;
  /** Of `input`: read from the provider's cache. */
  readonly cached?: number;
  /** Of `input`: written to the provider's cache. */
  readonly cacheWrite?: number;
  /** Of `output`: reasoning. */
  readonly reasoning?: number;
}

/** A request in the inner form: everything in it that carries text is a slot, everything else is checked or opaque. */
export interface Prompt {
  readonly model: string;
  readonly stream: boolean;
  /** Answers asked for (`n`). */
  readonly choices: number;
  /** `max_tokens` and its kin, per choice; undefined where the request sets none. */
  readonly maxOutput: number | undefined;
  readonly slots: readonly Slot[];
  readonly opaque: readonly Opaque[];
  /** Names of the tools that it declares, hosted ones too; undefined where the endpoint has no tools. */
  readonly tools?: readonly string[] | undefined;
  /** The gateway asked for the usage of a stream on its own account: the client must not see it. */
  readonly usageHidden?: boolean | undefined;
  /** Writes the model's name at its server into the body; where it is absent, the name is the body's `model`. */
  readonly rename?: ((as: string) => void) | undefined;
  /** The upstream is asked to keep the exchange, so that a later request can name it. */
  readonly keeps?: boolean | undefined;
  /** The answer is made when nobody waits for it: what comes back at once may be only its id. */
  readonly background?: boolean | undefined;
  /** Ids of what the upstream keeps: only the caller who was given them may name them. */
  readonly recalls?: readonly string[] | undefined;
  /** The parsed body; slots write into it. */
  readonly body: JsonObject;
}

/** A whole answer in the inner form. */
export interface Reply {
  readonly slots: readonly Slot[];
  readonly opaque: readonly Opaque[];
  /** Names of the tools that it calls; undefined where the endpoint has no tools. */
  readonly tools?: readonly string[] | undefined;
  readonly usage: Usage | undefined;
  /** What an answer in the background has used, where it is over: an earlier request is to be charged with it. */
  readonly made?: Usage | undefined;
  /** Ids under which the upstream keeps the exchange, where it was asked to. */
  readonly kept?: readonly string[] | undefined;
  readonly body: JsonObject;
}

/** One event of a streamed answer in the inner form. */
export interface StreamEvent {
  readonly slots: readonly Slot[];
  readonly opaque: readonly Opaque[];
  /** Names of the tools that it begins to call. */
  readonly tools?: readonly string[] | undefined;
  /**
   * Events keep their order within a lane and with every lane above or below it: lanes are paths such as
   * `/choices/0/delta/content`; the empty lane waits for all and holds up all.
   */
  readonly lane: string;
  /** The event holds one delta slot and nothing that must come last: it may be sent in pieces. */
  readonly divisible: boolean;
  /** Channels (slot paths) that get no more text after this event; `/*` at the end takes all below. */
  readonly ends: readonly string[];
  /** After this event the answer is complete. */
  readonly last: boolean;
  readonly usage: Usage | undefined;
  /** As in {@link Reply}. */
  readonly kept?: readonly string[] | undefined;
  /**
   * The event as it goes on the wire, with the slots' present texts; empty where it is not for the client. Called
   * once for each piece that is sent: what a reader says in `cut` goes by what was written.
   */
  write(): string;
}
