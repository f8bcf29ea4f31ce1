import type { FieldName } from './facts.ts';
import type { Test } from './selection.ts';

/** As in Sigma, from the least. */
export const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

/** What is measured of the events that fit, group by group. Times in milliseconds. */
export type MeasureSpec =
  /** So many within a time. */
  | { readonly type: 'event_count'; readonly timespan: number; readonly least: number }
  /** So many values of a field within a time. */
  | {
      readonly type: 'value_count';
      readonly timespan: number;
      readonly least: number;
      readonly field: FieldName;
    }
  /** A number added up within a time. */
  | {
      readonly type: 'value_sum';
      readonly timespan: number;
      readonly least: number;
      readonly field: FieldName;
    }
  /** Each of some selections within a time; `ordered`: one after the other. */
  | { readonly type: 'temporal'; readonly timespan: number; readonly parts: readonly Test[] }
  | { readonly type: 'temporal_ordered'; readonly timespan: number; readonly parts: readonly Test[] }
  | SeriesSpec
  /** A value of a field that a group never had, once it has been known for a while. */
  | { readonly type: 'new'; readonly field: FieldName; readonly timespan: number; readonly learn: number };

/** Counts, or sums of a number, in spans of one length, compared with what there was before. */
export interface SeriesSpec {
  readonly type: 'spike' | 'drop' | 'silence' | 'share';
  readonly timespan: number;
  /** Added up; undefined: events are counted. */
  readonly field: FieldName | undefined;
  /** The same time of so many earlier days. */
  readonly days: number;
  /** Spans right before. */
  readonly recent: number;
  /** Spans that have to be known before any is judged. */
  readonly learn: number;
  /** How far from the median, in robust standard deviations. */
  readonly z: number;
  /** Not worth a word below: what came, for a spike; the median, for a drop; those of `of`, for a share or a silence. */
  readonly least: number;
  /** A share of those of `of` from which it is too much. */
  readonly share: number;
  /** Of what it is a share, or what has to come while it is silent. */
  readonly of: Test | undefined;
}

export const isSeries = (spec: MeasureSpec): spec is SeriesSpec =>
  spec.type === 'spike' || spec.type === 'drop' || spec.type === 'silence' || spec.type === 'share';

/** A test that a rule brings with it. */
export interface RuleTest {
  readonly name: string;
  /** Alerts that must come of it. */
  readonly fires: number;
  readonly events: readonly TestEvent[];
  /** Milliseconds that pass after the last. */
  readonly after: number;
}

export interface TestEvent {
  /** Milliseconds since the beginning. */
  readonly at: number;
  readonly facts: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** A rule, read and ready. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly level: Level;
  /** `AML.T0051.000` */
  readonly atlas: readonly string[];
  /** `LLM01:2025` */
  readonly owasp: readonly string[];
  readonly falsePositives: readonly string[];
  /** What to do about it. */
  readonly response: string;
  readonly file: string;
  readonly groupBy: readonly FieldName[];
  /** Milliseconds for which a group is not told of again. */
  readonly suppress: number;
  readonly fits: Test;
  /** The kinds of entries that concern it; undefined: any. */
  readonly kinds: ReadonlySet<string> | undefined;
  readonly measure: MeasureSpec;
  /** Changes with whatever changes what it finds: what was counted for another is not counted for it. */
  readonly digest: string;
  readonly tests: readonly RuleTest[];
}
