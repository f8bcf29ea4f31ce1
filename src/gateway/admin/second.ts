import { canonicalJson } from '../../base/canonical.ts';
import { Refusal } from '../../base/refusal.ts';
import { isPersonId } from '../../store/people.ts';
import type { ProposalDraft } from '../../store/proposals.ts';
import type { AdminCall, Endpoint, Owned } from './endpoint.ts';

/**
 * Where the policy wants two people for an act of a person: it is proposed, and refused with `approval_needed`; when another
 * person has approved, and it is asked for again just as it was, it is done by whoever proposed it. So it is decided on, checked and
 * recorded as an act of theirs, by the policy of that moment. Keys have nobody to ask, and are not asked.
 */
export async function needSecond(
  call: AdminCall,
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
  const { people, proposals } = gate.store;
  const approved = proposals.take(draft);
  // Whoever was switched off meanwhile vouches for nothing any more.
  if (approved?.approver != null && people.get(approved.approver).disabled === null) {
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
