import { Refusal } from '../base/refusal.ts';
import { credentialOf } from '../callers/credential.ts';
import { callerOfCertificate, identifyKey, isToken } from '../callers/index.ts';
import type { Caller } from '../exchange/caller.ts';
import { isIdentityId } from '../store/identities.ts';
import { isPersonId } from '../store/people.ts';
import { heedStrangers, watchCaller } from './abuse/heed.ts';
import type { Passage } from './passage.ts';
import { personNow } from './people/session.ts';

/**
 * Who is asking: on every path, known or not, before anything else is said. Exactly one credential counts: a key, a
 * token, or a client certificate that stands for a caller.
 */
export async function identifyCaller(passage: Passage): Promise<Caller> {
  let caller: Caller;
  try {
    caller = await whoAsks(passage);
  } catch (error) {
    throw heedStrangers(passage, error);
  }
  passage.record.caller(caller);
  watchCaller(passage, caller);
  return caller;
}

/**
 * The caller as they are now: a body and the guards take their time, and what was revoked or changed meanwhile counts. A
 * token's or a certificate's own end does not: it was good when the request came. Throws `credential_invalid`.
 */
export function callerNow(passage: Passage, caller: Caller): Caller {
  const { gate, house, record } = passage;
  const { callers, identities } = gate.store;
  if (isIdentityId(caller.id)) {
    identities.check(caller.id, house.identity.registeredOnly(caller));
    return caller;
  }
  if (isPersonId(caller.id)) {
    const person = personNow(passage, caller);
    record.caller(person);
    return person;
  }
  const key = callers.lookup(caller.credential);
  if (key === undefined || (key.expires !== undefined && key.expires <= gate.clock.now()))
    throw new Refusal('credential_invalid');
  // The same object, unless something was written.
  if (key.caller !== caller) record.caller(key.caller);
  return key.caller;
}

async function whoAsks({ ask, gate, house }: Passage): Promise<Caller> {
  const { callers, identities, pepper } = gate.store;
  const now = gate.clock.now();
  const credential = credentialOf(ask.req.rawHeaders, ask.query);
  const certificate = gate.certificates.of(ask.req.socket);
  const { certificates: rules } = house.settings.identity;
  const shown = certificate && callerOfCertificate(certificate, rules, pepper, now);
  if (shown !== undefined) {
    if (credential !== undefined) throw new Refusal('credential_ambiguous');
    identities.see(shown);
    identities.check(shown.id, false);
    return shown;
  }
  if (credential === undefined)
    throw new Refusal(certificate === undefined ? 'credential_missing' : 'credential_invalid');
  if (credential.from === 'key' || !isToken(credential.text))
    return identifyKey(credential.text, callers.lookup, pepper, now);
  const caller = await house.identity.callerOf(credential.text, pepper, now, (seen) => identities.see(seen));
  identities.check(caller.id, house.identity.registeredOnly(caller));
  return caller;
}
