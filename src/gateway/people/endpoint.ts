import type { Static, TObject, TSchema } from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import type { PersonView } from '../../store/people.ts';
import type { SessionView } from '../../store/sessions.ts';
import type { Nothing } from '../admin/endpoint.ts';
import type { Passage } from '../passage.ts';

/** Who signs in, or has: a person and the session that they came with. */
export interface Signed {
  readonly person: PersonView;
  readonly session: SessionView;
}

/** One endpoint of `/auth/v1`, by which people sign in and see to their own sessions and factors. */
export interface AuthEndpoint {
  readonly method: 'GET' | 'POST';
  /** Exactly; `:name` at its end stands for one segment. */
  readonly path: string;
  /** What it is called in the ledger. */
  readonly name: string;
  /** One plain line of what it does. */
  readonly summary: string;
  /**
   * `none`: for anybody; `open`: for whoever has signed in, and a POST brings their session's CSRF token; `fresh`: and
   * their last factor is fresh. Endpoints of the last two may take {@link signedOf}.
   */
  readonly session: 'none' | 'open' | 'fresh';
  /** Query parameters that it takes, any other is refused; `any`: what another site's server adds is left alone. */
  readonly query?: TObject | 'any';
  /** Fields of its body; any other is refused. */
  readonly body?: TObject;
  /** What it answers. Tests hold every answer that they see against it. */
  readonly answer: TSchema | 'page';
  act(call: AuthCall<JsonObject, JsonObject>): JsonObject | Page | Promise<JsonObject | Page>;
}

/** An endpoint whose schemas give its call the types of what was asked. */
interface Schemed<B extends TObject, Q extends TObject> extends Omit<AuthEndpoint, 'query' | 'body' | 'act'> {
  readonly query?: Q | 'any';
  readonly body?: B;
  act(call: AuthCall<Static<B>, Static<Q>>): JsonObject | Page | Promise<JsonObject | Page>;
}

/** What is asked is checked by the schemas before `act` sees it; without a schema no field and no parameter may be there. */
export const authEndpoint = <B extends TObject = Nothing, Q extends TObject = Nothing>(
  given: Schemed<B, Q>,
): AuthEndpoint => given as unknown as AuthEndpoint;

export interface AuthCall<Body = unknown, Query = unknown> extends Passage {
  readonly body: Body;
  readonly query: Query;
  /** Cookies that the answer sets, as whole header values. */
  readonly cookies: string[];
  /** Undefined where the endpoint needs no session. */
  readonly signed: Signed | undefined;
}

/** An answer that is no JSON: a redirect, or a page. */
export class Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;

  constructor(status: number, headers: Readonly<Record<string, string>>, text = '') {
    this.status = status;
    this.headers = headers;
    this.text = text;
  }
}

/** Whoever has signed in; for endpoints that say they need it. */
export function signedOf({ signed }: AuthCall): Signed {
  if (signed === undefined) throw new TypeError('the endpoint does not say that it needs a session');
  return signed;
}
