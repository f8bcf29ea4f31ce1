import { canonicalJson } from '../../base/canonical.ts';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Action } from '../../exchange/exchange.ts';
import { mayAtAll } from '../../policy/decide.ts';
import { isPersonId } from '../../store/people.ts';
import type { ProposalDraft } from '../../store/proposals.ts';
import { personCaller } from '../people/session.ts';
import type { AdminCall, Endpoint, Owned } from './endpoint.ts';

/**
 * Where the policy wants two people for an act of a person: it is proposed, and refused with `approval_needed`; when another
 * person has approved, and it is asked for again just as it was, it is done by whoever proposed it. So it is decided on, checked and
 * recorded as an act of theirs, by the policy of that moment. Keys have nobody to ask, and are not asked.
 */
export async function needSecond(
  call: AdminCall<JsonObject>,
  endpoint: Endpoint,
  objects: readonly Owned[],
): Promise<void> {
  const { ask, body, caller, gate, house, id, record } = call;
  if (!house.policy.twoPeople.has(endpoint.action) || !isPersonId(caller.id)) return;
  const draft: ProposalDraft = {
    person: caller.id,
    operation: endpoint.name,
    action: endpoint.action,
    about: objects.map((object) => ({ ...object })),
    request: canonicalJson({
      method: ask.method,
      path: ask.path,
      query: Object.fromEntries(ask.query),
      body,
    }),
  };
  const { proposals } = gate.store;
  const approved = proposals.take(draft);
  if (approved?.approver != null && vouches(call, approved.approver, endpoint.action)) {
    record.note({ proposal: approved.id, approver: approved.approver });
    return;
  }
  const { proposal, made } = proposals.make(draft);
  if (made)
    await gate.ledger.append({
      kind: 'proposal.made',
      id: ask.id,
      proposal: proposal.id,
      person: { id: caller.id, team: caller.team },
      operation: endpoint.name,
      ...(id !== '' && { target: id.slice(0, 100) }),
    });
  throw new Refusal('approval_needed', { hint: `It is proposed as ${proposal.id}.` });
}

/** Whoever was switched off meanwhile, or has lost their leave, vouches for nothing any more. */
function vouches({ gate, house }: AdminCall, approver: string, action: Action): boolean {
  const person = gate.store.people.get(approver);
  return person.disabled === null && mayAtAll(house.policy, personCaller(person, ''), action);
}
