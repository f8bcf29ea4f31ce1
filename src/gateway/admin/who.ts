import { Refusal } from '../../base/refusal.ts';
import { credentialOf } from '../../callers/credential.ts';
import { callerOfCertificate } from '../../callers/index.ts';
import type { Caller } from '../../exchange/caller.ts';
import { heedStrangers, watchCaller } from '../abuse/heed.ts';
import { identifyCaller } from '../identify.ts';
import type { Passage } from '../passage.ts';
import { tokenIn } from '../people/cookie.ts';
import { personCaller, signedIn } from '../people/session.ts';

/**
 * Who administers: a caller as on every path, or, here alone, a person with a session. Exactly one credential counts: a
 * cookie and a key, or a certificate that stands for a caller, are one too many.
 * @param change whether something would be changed: a page has to show then that it is the gateway's own
 */
export async function whoAdministers(passage: Passage, change: boolean): Promise<Caller> {
  if (tokenIn(passage) === undefined) return identifyCaller(passage);
  const { ask, gate, house, record } = passage;
  const certificate = gate.certificates.of(ask.req.socket);
  const { certificates } = house.settings.identity;
  const now = gate.clock.now();
  const other =
    credentialOf(ask.req.rawHeaders, ask.query) ??
    (certificate && callerOfCertificate(certificate, certificates, gate.store.pepper, now));
  if (other !== undefined) throw new Refusal('credential_ambiguous');
  let caller: Caller;
  try {
    const signed = signedIn(passage, change);
    if (signed === undefined) throw new Refusal('credential_missing');
    caller = personCaller(signed.person, signed.session.id);
  } catch (error) {
    throw heedStrangers(passage, error);
  }
  record.caller(caller);
  watchCaller(passage, caller);
  return caller;
}
