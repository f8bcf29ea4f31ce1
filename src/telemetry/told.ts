import type { Usage } from '../exchange/exchange.ts';
import type { Trace } from './trace.ts';

/** What telemetry is told of a request that has ended: no text of it, and nobody's name. */
export interface Told {
  readonly trace: Trace;
  /** The request's id, as the ledger has it. */
  readonly id: string;
  readonly method: string;
  readonly https: boolean;
  /** `openai.chat`; undefined where it was none that is known. */
  readonly operation: string | undefined;
  readonly status: number;
  readonly outcome: string;
  /** Why it was refused. */
  readonly code: string | undefined;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly ms: number;
  /** Stages of the path that came to their end, in order, in milliseconds since the start. */
  readonly stages: readonly { readonly name: Stage; readonly end: number }[];
  readonly call: Call | undefined;
}

export type Stage = 'identify' | 'authorize' | 'limit' | 'inspect' | 'record' | 'forward';

/** The call of a model server. */
export interface Call {
  /** The dialect that it speaks. */
  readonly dialect: string;
  /** Its name in the settings. */
  readonly upstream: string;
  /** The model's name at the server. */
  readonly model: string;
  /** The same for metrics: a name that the settings know, or `other`. */
  readonly label: string;
  readonly stream: boolean;
  readonly address: string | undefined;
  readonly port: number | undefined;
  /** Undefined where it reported none. */
  readonly usage: Usage | undefined;
}
