import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Action } from '../../exchange/exchange.ts';
import { MEASURE_STATES } from '../../incidents/incident.ts';
import { SEVERITIES } from '../../incidents/severity.ts';
import { objectOf } from '../../policy/actions.ts';
import { isPersonId } from '../../store/people.ts';
import type { Review } from '../../store/reviews.ts';
import { authorize } from '../authorize.ts';
import { undo } from '../incidents/contain.ts';
import { measureOf, modelOf } from '../review/others.ts';
import { vouching } from '../vouching.ts';
import type { AdminCall } from './endpoint.ts';
import { MeasureWord } from './incident-shown.ts';
import { Model, shown as modelShown } from './model-shown.ts';
import { orNull, Time, words } from './parameters.ts';
import { personOf, takeStep } from './registry.ts';
import { time } from './time.ts';

/**
 * Does what a decision on a deployment or a containment comes to, by the rules of where it belongs: whoever decides must be allowed
 * the act itself. Resolves with whether that was all: a model may need more people than one.
 */
export async function actOn(call: AdminCall, review: Review, state: 'passed' | 'blocked'): Promise<boolean> {
  const { caller, gate } = call;
  const { reviews } = gate.store;
  reviews.claim(review.id, caller.id);
  let isAll = false;
  try {
    isAll = await (review.kind === 'deployment' ? deploy(call, review, state) : settle(call, review, state));
    return isAll;
  } finally {
    // Somebody else has to be able to take it.
    if (!isAll) reviews.release(review.id, caller.id);
  }
}

async function settle(call: AdminCall, review: Review, state: 'passed' | 'blocked'): Promise<boolean> {
  const { gate } = call;
  const measure = measureOf(gate, review);
  if (measure === undefined) throw new Refusal('conflict', { hint: 'The measure is not in force any more.' });
  if (state === 'passed') return true;
  may(call, 'incidents.undo');
  const by = { id: call.caller.id, name: call.caller.name };
  await undo(gate, measure.incident, { by, request: call.ask.id }, measure.taken.number);
  return true;
}

async function deploy(call: AdminCall, review: Review, state: 'passed' | 'blocked'): Promise<boolean> {
  const { gate } = call;
  const model = modelOf(gate, review);
  if (model === undefined) throw new Refusal('conflict', { hint: 'The model is not there any more.' });
  const reference = `${model.name}@${model.version}`;
  if (state === 'blocked') {
    may(call, 'registry.revoke');
    await takeStep(call, 'registry.revoke', { act: 'revoke' }, reference);
    return true;
  }
  may(call, 'registry.approve');
  const rules = gate.house.settings.models;
  const root = model.root ?? '';
  const by = personOf(call);
  await takeStep(
    call,
    'registry.approve',
    { act: 'approve', by, root, rules, stands: vouching(gate) },
    reference,
  );
  return gate.store.models.byId(model.id)?.state === 'approved';
}

/** Throws where they may not do it themself, or the policy has a second person asked, which is done where it belongs. */
function may(call: AdminCall, action: Action): void {
  const { ask, asker, caller, house } = call;
  if (ask.local) return;
  authorize(call, asker, action, { kind: 'Admin', id: objectOf(action) });
  if (house.policy.twoPeople.has(action) && isPersonId(caller.id))
    throw new Refusal('conflict', {
      hint: `The policy asks for a second person for ${action}: do it there, not here.`,
    });
}

export const About = Type.Union([
  Type.Object({ model: Model }),
  Type.Object({
    incident: Type.Object({
      id: Type.String(),
      title: Type.String(),
      severity: words(SEVERITIES),
      rule: orNull(Type.String()),
    }),
    measure: Type.Object({
      number: Type.Integer(),
      action: MeasureWord,
      on: Type.Record(Type.String(), Type.String()),
      state: words(MEASURE_STATES),
      time: Time,
      until: orNull(Time),
    }),
  }),
]);

/** What people have to know to decide; null where it is about a text. */
export function aboutOf({ gate }: AdminCall, review: Review): JsonObject | null {
  const model = modelOf(gate, review);
  if (model !== undefined) return { model: modelShown(model, gate) };
  if (review.kind !== 'containment' || review.subject === null) return null;
  const [id = '', number] = review.subject.split('/');
  const incident = gate.store.incidents.find(id);
  const taken = incident?.measures[Number(number) - 1];
  if (incident === undefined || taken === undefined) return null;
  return {
    incident: { id, title: incident.title, severity: incident.severity, rule: incident.rule ?? null },
    measure: {
      number: taken.number,
      action: taken.action,
      on: { ...taken.on },
      state: taken.state,
      time: time(taken.time),
      until: time(taken.until ?? null),
    },
  };
}
