import type { KeyObject } from 'node:crypto';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Caller } from '../../exchange/caller.ts';
import type { IssuerSettings } from '../../settings/identity.ts';
import { identityId, label } from '../identity.ts';
import type { VerifiedToken } from './verify.ts';

/** Groups read of one token: a bound on the work that its size can cause. */
const MAX_GROUPS = 500;

/**
 * The caller that a token speaks of. The id comes of issuer and subject alone, so that it stays when claims change;
 * a name is put behind the issuer's, so that it can be nobody else's. Roles are those that the settings give: a group
 * that they do not name gives nothing.
 */
export function callerOfToken({ issuer, subject, claims }: VerifiedToken, pepper: KeyObject): Caller {
  const id = identityId('oidc', [issuer.issuer, subject], pepper);
  const { claims: from } = issuer;
  const text = (claim: string | undefined) =>
    claim === undefined ? undefined : label(claimAt(claims, claim));
  const name = text(from.name);
  const tags: Record<string, string> = { ...issuer.tags };
  for (const [tag, claim] of Object.entries(from.tags)) {
    const value = text(claim);
    if (value !== undefined) tags[tag] = value;
  }
  return {
    id,
    name: name === undefined ? `${issuer.name}/${id}` : `${issuer.name}/${name}`,
    owner: text(from.owner) ?? name ?? id,
    team: text(from.team) ?? issuer.team,
    roles: rolesIn(claims, from.roles, issuer),
    tags,
    credential: `oidc:${issuer.name}`,
  };
}

/** Roles that the settings give for what a claim says, and to everybody: a group that they do not name gives nothing. */
export function rolesIn(
  claims: JsonObject,
  claim: string | undefined,
  { roles, everyone }: Pick<IssuerSettings, 'roles' | 'everyone'>,
): string[] {
  const rolesOf = (group: string) => (Object.hasOwn(roles, group) ? (roles[group] ?? []) : []);
  return [...new Set([...everyone, ...groupsIn(claims, claim).flatMap(rolesOf)])];
}

function groupsIn(claims: JsonObject, claim: string | undefined): string[] {
  if (claim === undefined) return [];
  const value = claimAt(claims, claim);
  // `scope` and its like are one text with spaces (RFC 8693, section 4.2).
  const list = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : [];
  return list.slice(0, MAX_GROUPS).filter((group): group is string => typeof group === 'string');
}

/** A claim by its name, or, where there is none of that name, by a path (`realm_access.roles`). */
export function claimAt(claims: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: Json | undefined = claims;
  for (const step of name.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}
