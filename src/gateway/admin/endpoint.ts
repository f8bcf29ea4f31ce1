import type { Readable } from 'node:stream';
import type { Static, TObject, TSchema } from 'typebox';
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
  /** What it is called in the ledger; what stands before the point is what it is about. */
  readonly name: string;
  /** One plain line of what it does. */
  readonly summary: string;
  readonly action: Action;
  /** A change is in the ledger before it is made. */
  readonly changes: boolean;
  /** A person must have shown a factor just now. Keys are not affected. */
  readonly fresh?: true;
  readonly status?: number;
  /** Query parameters that it takes; any other is refused. */
  readonly query?: TObject;
  /** Fields of its body; any other is refused. */
  readonly body?: TObject;
  /** What it answers. Tests hold every answer that they see against it. */
  readonly answer: TSchema | 'text' | 'events';
  /** Media types of text that it answers, in the place of JSON or besides. */
  readonly texts?: readonly string[];
  /**
   * The objects on which the action must be allowed; without it, all of the action's kind. None: the endpoint asks for
   * each object itself.
   */
  about?(call: AdminCall): readonly Owned[];
  act(call: AdminCall): Result | Promise<Result>;
}

/** An endpoint whose schemas give its call the types of what was asked. */
interface Schemed<B extends TObject, Q extends TObject>
  extends Omit<Endpoint, 'query' | 'body' | 'about' | 'act'> {
  readonly query?: Q;
  readonly body?: B;
  about?(call: AdminCall<Static<B>, Static<Q>>): readonly Owned[];
  act(call: AdminCall<Static<B>, Static<Q>>): Result | Promise<Result>;
}

/** No fields, or no parameters. */
export type Nothing = TObject<Record<never, never>>;

/**
 * What is asked is checked by the schemas before `about` and `act` see it, so both may take it as it is typed. Objects need
 * `additionalProperties: false`; without a schema no field and no parameter may be there.
 */
export const endpoint = <B extends TObject = Nothing, Q extends TObject = Nothing>(
  given: Schemed<B, Q>,
): Endpoint => given;

export interface AdminCall<Body = unknown, Query = unknown> extends Passage {
  readonly caller: Caller;
  readonly asker: Asker;
  /** What stands for `:id`. */
  readonly id: string;
  readonly body: Body;
  readonly query: Query;
  /** Content type of an answer that is text. */
  textType: string;
}
