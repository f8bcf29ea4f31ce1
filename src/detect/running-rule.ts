import type { JsonObject } from '../base/json.ts';
import { type Alert, alertOf } from './alert.ts';
import type { Event } from './facts.ts';
import type { Measure, Sight } from './measure.ts';
import { isSeries, type Rule } from './rule.ts';
import { Series, type SeriesState } from './series.ts';
import { valuesOf, windowOf } from './windows.ts';

/** Groups of one rule that are remembered; beyond, the one that was seen least recently goes. */
export const GROUPS = 10_000;
/** Groups that one event is in: a field may hold several values. */
const GROUPS_AT_ONCE = 16;

interface Group {
  readonly values: readonly string[];
  readonly state: JsonObject;
  /** When it was told of last, and how often before without a pause. */
  told: { readonly time: number; readonly repeat: number } | undefined;
  /** Entry that touched it last. */
  touched: number;
}

/** One group of one rule, for the file; `state` undefined: it is gone. */
export interface SavedGroup {
  readonly rule: string;
  readonly group: string;
  readonly state: string | undefined;
  readonly touched: number;
}

/** The span at work, and how many of `of` came in it. */
export interface SpanState extends JsonObject {
  readonly span: number;
  readonly among: number;
}

/** A rule at work: its groups, and what it has told of them. */
export class RunningRule {
  readonly rule: Rule;
  readonly #measure: Measure;
  readonly #series: Series | undefined;
  /** Least recently seen first. */
  readonly #groups = new Map<string, Group>();
  readonly #changed = new Set<string>();
  /** Nobody was there to count between two times. */
  readonly #unknown: (from: number, to: number) => boolean;
  #span = -1;
  #among = 0;

  constructor(rule: Rule, unknown: (from: number, to: number) => boolean) {
    this.rule = rule;
    this.#unknown = unknown;
    if (isSeries(rule.measure)) {
      this.#series = new Series(rule.measure);
      this.#measure = this.#series as unknown as Measure;
    } else this.#measure = windowOf(rule.measure);
  }

  get size(): number {
    return this.#groups.size;
  }

  /** It has spans that end with time alone. */
  get turns(): boolean {
    return this.#series !== undefined;
  }

  get span(): SpanState | undefined {
    return this.#series && { span: this.#span, among: this.#among };
  }

  see(event: Event, alerts: Alert[]): void {
    const { measure } = this.rule;
    const fits = this.rule.fits(event.facts);
    const counts = isSeries(measure) && measure.of?.(event.facts) === true;
    if (counts) this.#among += 1;
    const isShare = counts && measure.type === 'share';
    if (!fits && !isShare) return;
    for (const values of this.#valuesOf(event)) {
      const key = JSON.stringify(values);
      const group = this.#touch(key, values, event);
      if (isShare) this.#series?.count(group.state as SeriesState);
      const sight = fits ? this.#measure.see(group.state, event) : undefined;
      if (sight !== undefined) this.#tell(group, sight, event.time, alerts);
    }
  }

  /** Closes the spans that are over, group by group. */
  turn(time: number, alerts: Alert[]): void {
    const series = this.#series;
    if (series === undefined) return;
    const span = series.spanOf(time);
    if (this.#span < 0) this.#span = span;
    if (span - this.#span > series.memory + 1) {
      for (const key of this.#groups.keys()) this.#changed.add(key);
      this.#groups.clear();
      this.#span = span;
      this.#among = 0;
    }
    for (; this.#span < span; this.#span++) {
      const { timespan } = this.rule.measure;
      const end = (this.#span + 1) * timespan;
      const closing = { unknown: this.#unknown(end - timespan, end), among: this.#among };
      for (const [key, group] of this.#groups) {
        this.#changed.add(key);
        const sight = series.close(group.state as SeriesState, closing);
        if (sight !== undefined) this.#tell(group, sight, end, alerts);
      }
      this.#among = 0;
    }
  }

  changes(): SavedGroup[] {
    const saved = [...this.#changed].map((key): SavedGroup => {
      const group = this.#groups.get(key);
      const state = group && JSON.stringify([group.values, group.state, group.told ?? null]);
      return { rule: this.rule.id, group: key, state, touched: group?.touched ?? 0 };
    });
    this.#changed.clear();
    return saved;
  }

  restoreSpan(saved: SpanState | undefined): void {
    this.#span = saved?.span ?? -1;
    this.#among = saved?.among ?? 0;
  }

  /** Groups come in the order in which they were seen. */
  restoreGroup({ group, state, touched }: SavedGroup): void {
    if (state === undefined) return;
    const [values, inner, told] = JSON.parse(state) as [string[], JsonObject, Group['told'] | null];
    this.#groups.set(group, { values, state: inner, told: told ?? undefined, touched });
  }

  /** Values of the fields that it groups by, as many as they make; none where one is not there. */
  #valuesOf({ facts }: Event): readonly (readonly string[])[] {
    const { groupBy } = this.rule;
    const single: string[] = [];
    for (const name of groupBy) {
      const fact = facts[name];
      if (fact === undefined) return [];
      if (Array.isArray(fact)) return combinations(groupBy.map((one) => valuesOf(facts[one])));
      single.push(String(fact));
    }
    return [single];
  }

  #touch(key: string, values: readonly string[], { time, seq }: Event): Group {
    const known = this.#groups.get(key);
    const group = known ?? { values, state: this.#measure.fresh(time), told: undefined, touched: seq };
    group.touched = seq;
    this.#groups.delete(key);
    this.#groups.set(key, group);
    this.#changed.add(key);
    if (this.#groups.size <= GROUPS) return group;
    for (const oldest of this.#groups.keys()) {
      this.#groups.delete(oldest);
      this.#changed.add(oldest);
      break;
    }
    return group;
  }

  /** Once in a while; what goes on is told of again, and counted. */
  #tell(group: Group, sight: Sight, time: number, alerts: Alert[]): void {
    const { suppress } = this.rule;
    const { told } = group;
    if (told !== undefined && time < told.time + suppress) return;
    const repeat = told !== undefined && time < told.time + 2 * suppress ? told.repeat + 1 : 0;
    group.told = { time, repeat };
    alerts.push(alertOf(this.rule, group.values, sight, repeat, time));
  }
}

/** One value of each list, in all ways, as far as {@link GROUPS_AT_ONCE}. */
function combinations(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  let all: readonly (readonly string[])[] = [[]];
  for (const list of lists)
    all = all.flatMap((before) => list.map((value) => [...before, value])).slice(0, GROUPS_AT_ONCE);
  return all;
}
