import { Problem } from '../../base/problem.ts';
import { Refusal } from '../../base/refusal.ts';
import { type By, ITSELF } from '../../incidents/fact.ts';
import { type Incident, isOn, type Taken } from '../../incidents/incident.ts';
import { flawOf, isOfCaller, MEASURES, type Measure } from '../../incidents/measure.ts';
import { isIdentityId } from '../../store/identities.ts';
import type { Held } from '../../store/incidents.ts';
import { isPersonId } from '../../store/people.ts';
import type { Store } from '../../store/store.ts';
import type { Gate } from '../house.ts';
import { nameOf } from '../log.ts';
import { vouching } from '../vouching.ts';
import { withMeasures } from './overlay.ts';
import { type Change, checkVersion as checkSeen, writeFact } from './write.ts';

/** Milliseconds between two looks whether a measure has had its time. */
const LOOK = 1000;
/** Measures in force of all incidents together: each decision looks at them. */
const MOST = 500;

/**
 * Takes a measure: it is tried on, recorded, done, and recorded as done. Whoever finds it recorded and not done, after this
 * process died between the two, does it.
 * @param until milliseconds since 1970 at which it ends by itself
 */
export const contain = (
  gate: Gate,
  id: string,
  change: Change,
  measure: Measure,
  until?: number,
): Promise<Incident> =>
  gate.incidentTurns.take(async () => {
    const before = gate.store.incidents.get(id);
    checkSeen(before, change.version);
    const meant = checked(gate, measure, until);
    const number = before.measures.length + 1;
    const was = meant.action === 'suspend_caller' ? standing(gate.store, meant.on.caller ?? '') : undefined;
    tryOn(gate, { incident: id, taken: begun(meant, number, change.by, gate.clock.now(), until) });
    const fact = { act: 'contained', measure: number, ...meant, until, was } as const;
    await writeFact(gate, id, change, fact);
    return act(gate, id, number, change.by);
  });

/** Undoes a measure, and what it took comes back: unless another incident still asks for the same. */
export const undo = (
  gate: Gate,
  id: string,
  change: Change,
  number: number,
  why?: 'expired',
): Promise<Incident> =>
  gate.incidentTurns.take(async () => {
    await writeFact(gate, id, change, { act: 'undone', measure: number, ...(why && { why }) });
    return act(gate, id, number, change.by);
  });

/** Measures that were recorded and neither done nor undone are; those whose time is over are undone from now on. */
export function keepMeasures(gate: Gate): NodeJS.Timeout {
  const { incidents } = gate.store;
  void gate.incidentTurns
    .take(async () => {
      for (const { taken } of incidents.missed) if (isOfCaller(taken)) doTo(gate.store, taken);
      for (const { incident, taken } of incidents.measures())
        if (taken.state !== 'held') await act(gate, incident, taken.number, ITSELF);
    })
    .catch((error) =>
      gate.log('error', 'a measure of an incident is not done yet', { error: nameOf(error) }),
    );
  let looking = false;
  return setInterval(() => {
    if (looking || gate.closing) return;
    looking = true;
    undoOver(gate)
      .catch((error) =>
        gate.log('error', 'a measure whose time is over could not be undone', { error: nameOf(error) }),
      )
      .finally(() => {
        looking = false;
      });
  }, LOOK).unref();
}

async function undoOver(gate: Gate): Promise<void> {
  const now = gate.clock.now();
  for (const { incident, taken } of gate.store.incidents.measures())
    if (taken.state === 'held' && taken.until !== undefined && taken.until <= now)
      await undo(gate, incident, { by: ITSELF }, taken.number, 'expired');
}

/** Does what was recorded last of a measure, and records how it went. Doing it twice is doing it once. */
async function act(gate: Gate, id: string, number: number, by: By): Promise<Incident> {
  const taken = gate.store.incidents.get(id).measures[number - 1];
  if (taken === undefined) throw new Refusal('internal');
  const of = taken.state === 'undoing' ? 'undo' : 'contain';
  let failed: unknown;
  try {
    if (!isOfCaller(taken)) await gate.rebuild();
    else if (of === 'contain') doTo(gate.store, taken);
    else undoTo(gate.store, taken);
  } catch (error) {
    failed = error;
  }
  const after = await writeFact(
    gate,
    id,
    { by },
    { act: 'acted', measure: number, of, ok: failed === undefined },
  );
  if (failed === undefined) return after;
  gate.log('error', 'a measure of an incident could not be done', { error: nameOf(failed) });
  throw failed instanceof Refusal
    ? failed
    : new Refusal('conflict', { hint: 'The measure could not be done; that is recorded.', cause: failed });
}

/** The measure with the caller by its id. Throws `request_invalid`, `not_found`. */
function checked(gate: Gate, measure: Measure, until: number | undefined): Measure {
  const { store, house, clock } = gate;
  const { action } = measure;
  const flaw = flawOf(measure);
  if (flaw !== undefined)
    throw new Refusal('request_invalid', {
      field: `/${flaw}`,
      hint: `${action} takes: ${MEASURES[action].takes.join(', ') || 'nothing'}.`,
    });
  if (until !== undefined && (!MEASURES[action].undo || until <= clock.now()))
    throw new Refusal('request_invalid', {
      field: '/for',
      hint: 'Only what can be undone ends by itself, and in the future.',
    });
  const { guard, caller } = measure.on;
  if (guard !== undefined && !house.policy.guards.some(({ name }) => name === guard))
    throw new Refusal('not_found', { field: '/guard', hint: 'No guard of the policy has this name.' });
  if (action === 'switch_model') checkVersion(gate, measure.on);
  if (caller === undefined) return measure;
  const id = idOf(store, caller);
  if (action === 'revoke_keys' && !id.startsWith('clr_'))
    throw new Refusal('conflict', { hint: 'Whom an issuer vouches for has no keys here: suspend them.' });
  return { ...measure, on: { ...measure.on, caller: id } };
}

/**
 * A sealed model goes over to a version that is active, or that could be made so now. Throws `not_found`; `conflict` for one that
 * people would have to approve first: an incident is no way around them.
 */
function checkVersion(gate: Gate, { model = '', to = '' }: Measure['on']): void {
  const { shelf, store } = gate;
  const { settings } = gate.plain;
  const { predictions } = settings;
  if (!Object.hasOwn(predictions, model) || Object.hasOwn(predictions, to)) return;
  const found = store.models.standing(to);
  if (found === undefined)
    throw new Refusal('not_found', {
      field: '/to',
      hint: 'No prediction and no sealed model has this name.',
    });
  if (found.state === 'active') return;
  if (found.state !== 'approved' || shelf === undefined)
    throw new Refusal('conflict', { field: '/to', hint: 'This version is not approved.' });
  const scan = shelf.scannedBy(settings);
  const rules = settings.models;
  store.models.plan(to, { act: 'activate', rules, stands: vouching(gate), scan });
}

/** Callers by id or name, people by id or login, and callers of issuers by id. */
function idOf({ callers, people, identities }: Store, caller: string): string {
  if (isPersonId(caller)) return people.get(caller).id;
  return isIdentityId(caller) ? identities.get(caller).id : callers.get(caller).id;
}

/** Throws `conflict` where the configuration cannot be had with it, before anything is recorded. */
function tryOn(gate: Gate, held: Held): void {
  const others = gate.store.incidents.measures();
  if (others.length >= MOST)
    throw new Refusal('conflict', { hint: `${MOST} measures are in force: undo some first.` });
  try {
    withMeasures(gate.plain, [...others, held], gate.clock.now());
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    throw new Refusal('conflict', { hint: `Nothing was changed: ${cause.message}.`, cause });
  }
}

const begun = ({ action, on }: Measure, number: number, by: By, time: number, until?: number): Taken => ({
  ...{ number, action, on, by, time, until, was: undefined },
  ...{ state: 'begun', undone: undefined, expired: false },
});

/** How the caller stood before the first measure that still holds them. */
function standing(store: Store, caller: string): 'on' | 'off' {
  const other = suspensions(store, caller)[0];
  if (other?.was !== undefined) return other.was;
  return deskOf(store, caller).get(caller).disabled === null ? 'on' : 'off';
}

const suspensions = (store: Store, caller: string): Taken[] =>
  store.incidents
    .measures()
    .map(({ taken }) => taken)
    .filter((taken) => isOn(taken) && taken.action === 'suspend_caller' && taken.on.caller === caller);

function doTo(store: Store, { action, on: { caller = '' } }: Taken): void {
  if (action === 'revoke_keys') store.callers.revoke(caller);
  else deskOf(store, caller).setDisabled(caller, true);
}

function undoTo(store: Store, { was, on: { caller = '' } }: Taken): void {
  if (was === 'on' && suspensions(store, caller).length === 0)
    deskOf(store, caller).setDisabled(caller, false);
}

/** Who switches such a caller off and on. */
const deskOf = ({ callers, identities, people }: Store, id: string) =>
  isPersonId(id) ? people : isIdentityId(id) ? identities : callers;
