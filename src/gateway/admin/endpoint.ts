import type { Readable } from 'node:stream';
import type { JsonObject } from '../../base/json.ts';
import type { Caller } from '../../exchange/caller.ts';
import type { Action } from '../../exchange/exchange.ts';
import type { Resource } from '../../policy/query.ts';
import type { Asker, Passage } from '../passage.ts';

/** Whose an object is, for policies that go by it. */
export type Owned = Pick<Resource, 'team' | 'owner'>;

/** JSON, text, or events (JSON objects) as they come. */
export type Result = JsonObject | string | Readable;

/** One endpoint of the admin API. `:id` in a path stands for one segment. */
export interface Endpoint {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** What it is called in the ledger. */
  readonly name: string;
  readonly action: Action;
  /** A change is in the ledger before it is made. */
  readonly changes: boolean;
  /** A person must have shown a factor just now. Keys are not affected. */
  readonly fresh?: true;
  readonly status?: number;
  /** Query parameters that it takes; any other is refused. */
  readonly query?: readonly string[];
  /**
   * The objects on which the action must be allowed; without it, all of the action's kind. None: the endpoint asks for
   * each object itself.
   */
  about?(call: AdminCall): readonly Owned[];
  act(call: AdminCall): Result | Promise<Result>;
}

export interface AdminCall extends Passage {
  readonly caller: Caller;
  readonly asker: Asker;
  /** What stands for `:id`. */
  readonly id: string;
  readonly body: JsonObject;
  /** Content type of an answer that is text. */
  textType: string;
}
