import type { JsonObject } from '../../base/json.ts';
import type { Caller } from '../../exchange/caller.ts';
import type { Action } from '../../exchange/exchange.ts';
import type { Passage } from '../passage.ts';

/** One endpoint of the admin API. `:id` in a path stands for one segment. */
export interface Endpoint {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** What it is called in the ledger. */
  readonly name: string;
  readonly action: Action;
  /** A change is in the ledger before it is made. */
  readonly changes: boolean;
  readonly status?: number;
  act(call: AdminCall): JsonObject | string | Promise<JsonObject | string>;
}

export interface AdminCall extends Passage {
  readonly caller: Caller;
  /** What stands for `:id`. */
  readonly id: string;
  readonly body: JsonObject;
  /** Content type of an answer that is text. */
  textType: string;
}
