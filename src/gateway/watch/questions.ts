import type { JsonObject } from '../../base/json.ts';
import type { InclusionProof } from '../../ledger/prove.ts';
import type { AlertQuery, ListedAlert } from '../../views/alerts.ts';
import type { Event, EventQuery, ExchangeQuery, Listed, Page } from '../../views/search.ts';

/** Questions that are answered from the views, and what each answers. */
export interface Questions {
  readonly exchanges: { asked: ExchangeQuery; answered: Page<Listed> };
  readonly exchange: { asked: { readonly id: string }; answered: Listed | undefined };
  readonly events: { asked: EventQuery; answered: Page<Event> };
  readonly reasons: {
    asked: { readonly seqs: readonly number[] };
    answered: readonly (readonly [number, string])[];
  };
  readonly detections: {
    asked: AlertQuery;
    answered: { readonly rules: readonly JsonObject[]; readonly page: Page<ListedAlert> };
  };
  readonly traffic: { asked: TrafficQuery; answered: readonly TrafficRow[] };
  readonly proof: { asked: { readonly seq: number }; answered: Proved };
}
export type Question = keyof Questions;

/** A proof, or why there is none: it names folders and files of the ledger, and nothing of what is in them. `later`: ask again in a moment. */
export type Proved =
  | { readonly proof: InclusionProof }
  | { readonly refused: string }
  | { readonly later: true };

export interface TrafficQuery {
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
  readonly by: 'minute' | 'hour';
}

export interface TrafficRow {
  readonly time: number;
  /** Id of the caller; only by hour. */
  readonly caller?: string;
  readonly model: string;
  readonly outcome: string;
  readonly requests: number;
  readonly input: number;
  readonly output: number;
  /** Nano-dollars. */
  readonly cost: number;
  /** Milliseconds; only by minute. */
  readonly p50?: number | undefined;
  readonly p95?: number | undefined;
}
