import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { RESPONSES } from '../../policy/predictions.ts';
import { isIdentityId } from '../../store/identities.ts';
import { mayDo } from '../authorize.ts';
import type { Decision, Defence, Suspect } from '../defence/defence.ts';
import type { Known, Step } from '../defence/ladder.ts';
import { shown as stanceShown } from '../defence/tell.ts';
import { type AdminCall, type Endpoint, endpoint, type Owned } from './endpoint.ts';
import { ownersOf } from './owned.ts';
import { fields, orNull, Time, words } from './parameters.ts';
import { time } from './time.ts';

const PATH = '/admin/v1/alarms';
const read = { method: 'GET', action: 'alarms.read', changes: false } as const;

const Rung = words(RESPONSES);
const Stance = words(['none', ...RESPONSES]);
const Them = Type.Object({ id: Type.String(), name: Type.String(), team: Type.String() });

/** How a caller came to where they stand with one model. */
const standing = {
  caller: Them,
  waits_for: orNull(Rung),
  held: Type.Boolean(),
  strange: Type.Number(),
  last: Time,
  alarms: Type.Integer(),
  latest: orNull(Type.Object({ monitor: Type.String(), time: Time })),
};

const Summary = Type.Object({ model: Type.String(), stance: Stance, ...standing }, { $id: 'Alarm' });

const Evidence = Type.Object({
  strength: orNull(Type.Number()),
  queries: Type.Number(),
  cells: Type.Number(),
  entropy: orNull(Type.Number()),
  bits: orNull(Type.Number()),
});

const Raised = Type.Object({
  time: Time,
  request: Type.String(),
  monitor: Type.String(),
  scope: words(['caller', 'team', 'everyone']),
  strength: orNull(Type.Number()),
  query: Type.Number(),
  explanation: Type.String(),
  atlas: Type.String(),
  owasp: Type.String(),
});

const Decided = Type.Object({
  caller: Them,
  changes: Type.Array(Type.Object({ model: Type.String(), before: Stance, after: Stance })),
});

/** Callers whom monitors of models raised an alarm about, where they stand on the ladder, and what people decide. */
export const alarmEndpoints: readonly Endpoint[] = [
  endpoint({
    ...read,
    path: PATH,
    name: 'alarms.list',
    summary: 'Callers whom monitors raised an alarm about',
    query: fields({ model: Type.Optional(Type.String()), caller: Type.Optional(Type.String()) }),
    answer: Type.Object({ models: Type.Array(Type.String()), alarms: Type.Array(Summary) }),
    about: () => [],
    act(call) {
      const { model, caller } = call.query;
      const found = defenceOf(call)
        .suspects()
        .filter((one) => model === undefined || one.model === model)
        .filter(({ standing: { id, name } }) => caller === undefined || id === caller || name === caller)
        .filter(({ standing }) => isFor(call, standing));
      return { models: [...defenceOf(call).models], alarms: found.map(summary) };
    },
  }),
  endpoint({
    ...read,
    path: `${PATH}/:id`,
    name: 'alarms.show',
    summary: 'What is known of one caller, model by model',
    answer: Type.Object({
      caller: Them,
      models: Type.Array(
        Type.Object({
          model: Type.String(),
          stance: Stance,
          ...Type.Partial(Type.Object(standing)).properties,
          evidence: orNull(Evidence),
          history: Type.Array(Raised),
        }),
      ),
    }),
    about: aboutThem,
    act(call) {
      const caller = callerIn(call);
      const defence = defenceOf(call);
      const suspects = defence.suspects().filter(({ standing: { id } }) => id === caller.id);
      const models = defence.models.flatMap((model): JsonObject[] => {
        const suspect = suspects.find((one) => one.model === model);
        const evidence = defence.evidence(model, caller.id);
        if (suspect === undefined && evidence === undefined) return [];
        return [
          {
            ...(suspect === undefined ? { model, stance: stanceShown(undefined) } : summary(suspect)),
            evidence:
              evidence === undefined
                ? null
                : {
                    strength: finite(evidence.strength),
                    queries: evidence.learned.queries,
                    cells: evidence.learned.cells,
                    entropy: finite(evidence.learned.entropy),
                    bits: finite(evidence.learned.bits),
                  },
            history: (suspect?.standing.alarms ?? []).map((one) => ({
              ...one,
              time: time(one.time),
              strength: finite(one.strength),
            })),
          },
        ];
      });
      return { caller: { ...caller }, models };
    },
  }),
  endpoint({
    ...decision('approve'),
    summary: 'Lets a caller come to the rung that waits',
    body: fields({ model: Type.String() }),
    act: (call) => decide(call, [call.body.model], { act: 'approved' }),
  }),
  endpoint({
    ...decision('raise'),
    // A rung may be a milder one, too.
    fresh: true,
    summary: 'Puts a caller on a rung, or on the next',
    body: fields({ model: Type.String(), to: Type.Optional(Rung) }),
    act: (call) => decide(call, [call.body.model], { act: 'raised', to: call.body.to }),
  }),
  endpoint({
    ...decision('clear'),
    fresh: true,
    summary: 'Forgets what stands against a caller, in one model or in all',
    body: fields({ model: Type.Optional(Type.String()) }),
    act: (call) =>
      decide(call, call.body.model === undefined ? undefined : [call.body.model], { act: 'cleared' }),
  }),
];

function decision(path: string) {
  return {
    method: 'POST',
    path: `${PATH}/:id/${path}`,
    name: `alarms.${path}`,
    action: 'alarms.write',
    changes: true,
    answer: Decided,
    about: aboutThem,
  } as const;
}

/** @param models undefined: all in which there is something to decide */
async function decide(
  call: AdminCall,
  models: readonly string[] | undefined,
  decision: Decision,
): Promise<JsonObject> {
  const caller = callerIn(call);
  const defence = defenceOf(call);
  const { id, name, team, credential } = call.caller;
  const by = { id: call.ask.id, by: { id, name, team, credential } };
  const changes: JsonObject[] = [];
  for (const one of models ?? modelsWith(defence, caller))
    changes.push(changed(one, await defence.decide(one, caller, decision, by)));
  return { caller: { ...caller }, changes };
}

/** Where something stands against a caller. */
function modelsWith(defence: Defence, { id }: Known): string[] {
  const models = defence.suspects().flatMap(({ model, standing }) => (standing.id === id ? [model] : []));
  if (models.length === 0) throw new Refusal('conflict', { hint: 'Nothing stands against them.' });
  return models;
}

const changed = (model: string, { before, after }: Step): JsonObject => ({
  model,
  before: stanceShown(before),
  after: stanceShown(after),
});

const summary = ({ model, stance, standing }: Suspect): JsonObject => {
  const { id, name, team, waiting, held, strange, last, alarms } = standing;
  const latest = alarms.at(-1);
  return {
    model,
    caller: { id, name, team },
    stance: stanceShown(stance),
    waits_for: waiting,
    held,
    strange: Math.round(strange),
    last: time(last),
    alarms: alarms.length,
    latest: latest === undefined ? null : { monitor: latest.monitor, time: time(latest.time) },
  };
};

/** Without evidence there is no logarithm of it. */
const finite = (value: number): number | null =>
  Number.isFinite(value) ? Number(value.toPrecision(4)) : null;

function defenceOf({ gate }: AdminCall): Defence {
  if (gate.alarms === undefined) throw new Refusal('internal');
  return gate.alarms;
}

/** Somebody who has a key, or whom another vouched for, or whom monitors know by what they asked. */
function callerIn(call: AdminCall): Known {
  const { gate, id } = call;
  const known = defenceOf(call)
    .suspects()
    .find(({ standing }) => standing.id === id || standing.name === id)?.standing;
  try {
    const found = isIdentityId(id) ? gate.store.identities.get(id) : gate.store.callers.get(id);
    return { id: found.id, name: found.name, team: 'team' in found ? found.team : (known?.team ?? '') };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'not_found' || known === undefined) throw error;
    return { id: known.id, name: known.name, team: known.team };
  }
}

/** Whose they are. */
function aboutThem(call: AdminCall): [Owned] {
  return ownersOf(() => ownedBy(call, callerIn(call)));
}

function ownedBy({ gate }: AdminCall, { id, team }: Known): Owned {
  try {
    const { owner } = gate.store.callers.get(id);
    return { team, owner };
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') return { team };
    throw error;
  }
}

/** Lists show what may be seen of them. */
const isFor = (call: AdminCall, standing: Known): boolean =>
  mayDo(call, call.asker, 'alarms.read', { kind: 'Admin', id: 'alarms', ...ownedBy(call, standing) });
