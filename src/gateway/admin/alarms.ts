import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { RESPONSES, type Response } from '../../policy/predictions.ts';
import { isIdentityId } from '../../store/identities.ts';
import { mayDo } from '../authorize.ts';
import type { Decision, Defence, Suspect } from '../defence/defence.ts';
import type { Known, Step } from '../defence/ladder.ts';
import { shown as stanceShown } from '../defence/tell.ts';
import type { AdminCall, Endpoint, Owned } from './endpoint.ts';
import { Fields, required } from './fields.ts';
import { time } from './time.ts';

const PATH = '/admin/v1/alarms';
const read = { method: 'GET', action: 'alarms.read', changes: false } as const;

/** Callers whom monitors of models raised an alarm about, where they stand on the ladder, and what people decide. */
export const alarmEndpoints: readonly Endpoint[] = [
  {
    ...read,
    path: PATH,
    name: 'alarms.list',
    query: ['model', 'caller'],
    about: () => [],
    act(call) {
      const { query } = call.ask;
      const [model, caller] = [query.get('model'), query.get('caller')];
      const found = defenceOf(call)
        .suspects()
        .filter((one) => model === null || one.model === model)
        .filter(({ standing: { id, name } }) => caller === null || id === caller || name === caller)
        .filter(({ standing }) => isFor(call, standing));
      return { models: [...defenceOf(call).models], alarms: found.map(summary) };
    },
  },
  {
    ...read,
    path: `${PATH}/:id`,
    name: 'alarms.show',
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
  },
  decision('approve', 'approved', (fields) => ({ decision: { act: 'approved' }, model: modelIn(fields) })),
  decision('raise', 'raised', (fields) => ({
    decision: { act: 'raised', to: responseIn(fields) },
    model: modelIn(fields),
  })),
  decision('clear', 'cleared', (fields) => ({ decision: { act: 'cleared' }, model: fields.text('model') })),
];

interface Decided {
  readonly decision: Decision;
  /** undefined: of all models in which there is something to decide. */
  readonly model: string | undefined;
}

function decision(path: string, act: Decision['act'], readIn: (fields: Fields) => Decided): Endpoint {
  const known = act === 'raised' ? ['model', 'to'] : ['model'];
  return {
    method: 'POST',
    path: `${PATH}/:id/${path}`,
    name: `alarms.${path}`,
    action: 'alarms.write',
    changes: true,
    about: aboutThem,
    async act(call) {
      const { decision, model } = readIn(new Fields(call.body, known));
      const caller = callerIn(call);
      const defence = defenceOf(call);
      const models = model === undefined ? modelsWith(defence, caller) : [model];
      const { id, name, team, credential } = call.caller;
      const by = { id: call.ask.id, by: { id, name, team, credential } };
      const changes: JsonObject[] = [];
      for (const one of models) changes.push(changed(one, await defence.decide(one, caller, decision, by)));
      return { caller: { ...caller }, changes };
    },
  };
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

function modelIn(fields: Fields): string {
  return required(fields.text('model'), 'model');
}

function responseIn(fields: Fields): Response | undefined {
  const to = fields.text('to');
  if (to === undefined) return undefined;
  const known = RESPONSES.find((response) => response === to);
  if (known === undefined)
    throw new Refusal('request_invalid', {
      field: '/to',
      hint: `It must be one of ${RESPONSES.join(', ')}.`,
    });
  return known;
}

function defenceOf({ gate }: AdminCall): Defence {
  if (gate.alarms === undefined) throw new Refusal('internal');
  return gate.alarms;
}

/** Somebody who has a key, or whom another vouched for, or whom monitors know by what they asked. */
function callerIn(call: AdminCall): Known & { readonly owner?: string } {
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

/** Whose they are. One that is not there belongs to nobody. */
function aboutThem(call: AdminCall): Owned[] {
  try {
    return [ownedBy(call, callerIn(call))];
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') return [{}];
    throw error;
  }
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
