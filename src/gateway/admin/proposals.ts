import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { ACTIONS } from '../../exchange/exchange.ts';
import { objectOf } from '../../policy/actions.ts';
import { mayAtAll } from '../../policy/decide.ts';
import { isPersonId } from '../../store/people.ts';
import type { Proposal } from '../../store/proposals.ts';
import { mayDo } from '../authorize.ts';
import { type AdminCall, type Endpoint, endpoint } from './endpoint.ts';
import { nameOf } from './names.ts';
import { orNull, Time, words } from './parameters.ts';
import { time } from './time.ts';

const PATH = '/admin/v1/proposals';

const Shown = Type.Object(
  {
    id: Type.String(),
    person: Type.String({ description: 'Whoever wants to.' }),
    name: Type.String(),
    operation: Type.String({ description: 'The `operationId` of what they asked for.' }),
    action: words(ACTIONS),
    request: Type.Object({
      method: Type.String(),
      path: Type.String(),
      query: Type.Record(Type.String(), Type.String()),
      body: Type.Record(Type.String(), Type.Unknown()),
    }),
    created: Time,
    expires: Time,
    approver: orNull(Type.String()),
    approver_name: orNull(Type.String()),
  },
  { $id: 'Proposal' },
);

const decide = {
  method: 'POST',
  action: 'proposals.decide',
  changes: true,
  fresh: true,
  answer: Shown,
} as const;

/** Acts that wait for a second person: whoever decides on one must be allowed the act themself. */
export const proposalEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: PATH,
    name: 'proposals.list',
    summary: 'Acts that wait for a second person',
    answer: Type.Object({ proposals: Type.Array(Shown) }),
    action: 'proposals.read',
    changes: false,
    act: (call) => ({
      proposals: call.gate.store.proposals
        .list()
        .filter((proposal) => proposal.person === call.caller.id || mayToo(call, proposal))
        .map((proposal) => shown(call, proposal)),
    }),
  }),
  endpoint({
    ...decide,
    path: `${PATH}/:id/approve`,
    name: 'proposals.approve',
    summary: 'Approves what another person proposed',
    async act(call) {
      const { gate, caller, id } = call;
      const proposal = gate.store.proposals.get(id);
      // A key may be the proposer's own.
      if (!isPersonId(caller.id) || !mayToo(call, proposal)) throw new Refusal('forbidden');
      const approved = gate.store.proposals.approve(id, caller.id);
      await tell(call, 'proposal.approved', approved);
      return shown(call, approved);
    },
  }),
  endpoint({
    ...decide,
    path: `${PATH}/:id/refuse`,
    name: 'proposals.refuse',
    summary: 'Refuses what was proposed, or takes it back',
    async act(call) {
      const proposal = call.gate.store.proposals.get(call.id);
      if (proposal.person !== call.caller.id && !mayToo(call, proposal)) throw new Refusal('forbidden');
      await tell(call, 'proposal.refused', proposal);
      call.gate.store.proposals.close(proposal.id);
      return shown(call, proposal);
    },
  }),
];

/** Whether whoever asks is allowed the act that is proposed, on all that it is about; of lists it is about nothing. */
const mayToo = (call: AdminCall, { action, about }: Proposal): boolean =>
  mayAtAll(call.house.policy, call.caller, action) &&
  about.every((object) =>
    mayDo(call, call.asker, action, { kind: 'Admin', id: objectOf(action), ...object }),
  );

const tell = ({ ask, caller, gate }: AdminCall, kind: string, { id, person, operation }: Proposal) =>
  gate.ledger.append({
    kind,
    id: ask.id,
    proposal: id,
    proposer: person,
    person: { id: caller.id, team: caller.team },
    operation,
  });

const shown = (
  { gate }: AdminCall,
  { id, person, operation, action, request, created, expires, approver }: Proposal,
): JsonObject => ({
  id,
  person,
  name: nameOf(gate, person),
  operation,
  action,
  request: JSON.parse(request) as JsonObject,
  created: time(created),
  expires: time(expires),
  approver,
  approver_name: approver === null ? null : nameOf(gate, approver),
});
