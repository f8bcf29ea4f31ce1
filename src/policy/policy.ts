import type { JsonObject } from '../base/json.ts';
import type { Action } from '../exchange/exchange.ts';
import type { Provenance } from '../exchange/part.ts';
import type { GuardAction } from '../exchange/verdict.ts';
import type { Budget } from './budget.ts';
import type { Documents } from './cedar/documents.ts';
import type { CoachingRule } from './coaching.ts';
import type { ContentRule } from './content.ts';
import type { EmergencyRule, Tightening } from './emergency-rule.ts';
import type { FeedContentRule } from './feed-content.ts';
import type { LabelRules } from './labels.ts';
import type { PredictionRule } from './predictions.ts';
import type { PriceTable } from './price.ts';
import type { PseudonymRule } from './pseudonyms.ts';
import type { ReviewRule } from './review.ts';
import type { Scope } from './scope.ts';
import type { SpotlightRule } from './spotlighting.ts';

/** A policy, checked, with every default filled in, ready to be asked. Frozen. */
export interface Policy {
  /** SHA-256 (hex) of the document as canonical JSON (RFC 8785): the same for the same rules, however they are laid out. */
  readonly hash: string;
  readonly source: PolicySource;
  readonly roles: ReadonlyMap<string, Role>;
  /** Its Cedar documents; undefined where it has none. */
  readonly documents: Documents | undefined;
  /** What incidents forbid, hold and answer otherwise for now, on top of all else; a document has none. */
  readonly emergency: readonly Exclude<EmergencyRule, Tightening>[];
  readonly quotas: readonly Quota[];
  readonly budgets: readonly Budget[];
  /** What becomes of requests for a model without a price, where no budget fits them. */
  readonly unpriced: 'allow' | 'refuse';
  readonly prices: PriceTable;
  /** Tokens reserved for an answer whose request sets no maximum. */
  readonly assumeOutput: number;
  /** Tokens that each row of a prediction counts as. */
  readonly tokensPerRow: number;
  /** How models that classify or score answer; the first that fits holds. */
  readonly predictions: readonly PredictionRule[];
  readonly guards: readonly GuardRule[];
  readonly labels: LabelRules;
  /** Media types, families (`image/*`) and kinds of content that may pass unread, in lower case. */
  readonly media: ReadonlySet<string>;
  /** What is kept, sealed; undefined: nothing. */
  readonly content: ContentRule | undefined;
  readonly pseudonyms: PseudonymRule;
  /** What becomes of what guards hold for people. */
  readonly review: ReviewRule;
  /** Feeds that may carry held text; none of it goes out by any other. */
  readonly feeds: readonly FeedContentRule[];
  /** What people are told where a guard has blocked; undefined: only that. */
  readonly coaching: CoachingRule | undefined;
  /** Administrative actions that a person may do only where another one approves. */
  readonly twoPeople: ReadonlySet<Action>;
  /** How untrusted texts are marked for the model; undefined: not at all. */
  readonly spotlighting: SpotlightRule | undefined;
}

/** What a policy was read from. */
export interface PolicySource {
  readonly text: string;
  /** SHA-256 (hex) of the text as it stands, comments and all: whoever writes the file says which one they began with. */
  readonly digest: string;
  /** The files that it names, by the names it has for them. */
  readonly files: ReadonlyMap<string, string>;
}

export interface Role {
  readonly allow: readonly Rule[];
  readonly deny: readonly Rule[];
}

export interface Rule {
  /** Where it stands: `roles.app.allow[0]`. */
  readonly place: string;
  readonly actions: ReadonlySet<Action>;
  /** Undefined: every model, and what is about no model. */
  readonly models: ((name: string) => boolean) | undefined;
  /** The same as written. */
  readonly globs: readonly string[] | undefined;
}

/** A bound on how much, with a count of its own for each caller, team, model, or caller and model. */
export interface Quota extends Scope<'caller' | 'team' | 'model' | 'caller+model'> {
  readonly rates: readonly Rate[];
  /** Requests in work at the same time. */
  readonly concurrency: number | undefined;
}

/** So many in a window of time. */
export interface Rate {
  readonly measure: 'requests' | 'tokens';
  readonly limit: number;
  readonly unit: 'second' | 'minute' | 'hour' | 'day';
  /** The unit in milliseconds. */
  readonly window: number;
}

export interface GuardRule {
  /** The kind. */
  readonly use: string;
  readonly name: string;
  readonly on: { readonly prompt: boolean; readonly reply: boolean };
  /** Reads only texts that come from there; undefined: all. */
  readonly provenance: ReadonlySet<Provenance> | undefined;
  readonly action: { readonly prompt: GuardAction; readonly reply: GuardAction };
  /** Labels of a prompt in which it finds something. */
  readonly label: Readonly<Record<string, string>>;
  readonly onError: 'block' | 'allow';
  /** Milliseconds over all texts of one prompt or reply. */
  readonly budget: number;
  readonly stream: 'exact' | 'window' | 'whole';
  /** UTF-16 code units held back with `stream: window`. */
  readonly window: number;
  /** The settings of the kind, as its schema has them. */
  readonly settings: JsonObject;
}
