import type { Attributes, HistogramMetric, HistogramPoint } from './otlp.ts';

/** Sets of attributes with a series of their own; more go into one. Each takes memory for as long as the process runs. */
const SERIES = 500;

/** What the specification calls the series of all that are too many. */
const OVERFLOW: Attributes = { 'otel.metric.overflow': true };

interface Series {
  readonly attributes: Attributes;
  readonly counts: number[];
  count: number;
  sum: number;
  min: number;
  max: number;
}

/** A histogram with explicit bounds, added up since the start. */
export class Histogram {
  readonly #about: Omit<HistogramMetric, 'points'>;
  readonly #series = new Map<string, Series>();

  constructor(about: Omit<HistogramMetric, 'points'>) {
    this.#about = about;
  }

  record(value: number, attributes: Attributes): void {
    const series = this.#seriesOf(attributes);
    // A value belongs to the first bound that it does not exceed.
    const found = this.#about.bounds.findIndex((bound) => value <= bound);
    const bucket = found < 0 ? this.#about.bounds.length : found;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.count += 1;
    series.sum += value;
    series.min = Math.min(series.min, value);
    series.max = Math.max(series.max, value);
  }

  collect(): HistogramMetric {
    const points = [...this.#series.values()].map((series): HistogramPoint => ({ ...series }));
    return { ...this.#about, points };
  }

  #seriesOf(attributes: Attributes): Series {
    const key = JSON.stringify(attributes);
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    if (this.#series.size >= SERIES && attributes !== OVERFLOW) return this.#seriesOf(OVERFLOW);
    const made: Series = {
      attributes,
      counts: new Array<number>(this.#about.bounds.length + 1).fill(0),
      count: 0,
      sum: 0,
      min: Number.POSITIVE_INFINITY,
      max: Number.NEGATIVE_INFINITY,
    };
    this.#series.set(key, made);
    return made;
  }
}
