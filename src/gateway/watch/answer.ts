import { AlertBook } from '../../views/alerts.ts';
import { reasonsOf } from '../../views/reasons.ts';
import { findExchange, searchEvents, searchExchanges } from '../../views/search.ts';
import type { Views } from '../../views/views.ts';
import type { Question, Questions, TrafficQuery, TrafficRow } from './questions.ts';

/** Rows of traffic in one answer. */
const MOST_ROWS = 50_000;

/** How each question is answered. */
const ANSWERS: {
  readonly [Q in Question]: (views: Views, asked: Questions[Q]['asked']) => Questions[Q]['answered'];
} = {
  exchanges: searchExchanges,
  exchange: (views, { id }) => findExchange(views, id),
  events: searchEvents,
  reasons: (views, { seqs }) => reasonsOf(views, seqs),
  detections: (views, query) => {
    const book = new AlertBook(views.database);
    return { rules: book.rules, page: book.list(query) };
  },
  traffic: trafficOf,
};

/** Throws what SQLite throws. */
export const answerTo = <Q extends Question>(
  views: Views,
  question: Q,
  asked: Questions[Q]['asked'],
): Questions[Q]['answered'] => ANSWERS[question](views, asked);

function trafficOf({ traffic }: Views, { since, until, by }: TrafficQuery): TrafficRow[] {
  if (by === 'hour') return traffic.hours(since, until, MOST_ROWS);
  return traffic.minutes(since, until, MOST_ROWS).map(({ latencies, ...row }) => ({
    ...row,
    p50: latencies.quantile(0.5),
    p95: latencies.quantile(0.95),
  }));
}
