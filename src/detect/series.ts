import type { JsonObject } from '../base/json.ts';
import type { Event } from './facts.ts';
import type { Measure, Sight } from './measure.ts';
import { usual } from './robust.ts';
import type { SeriesSpec } from './rule.ts';

const DAY = 86_400_000;
/** What a span came to when nobody was there to count. */
const UNKNOWN = -1;
/** Earlier days of which the same time has to be known before it counts. */
const DAYS_LEAST = 3;

/** Of one group: the span at work, and the spans before. */
export interface SeriesState extends JsonObject {
  /** Number of the span since 1970. */
  span: number;
  /** What it has come to, and of how many. */
  value: number;
  of: number;
  /** First and last event of it that fit, and of the last one before. */
  first: number;
  last: number;
  since: number;
  until: number;
  /** What earlier spans came to, the newest last. */
  values: number[];
}

/** How a span stands when it is over. */
export interface Closing {
  /** Nobody was there to count for some of it. */
  readonly unknown: boolean;
  /** Events of `of` in it, of whatever group. */
  readonly among: number;
}

/**
 * Counts (or sums) by spans of time, held against the spans right before and the same time of earlier days by their median and median
 * absolute deviation. Both have to find it unusual: a Monday morning is not a spike for being none of a Sunday night.
 */
export class Series implements Measure<SeriesState> {
  readonly #spec: SeriesSpec;
  readonly #perDay: number;
  readonly #most: number;
  /** The limit of a span holds until it is over. */
  readonly #limits = new WeakMap<SeriesState, { readonly span: number; readonly limit: number }>();

  constructor(spec: SeriesSpec) {
    this.#spec = spec;
    this.#perDay = Math.round(DAY / spec.timespan);
    this.#most = spec.type === 'share' ? 0 : Math.max(spec.recent, spec.days * this.#perDay);
  }

  spanOf(time: number): number {
    return Math.floor(time / this.#spec.timespan);
  }

  fresh(time: number): SeriesState {
    const span = this.spanOf(time);
    return { span, value: 0, of: 0, first: 0, last: 0, since: time, until: time, values: [] };
  }

  see(state: SeriesState, { seq, time, facts }: Event): Sight | undefined {
    const { type, field, least } = this.#spec;
    if (state.value === 0) {
      state.first = seq;
      state.since = time;
    }
    state.last = seq;
    state.until = time;
    state.value += field === undefined ? 1 : Math.max(0, Number(facts[field] ?? 0));
    if (type !== 'spike' || state.value < least) return undefined;
    const limit = this.#limitOf(state);
    return state.value > limit ? sightOf(state, state.value, limit) : undefined;
  }

  /** One of those that a share is of. */
  count(state: SeriesState): void {
    state.of += 1;
  }

  /** The span of a group is over; the next one begins. Spans are closed one by one, in order. */
  close(state: SeriesState, { unknown, among }: Closing): Sight | undefined {
    const found = unknown ? undefined : this.#judge(state, among);
    if (this.#most > 0) state.values.push(unknown ? UNKNOWN : state.value);
    if (state.values.length > this.#most) state.values.shift();
    state.span += 1;
    state.value = 0;
    state.of = 0;
    return found;
  }

  /** Spans that are remembered: after a longer gap nothing is. */
  get memory(): number {
    return Math.max(1, this.#most);
  }

  #judge(state: SeriesState, among: number): Sight | undefined {
    const { type, least, share, z } = this.#spec;
    const { value, of } = state;
    if (type === 'share')
      return of >= least && value / of >= share ? sightOf(state, value, share * of) : undefined;
    if (type === 'spike') return undefined;
    // What was silent before has been told of, or was never steady.
    if (type === 'silence' && (value > 0 || state.values.at(-1) === 0)) return undefined;
    const zones = this.#zones(state);
    if (zones === undefined) return undefined;
    if (type === 'silence') {
      const steady = zones.every((zone) => zone.every((one) => one > 0));
      const limit = usual(zones[0] ?? []).median;
      return value === 0 && steady && (this.#spec.of === undefined || among >= least)
        ? sightOf(state, 0, limit)
        : undefined;
    }
    const limits = zones.map((zone) => {
      const { median, sigma } = usual(zone);
      return median < least ? Number.NEGATIVE_INFINITY : median - z * Math.max(sigma, this.#noise(median));
    });
    const limit = Math.min(...limits);
    return value < limit ? sightOf(state, value, limit) : undefined;
  }

  #limitOf(state: SeriesState): number {
    const known = this.#limits.get(state);
    if (known?.span === state.span) return known.limit;
    const limits = this.#zones(state)?.map((zone) => {
      const { median, sigma } = usual(zone);
      return median + this.#spec.z * Math.max(sigma, this.#noise(median));
    });
    const limit = limits === undefined ? Number.POSITIVE_INFINITY : Math.max(...limits);
    this.#limits.set(state, { span: state.span, limit });
    return limit;
  }

  /** Counts scatter by their root, if by nothing else; sums are taken to scatter by a quarter. */
  #noise(median: number): number {
    return this.#spec.field === undefined ? Math.sqrt(Math.max(1, median)) : median / 4;
  }

  /** The spans right before, and the same time of earlier days where enough is known of it; undefined: too little is. */
  #zones({ values }: SeriesState): number[][] | undefined {
    const known = (all: readonly (number | undefined)[]): number[] =>
      all.filter((value) => value !== undefined && value !== UNKNOWN) as number[];
    const recent = known(values.slice(-this.#spec.recent));
    if (recent.length < this.#spec.learn) return undefined;
    const daily = known(
      Array.from({ length: this.#spec.days }, (_, day) => values[values.length - (day + 1) * this.#perDay]),
    );
    return daily.length < DAYS_LEAST ? [recent] : [recent, daily];
  }
}

const sightOf = ({ first, last, since, until }: SeriesState, count: number, limit: number): Sight => ({
  count,
  limit,
  first,
  last,
  since,
  until,
});
