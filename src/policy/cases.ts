import Type, { type Static } from 'typebox';
import { SourceDocument } from '../base/document.ts';
import { Problem } from '../base/problem.ts';
import type { Path } from '../base/schema.ts';
import { didYouMean } from '../base/suggest.ts';
import { ACTIONS, type Action } from '../exchange/exchange.ts';
import { isTagWord } from '../exchange/tags.ts';
import { kindOf, objectOf } from './actions.ts';
import { ipText } from './cedar/ip.ts';
import { decide } from './decide.ts';
import type { Policy } from './policy.ts';
import type { Decision, Query, Resource } from './query.ts';

const closed = { additionalProperties: false } as const;
const words = () => Type.Array(Type.String());

const Asked = Type.Object(
  {
    caller: Type.Object(
      {
        id: Type.Optional(Type.String()),
        name: Type.Optional(Type.String()),
        owner: Type.Optional(Type.String()),
        team: Type.Optional(Type.String()),
        roles: Type.Optional(words()),
        tags: Type.Optional(Type.Record(Type.String(), Type.String())),
      },
      closed,
    ),
    action: Type.String(),
    model: Type.Optional(Type.String()),
    tool: Type.Optional(Type.String()),
    route: Type.Optional(Type.String()),
    object: Type.Optional(
      Type.Object({ team: Type.Optional(Type.String()), owner: Type.Optional(Type.String()) }, closed),
    ),
    at: Type.Optional(Type.String()),
    from: Type.Optional(Type.String()),
    purpose: Type.Optional(Type.String()),
    consent: Type.Optional(words()),
    subject: Type.Optional(Type.Boolean()),
    spend: Type.Optional(
      Type.Object(
        {
          tokens_today: Type.Optional(Type.Integer({ minimum: 0 })),
          tokens_this_month: Type.Optional(Type.Integer({ minimum: 0 })),
          cents_today: Type.Optional(Type.Integer({ minimum: 0 })),
          cents_this_month: Type.Optional(Type.Integer({ minimum: 0 })),
        },
        closed,
      ),
    ),
  },
  closed,
);

/** A request as people write it down, to ask a policy about. */
export type Asked = Static<typeof Asked>;

const Case = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1 })),
    ...Asked.properties,
    expect: Type.Enum(['allow', 'deny']),
    by: Type.Optional(words()),
  },
  closed,
);

const CasesFile = Type.Object({ version: Type.Literal(1), cases: Type.Array(Case, { minItems: 1 }) }, closed);

/** What a policy is expected to say of one request. */
export interface Case {
  readonly name: string;
  readonly query: Query;
  readonly expect: 'allow' | 'deny';
  /** The rules that decide, in any order; undefined: whichever. */
  readonly by: readonly string[] | undefined;
}

/** Reads a file of cases. Throws `Problem('usage')` with every error in it. */
export function readCases(text: string, file: string): Case[] {
  const document = SourceDocument.read(text, file);
  const { cases } = document.require(CasesFile);
  const read = cases.flatMap(({ name, expect, by, ...asked }, index) => {
    const query = queryFrom(asked, (path, message) => document.report(['cases', index, ...path], message));
    return query === undefined ? [] : { name: name ?? `case ${index + 1}`, query, expect, by };
  });
  document.finish();
  return read;
}

/** The query of a request written down. Throws `Problem('usage')`. */
export function queryOf(asked: Asked): Query {
  const wrong: string[] = [];
  const query = queryFrom(asked, ([part], message) => void wrong.push(`${String(part)} ${message}`));
  if (query === undefined) throw new Problem('usage', wrong.join('\n'));
  return query;
}

/** Friday noon: cases that leave the time out say the same every day. */
const SOME_TIME = '2026-01-02T12:00:00Z';

function queryFrom(asked: Asked, report: (path: Path, message: string) => void): Query | undefined {
  const before = wrongIn(asked);
  for (const [path, message] of before) report(path, message);
  if (before.length > 0) return undefined;
  const { caller, purpose, consent = [], subject = false, spend } = asked;
  const { id = 'clr_asked', name = 'asked', owner = name, team = 'default', roles = [], tags = {} } = caller;
  const action = asked.action as Action;
  return {
    caller: { id, name, owner, team, roles, tags, credential: '' },
    action,
    resource: resourceOf(asked, action),
    circumstances: {
      now: Date.parse(asked.at ?? SOME_TIME),
      peer: asked.from ?? '127.0.0.1',
      tags: { purpose, consent, subject: subject ? 'someone' : undefined },
      spend: { tokens_today: 0, tokens_this_month: 0, cents_today: 0, cents_this_month: 0, ...spend },
    },
  };
}

function resourceOf({ model, tool, route, object }: Asked, action: Action): Resource {
  const kind = kindOf(action);
  const id = { Model: model, Tool: tool, Route: route, Admin: objectOf(action) }[kind] ?? '';
  return { kind, id, ...(kind === 'Admin' ? object : {}) };
}

function wrongIn(asked: Asked): [Path, string][] {
  const { action, at = SOME_TIME, from = '127.0.0.1', purpose, consent = [] } = asked;
  const wrong: [Path, string][] = [];
  const known = ACTIONS.find((one) => one === action);
  if (known === undefined)
    wrong.push([['action'], `is no action that there is.${didYouMean(action, ACTIONS)}`]);
  else {
    const needed = { Model: 'model', Tool: 'tool', Route: 'route', Admin: undefined } as const;
    const key = needed[kindOf(known)];
    if (key !== undefined && asked[key] === undefined) wrong.push([['action'], `needs a ${key}`]);
  }
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(at) || Number.isNaN(Date.parse(at)))
    wrong.push([['at'], 'must be a time such as 2026-11-20T10:00:00Z']);
  if (!isAddress(from)) wrong.push([['from'], 'must be an IP address']);
  if (purpose !== undefined && !isTagWord(purpose)) wrong.push([['purpose'], 'must be one word']);
  if (!consent.every(isTagWord)) wrong.push([['consent'], 'must be a list of words']);
  return wrong;
}

function isAddress(text: string): boolean {
  try {
    ipText(text);
    return true;
  } catch {
    return false;
  }
}

/** How a case came out. */
export interface Outcome extends Decision {
  readonly name: string;
  readonly passed: boolean;
  readonly expected: { readonly allowed: boolean; readonly by: readonly string[] | undefined };
}

export const runCases = (policy: Policy, cases: readonly Case[]): Outcome[] =>
  cases.map(({ name, query, expect, by: wanted }) => {
    const { allowed, by } = decide(policy, query);
    const expected = { allowed: expect === 'allow', by: wanted };
    const sameRules = wanted === undefined || [...wanted].sort().join('\n') === [...by].sort().join('\n');
    return { name, passed: allowed === expected.allowed && sameRules, allowed, by, expected };
  });
