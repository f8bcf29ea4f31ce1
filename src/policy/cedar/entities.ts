import type { CedarValueJson, EntityJson, EntityUidJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Caller } from '../../exchange/caller.ts';
import type { Action } from '../../exchange/exchange.ts';
import { readWords } from '../../exchange/tags.ts';
import { groupsOf } from '../actions.ts';
import type { Resource } from '../query.ts';
import { type Mentions, uid } from './rule.ts';

/*
 * Entities as the engine takes them. What no policy mentions is left out: it could not change what any says, and to
 * hand it over is most of what a decision costs.
 */

export function callerEntity(caller: Caller, mentions: Mentions): EntityJson {
  const { id, name, owner, team, roles, tags } = caller;
  const attrs = {
    name,
    owner,
    team,
    purposes: readWords(tags.purpose ?? '') ?? [],
    consents: readWords(tags.consent ?? '') ?? [],
  };
  return {
    uid: { type: 'Caller', id },
    attrs: mentioned(attrs, mentions),
    parents: [...among('Role', roles, mentions), ...among('Team', [team], mentions)],
    ...(mentions.tags && { tags: { ...tags } }),
  };
}

/** The resource, unless the policies only look at which it is. */
export function resourceEntities({ kind, id, team, owner }: Resource, mentions: Mentions): EntityJson[] {
  const own = { ...(team !== undefined && { team }), ...(owner !== undefined && { owner }) };
  const attrs = mentioned(kind === 'Admin' ? own : { name: id }, mentions);
  return Object.keys(attrs).length === 0 ? [] : [{ uid: { type: kind, id }, attrs, parents: [] }];
}

/** Without a schema at hand, the engine is told which groups an action is in. */
export function actionEntities(action: Action, mentions: Mentions): EntityJson[] {
  const parents = among('Action', groupsOf(action), mentions);
  return parents.length === 0 ? [] : [{ uid: { type: 'Action', id: action }, attrs: {}, parents }];
}

const mentioned = (
  attrs: Readonly<Record<string, CedarValueJson>>,
  { attributes }: Mentions,
): Record<string, CedarValueJson> =>
  Object.fromEntries(Object.entries(attrs).filter(([name]) => attributes.has(name)));

const among = (type: string, ids: readonly string[], { entities }: Mentions): EntityUidJson[] =>
  ids.filter((id) => entities.has(uid(type, id))).map((id) => ({ type, id }));
