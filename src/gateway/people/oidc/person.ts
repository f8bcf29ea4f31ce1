import { createHash } from 'node:crypto';
import type { IDToken } from 'openid-client';
import type { JsonObject } from '../../../base/json.ts';
import { Refusal } from '../../../base/refusal.ts';
import { identityId, label } from '../../../callers/identity.ts';
import { claimAt, meets, rolesIn } from '../../../callers/index.ts';
import type { ProviderSettings } from '../../../settings/providers.ts';
import { type PersonDraft, type PersonView, readLogin } from '../../../store/people.ts';
import type { AuthCall } from '../endpoint.ts';
import { endSessions } from '../own.ts';

/** OpenID Connect Core, section 2: a subject has at most 255 characters. */
const MAX_SUBJECT = 255;
/** Methods that are written down, and how they may look. */
const MAX_METHODS = 8;
const WORD = /^[\w:./-]{1,100}$/;

/** What a provider has said of somebody, its signature checked. */
export interface Vouched {
  readonly provider: ProviderSettings;
  readonly id: IDToken;
  /** The ID token's claims, and those of UserInfo that it does not have. */
  readonly claims: JsonObject;
}

/** Issuer and subject, and nothing else, are somebody: names and addresses of mail pass from one to another. */
export const externalOf = ({ gate }: AuthCall, { provider, id }: Vouched): string =>
  identityId('oidc', [provider.issuer, id.sub], gate.store.pepper);

/** It names somebody, and has the claims that the settings ask for. Throws `sign_in_refused`. */
export function checkVouched({ provider, id }: Vouched): void {
  if (id.sub === '' || id.sub.length > MAX_SUBJECT || !meets(id, provider.require))
    throw new Refusal('sign_in_refused');
}

/** How the provider knows them (OpenID Connect Core, section 2), for the ledger. */
export function assuranceOf({ id: { acr, amr, auth_time } }: Vouched): JsonObject {
  const isWord = (value: unknown): value is string => typeof value === 'string' && WORD.test(value);
  return {
    ...(isWord(acr) && { acr }),
    ...(Array.isArray(amr) && { amr: amr.filter(isWord).slice(0, MAX_METHODS) }),
    ...(typeof auth_time === 'number' && { auth_time }),
  };
}

/**
 * The person of this gateway, made at first sight where the settings let new people in; roles and team are as the provider
 * says now. Throws `sign_in_refused` for who has no role, who is new where nobody may be, and who was switched off.
 */
export async function personOf(call: AuthCall, vouched: Vouched): Promise<PersonView> {
  const { provider, claims } = vouched;
  const { people } = call.gate.store;
  const refuse = () => new Refusal('sign_in_refused');
  const external = externalOf(call, vouched);
  const known = people.vouched(external);
  if (known === undefined ? !provider.new_people : known.disabled !== null) throw refuse();
  const roles = rolesIn(claims, provider.claims.roles, provider);
  if (roles.length === 0) {
    // They may have been somebody here until now: what their provider has taken back ends at once.
    if (known !== undefined && known.roles.length > 0) {
      await tell(call, 'person.changed', people.update(known.id, { roles }));
      await endSessions(call, known, 'no_role');
    }
    throw refuse();
  }
  const { source, draft } = draftOf(call, vouched, roles, external, known);
  const person = people.adopt(external, source, draft);
  if (known === undefined) await tell(call, 'person.created', person);
  else if (known.team !== person.team || `${known.roles}` !== `${person.roles}`)
    await tell(call, 'person.changed', person);
  return person;
}

const tell = (
  { gate, ask }: AuthCall,
  kind: string,
  { id, team, roles, source }: PersonView,
): Promise<unknown> =>
  gate.ledger.append({ kind, id: ask.id, person: { id, team }, roles: [...roles], by: source });

function draftOf(
  { gate }: AuthCall,
  { provider, claims }: Vouched,
  roles: readonly string[],
  external: string,
  known: PersonView | undefined,
): { readonly source: string; readonly draft: PersonDraft } {
  const { claims: from } = provider;
  const text = (claim: string | undefined) =>
    claim === undefined ? undefined : label(claimAt(claims, claim));
  const said = text(from.login);
  // Behind the provider's name it is nobody's who signs in here; where two are called alike, a digest tells them apart.
  const digest = createHash('sha256').update(external).digest('hex').slice(0, 12);
  const wanted = readLogin(`${provider.name}+${said ?? digest}`) ?? `${provider.name}+${digest}`;
  const login = known?.login ?? (gate.store.people.isTaken(wanted) ? `${provider.name}+${digest}` : wanted);
  return {
    source: `oidc:${provider.name}`,
    draft: {
      login,
      name: text(from.name) ?? said ?? login,
      team: text(from.team) ?? provider.team,
      roles,
    },
  };
}
