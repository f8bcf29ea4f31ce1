import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { ACTIONS } from '../../exchange/exchange.ts';
import {
  CONNECTIONS,
  type HeldFinding,
  REVIEW_KINDS,
  REVIEW_STATES,
  type Review,
} from '../../store/reviews.ts';
import { onTimeout } from '../review/others.ts';
import type { AdminCall } from './endpoint.ts';
import { nameOf } from './names.ts';
import { orNull, Time, words } from './parameters.ts';
import { About, aboutOf } from './reviewed-elsewhere.ts';
import { time } from './time.ts';

const Place = Type.Optional(Type.Integer());

export const Finding = Type.Object({
  guard: Type.String(),
  reason: Type.String(),
  path: Type.Optional(Type.String({ description: 'JSON Pointer to the text in which it is.' })),
  start: Place,
  end: Place,
});

export const shownFinding = ({ guard, reason, at }: HeldFinding): JsonObject => ({ guard, reason, ...at });

/** A person who did something, by id and name. */
const by = { by: orNull(Type.String()), name: Type.String() } as const;

export const ReviewShown = Type.Object(
  {
    id: Type.String(),
    request: Type.String({ description: 'The request that it came with.' }),
    kind: words(REVIEW_KINDS),
    state: words(REVIEW_STATES),
    caller: Type.String(),
    name: Type.String({ description: 'Of the caller.' }),
    team: Type.String(),
    action: words(ACTIONS, { description: 'What the caller wanted to do.' }),
    model: orNull(Type.String()),
    findings: Type.Array(Finding),
    connection: words(CONNECTIONS),
    about: orNull(About),
    created: Time,
    deadline: Time,
    on_timeout: words(['pass', 'block'], { description: 'What is decided then, where nobody has.' }),
    expires: Time,
    claimed: orNull(Type.Object({ ...by, until: Time })),
    decided: orNull(Type.Object({ ...by, time: Time })),
  },
  { $id: 'Review' },
);

/** Without the text, and without what was said of it. */
export function shown(call: AdminCall, review: Review): JsonObject {
  const { gate, house } = call;
  const { id, request, kind, state, caller, team, action, model, findings, connection } = review;
  const { created, deadline, expires, claimant, claimed, decided, decider } = review;
  const isClaimed = state === 'open' && claimant !== null && claimed > gate.clock.now();
  return {
    id,
    request,
    kind,
    state,
    caller,
    name: nameOf(gate, caller),
    team,
    action,
    model,
    findings: findings.map(shownFinding),
    connection,
    about: aboutOf(call, review),
    created: time(created),
    deadline: time(deadline),
    on_timeout: onTimeout(house.policy.review, review),
    expires: time(expires),
    claimed: isClaimed ? { by: claimant, name: nameOf(gate, claimant), until: time(claimed) } : null,
    decided:
      decided === null ? null : { by: decider, name: nameOf(gate, decider ?? ''), time: time(decided) },
  };
}
