import { FIELDS, type FieldName } from './facts.ts';
import type { MeasureSpec, SeriesSpec } from './rule.ts';
import type { RuleReader } from './rule-reader.ts';
import type { RuleFile } from './rule-schema.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** More is not remembered of one group. */
const MOST_EVENTS = 1000;

/** A rule without a correlation or a statistic: whatever fits is told. */
const SINGLE: MeasureSpec = { type: 'event_count', timespan: 1, least: 1 };

/** What a rule measures. */
export function readMeasure(read: RuleReader, { correlation, statistic }: RuleFile): MeasureSpec {
  if (correlation !== undefined && statistic !== undefined)
    read.report(['statistic'], 'does not go with a correlation: one of them', 'key');
  if (correlation !== undefined) return readCorrelation(read, correlation);
  return statistic === undefined ? SINGLE : readStatistic(read, statistic);
}

function readCorrelation(read: RuleReader, written: NonNullable<RuleFile['correlation']>): MeasureSpec {
  const path = (...rest: string[]) => ['correlation', ...rest];
  const { type, condition, rules } = written;
  const timespan = read.duration(path('timespan'), written.timespan);
  if (type === 'temporal' || type === 'temporal_ordered') {
    if (rules === undefined) read.report(path(), 'must have “rules”: the selections that come together');
    if (condition !== undefined)
      read.report(path('condition'), 'has no meaning here: all of “rules” have to come', 'key');
    const parts = (rules ?? []).map((name, index) => read.selection([...path('rules'), index], name));
    return { type, timespan, parts };
  }
  if (rules !== undefined) read.report(path('rules'), 'is for temporal and temporal_ordered', 'key');
  const least = thresholdOf(read, path('condition'), condition, type !== 'value_sum');
  if (type === 'event_count') {
    if (condition?.field !== undefined)
      read.report(path('condition', 'field'), 'is of value_count and value_sum', 'key');
    return { type, timespan, least };
  }
  if (condition?.field === undefined) read.report(path('condition'), 'must have “field”');
  const field = read.field(path('condition', 'field'), condition?.field ?? 'kind');
  if (type === 'value_sum') needNumber(read, path('condition', 'field'), field);
  return type === 'value_sum'
    ? { type, timespan, least, field }
    : { type: 'value_count', timespan, least, field };
}

function thresholdOf(
  read: RuleReader,
  path: string[],
  condition: { readonly gt?: number; readonly gte?: number } | undefined,
  whole: boolean,
): number {
  const { gt, gte } = condition ?? {};
  if ((gt === undefined) === (gte === undefined)) {
    read.report(path, 'must have “gt” or “gte”, one of them');
    return 1;
  }
  if (!whole) {
    if (gt !== undefined) read.report(path, 'must have “gte”: of sums there is no next');
    return gte ?? 1;
  }
  const least = gte ?? (gt ?? 0) + 1;
  if (!Number.isInteger(least) || least < 1 || least > MOST_EVENTS)
    read.report(path, `must be a whole number from 1 to ${MOST_EVENTS}`);
  return least;
}

function readStatistic(read: RuleReader, written: NonNullable<RuleFile['statistic']>): MeasureSpec {
  const path = (...rest: string[]) => ['statistic', ...rest];
  const { type } = written;
  const timespan = read.duration(path('timespan'), written.timespan);
  if (type === 'new') {
    if (written.field === undefined) read.report(path(), 'must have “field”: what may be new');
    const field = read.field(path('field'), written.field ?? 'kind');
    return { type, field, timespan, learn: read.duration(path('learn'), written.learn ?? '1d') };
  }
  if (timespan < MINUTE || DAY % timespan !== 0 || (type !== 'share' && timespan < 15 * MINUTE))
    read.report(path('timespan'), 'must divide a day, such as 15m, 1h or 6h; 15m or more, of a share 1m');
  const field = written.field === undefined ? undefined : read.field(path('field'), written.field);
  if (field !== undefined) needNumber(read, path('field'), field);
  const of = written.of === undefined ? undefined : read.selection(path('of'), written.of);
  if (of === undefined && type === 'share') read.report(path(), 'must have “of”: what the share is of');
  if (of !== undefined && (type === 'spike' || type === 'drop'))
    read.report(path('of'), 'is of shares and silences', 'key');
  const share = type === 'share' ? written.condition?.gte : 1;
  if (share === undefined || share <= 0 || share > 1)
    read.report(path('condition'), 'must have “gte”, a share above 0 and up to 1');
  if (type !== 'share' && written.condition !== undefined)
    read.report(path('condition'), 'is of shares: others are held against what was', 'key');
  const { learn = 6 } = written;
  if (typeof learn !== 'number') read.report(path('learn'), 'must be how many spans have to be known');
  return {
    type: type as SeriesSpec['type'],
    timespan,
    field,
    days: written.days ?? 7,
    recent: written.recent ?? 24,
    learn: Number(learn),
    z: written.z ?? 6,
    least: written.least ?? 1,
    share: share ?? 1,
    of,
  };
}

function needNumber(read: RuleReader, path: string[], field: FieldName): void {
  if (FIELDS[field].type !== 'number') read.report(path, 'must be a field that holds a number');
}
