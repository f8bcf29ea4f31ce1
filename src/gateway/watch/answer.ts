import { Problem } from '../../base/problem.ts';
import { type Provable, proveNear } from '../../ledger/prove-near.ts';
import { AlertBook } from '../../views/alerts.ts';
import { reasonsOf } from '../../views/reasons.ts';
import { findExchange, searchEvents, searchExchanges } from '../../views/search.ts';
import type { Views } from '../../views/views.ts';
import type { Proved, Question, Questions, TrafficQuery, TrafficRow } from './questions.ts';

/** Rows of traffic in one answer. */
const MOST_ROWS = 50_000;

/** What questions are answered from. */
export interface Sources {
  readonly views: Views;
  readonly ledger: Provable;
}

type Answered<Q extends Question> = Questions[Q]['answered'];

/** How each question is answered. */
const ANSWERS: {
  readonly [Q in Question]: (
    sources: Sources,
    asked: Questions[Q]['asked'],
  ) => Answered<Q> | Promise<Answered<Q>>;
} = {
  exchanges: ({ views }, query) => searchExchanges(views, query),
  exchange: ({ views }, { id }) => findExchange(views, id),
  events: ({ views }, query) => searchEvents(views, query),
  reasons: ({ views }, { seqs }) => reasonsOf(views, seqs),
  detections: ({ views }, query) => {
    const book = new AlertBook(views.database);
    return { rules: book.rules, page: book.list(query) };
  },
  traffic: ({ views }, query) => trafficOf(views, query),
  proof: ({ ledger }, { seq }) => proofOf(ledger, seq),
};

/** Throws what SQLite and the disk throw. */
export const answerTo = <Q extends Question>(
  sources: Sources,
  question: Q,
  asked: Questions[Q]['asked'],
): Answered<Q> | Promise<Answered<Q>> => ANSWERS[question](sources, asked);

async function proofOf(ledger: Provable, seq: number): Promise<Proved> {
  try {
    const proof = await proveNear(ledger, seq);
    return proof === undefined ? { later: true } : { proof };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { message, advice = '' } = error;
    return { refused: `${message.charAt(0).toUpperCase()}${message.slice(1)}. ${advice}`.trimEnd() };
  }
}

function trafficOf({ traffic }: Views, { since, until, by }: TrafficQuery): TrafficRow[] {
  if (by === 'hour') return traffic.hours(since, until, MOST_ROWS);
  return traffic.minutes(since, until, MOST_ROWS).map(({ latencies, ...row }) => ({
    ...row,
    p50: latencies.quantile(0.5),
    p95: latencies.quantile(0.95),
  }));
}
