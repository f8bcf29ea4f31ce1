import { Refusal } from '../base/refusal.ts';
import { credentialOf } from '../callers/credential.ts';
import type { Caller } from '../exchange/caller.ts';
import { NO_TAGS } from '../exchange/tags.ts';
import { checkNames, tooMuch } from '../policy/grant.ts';
import { roleNames } from '../policy/role-names.ts';
import { isIdentityId } from '../store/identities.ts';
import type { InvitationView } from '../store/invitations.ts';
import { isPersonId } from '../store/people.ts';
import type { Store } from '../store/store.ts';
import { parseJson } from '../wire/json.ts';
import { heedStrangers } from './abuse/heed.ts';
import { fields, Label } from './admin/parameters.ts';
import { checkBody } from './admin/validate.ts';
import { readBody } from './body.ts';
import type { Passage } from './passage.ts';

/** Where the invited make their own caller. */
export const REGISTER = '/register';

/** Longest body: a name. */
const MAX_BODY = 4096;
const Chosen = fields({ name: Label });

/**
 * A caller made by invitation: the token of the invitation is the credential, and is good for this alone. What it
 * gives was decided when it was made, and is asked again now: an inviter who has lost power, or was switched off, has
 * nothing left to give.
 */
export async function register(passage: Passage): Promise<void> {
  const { ask, answer, gate, record } = passage;
  record.note({ admin: true, operation: 'invitations.redeem' });
  if (ask.method !== 'POST') throw new Refusal('method_not_allowed');
  const invitation = invitationOf(passage);
  const { id, roles, team, tags, owner, prefix, keyLife } = invitation;
  record.caller({
    id: `inv_${id}`,
    name: 'invitation',
    owner,
    team,
    roles: [],
    tags: {},
    credential: id,
  });
  if (ask.query.size > 0) throw new Refusal('query_refused');
  checkInviter(passage, invitation);
  const bytes = await readBody(passage, MAX_BODY);
  const { name } = checkBody(Chosen, parseJson(bytes, { maxDepth: 4 }));
  if (!name.startsWith(prefix))
    throw new Refusal('request_invalid', { field: '/name', hint: `It must begin with ${prefix}` });
  // The body has taken its time.
  checkInviter(passage, gate.store.invitations.get(id));
  await record.begin('admin.begin');
  const expires = keyLife === null ? undefined : gate.clock.now() + keyLife;
  const { caller, keyId, key } = gate.store.callers.create({ name, owner, team, roles, tags, expires }, () =>
    gate.store.invitations.take(id),
  );
  await record.end('completed', { status: 201, made: caller.id });
  const { id: made } = caller;
  answer.say(
    201,
    JSON.stringify({ caller: { id: made, name, owner, team, roles, tags }, key_id: keyId, key }),
  );
}

function invitationOf(passage: Passage): InvitationView {
  const { ask, gate } = passage;
  const credential = credentialOf(ask.req.rawHeaders, ask.query);
  if (credential === undefined)
    throw new Refusal('credential_missing', { hint: 'Send the invitation as a bearer token.' });
  try {
    return gate.store.invitations.find(credential.text);
  } catch (error) {
    throw heedStrangers(passage, error);
  }
}

/** Throws `forbidden` where the inviter could not make such a caller today. */
function checkInviter(
  { ask, gate, house }: Passage,
  { inviter, roles, team, tags, owner, prefix }: InvitationView,
): void {
  const known = roleNames(house.policy);
  const forbidden = new Refusal('forbidden', { hint: 'Who made the invitation may not give that any more.' });
  if (!roles.every((role) => known.includes(role))) throw forbidden;
  checkNames(house.policy, prefix);
  // Who made it on the machine itself owns the gateway.
  if (inviter === null) return;
  const today = standsToday(gate.store, inviter);
  if (today === undefined) throw forbidden;
  const circumstances = { now: gate.clock.now(), peer: ask.peer, tags: NO_TAGS, spend: undefined };
  if (tooMuch(house.policy, today, circumstances, { name: prefix, owner, team, roles, tags }))
    throw forbidden;
}

/** The inviter as they are now; undefined where they are gone or switched off. */
function standsToday({ callers, identities, people }: Store, inviter: Caller): Caller | undefined {
  try {
    const book = isIdentityId(inviter.id) ? identities : isPersonId(inviter.id) ? people : callers;
    const now = book.get(inviter.id);
    return now.disabled === null ? { ...inviter, ...now } : undefined;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') return undefined;
    throw error;
  }
}
