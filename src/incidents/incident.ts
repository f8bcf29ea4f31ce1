import { Refusal } from '../base/refusal.ts';
import {
  type By,
  type Fact,
  type Links,
  type Locked,
  MOST_LINKS,
  type Opening,
  type Recorded,
} from './fact.ts';
import type { Measure } from './measure.ts';
import { MEASURES } from './measure.ts';
import { mayMove, type Resolution, resolutionsFrom, type State, waysFrom } from './states.ts';

/** An incident: what the entries about it come to. Frozen in none of its parts, and never changed all the same. */
export interface Incident extends Opening {
  /** `inc_` and 20 hex digits. */
  readonly id: string;
  readonly state: State;
  readonly resolution: Resolution | undefined;
  /** Entries that it is made of: who changes it says which one they saw. */
  readonly version: number;
  readonly opened: number;
  readonly openedBy: By;
  /** When it came to each state last; milliseconds since 1970. */
  readonly reached: Readonly<Partial<Record<State, number>>>;
  readonly measures: readonly Taken[];
  /** Comments by their ids; their texts are kept elsewhere. */
  readonly comments: readonly {
    readonly id: string;
    readonly digest: string;
    readonly time: number;
    readonly by: By;
  }[];
  /** Steps of the playbook that were done. */
  readonly steps: readonly string[];
  readonly evidence: readonly (Locked & { readonly manifest: string; readonly time: number })[];
}

/**
 * `begun` and `undoing` are recorded and not yet done: whoever finds them so does them. `held`: in force. `failed`: could not be
 * done, and is not in force.
 */
export const MEASURE_STATES = ['begun', 'held', 'failed', 'undoing', 'undone'] as const;

/** A measure that was taken. */
export interface Taken extends Measure {
  /** From 1. */
  readonly number: number;
  readonly state: (typeof MEASURE_STATES)[number];
  readonly by: By;
  readonly time: number;
  readonly until: number | undefined;
  readonly was: 'on' | 'off' | undefined;
  /** When it was undone, and that time did it. */
  readonly undone: number | undefined;
  readonly expired: boolean;
}

/** In force, or to be. */
export const isOn = ({ state }: Taken): boolean => state === 'begun' || state === 'held';

/**
 * The incident after one more fact. Throws `conflict` where that cannot follow: what would be recorded of it is not true.
 * The same facts always come to the same incident.
 * @param before undefined where the fact opens it
 */
export function follow(before: Incident | undefined, recorded: Recorded): Incident {
  const { fact } = recorded;
  if (fact.act === 'opened') {
    if (before !== undefined) throw refused('The incident is open already.');
    return open(recorded, fact);
  }
  if (before === undefined) throw new Refusal('not_found', { hint: 'No incident has this id.' });
  return { ...after(before, recorded, fact), version: before.version + 1 };
}

/** All of them in the order of the ledger; what cannot follow is left out, as it was when it came. */
export function fold(facts: Iterable<Recorded>): Incident | undefined {
  let incident: Incident | undefined;
  for (const one of facts) incident = followed(incident, one);
  return incident;
}

function followed(before: Incident | undefined, recorded: Recorded): Incident | undefined {
  try {
    return follow(before, recorded);
  } catch (error) {
    if (error instanceof Refusal) return before;
    throw error;
  }
}

const open = (
  { incident: id, time, by }: Recorded,
  { act: _, ...opening }: Extract<Fact, { act: 'opened' }>,
): Incident => ({
  ...opening,
  links: joined(opening.links, opening.links),
  id,
  state: 'new',
  resolution: undefined,
  version: 1,
  opened: time,
  openedBy: by,
  reached: { new: time },
  measures: [],
  comments: [],
  steps: [],
  evidence: [],
});

/** Of each, of one incident: each is read whenever the incident is. */
const MOST = { measures: 100, comments: 1000, evidence: 100 } as const;
const ADDS: Readonly<Partial<Record<Fact['act'], keyof typeof MOST>>> = {
  contained: 'measures',
  commented: 'comments',
  evidence: 'evidence',
};

function after(incident: Incident, recorded: Recorded, fact: Exclude<Fact, { act: 'opened' }>): Incident {
  const { time, by } = recorded;
  if (incident.state === 'closed' && !AFTERWARDS.has(fact.act))
    throw refused('The incident is closed; move it to triage first.');
  const adds = ADDS[fact.act];
  if (adds !== undefined && incident[adds].length >= MOST[adds])
    throw refused(`An incident has ${MOST[adds]} ${adds} at the most.`);
  switch (fact.act) {
    case 'changed': {
      const { act: _, ...change } = fact;
      return { ...incident, ...change };
    }
    case 'moved':
      return moved(incident, fact, time);
    case 'linked':
      return { ...incident, links: joined(incident.links, fact) };
    case 'unlinked':
      return { ...incident, links: without(incident.links, fact) };
    case 'commented':
      return {
        ...incident,
        comments: [...incident.comments, { id: fact.comment, digest: fact.digest, time, by }],
      };
    case 'step':
      return {
        ...incident,
        steps: [...incident.steps.filter((step) => step !== fact.step), ...(fact.done ? [fact.step] : [])],
      };
    case 'evidence':
      return {
        ...incident,
        evidence: [...incident.evidence, { ...fact.locked, manifest: fact.manifest, time }],
      };
    case 'contained': {
      if (fact.measure !== incident.measures.length + 1) throw refused('Measures are numbered in order.');
      const { action, on, until, was } = fact;
      const taken: Taken = {
        ...{ number: fact.measure, action, on, until, was, by, time },
        ...{ state: 'begun', undone: undefined, expired: false },
      };
      return { ...incident, measures: [...incident.measures, taken] };
    }
    case 'undone':
      return changed(incident, fact.measure, (taken) => {
        if (!isOn(taken)) throw refused('The measure is not in force.');
        if (!MEASURES[taken.action].undo) throw refused('This measure cannot be undone.');
        return { ...taken, state: 'undoing', expired: fact.why === 'expired' };
      });
    case 'acted':
      return acted(incident, fact, time);
  }
}

/** What may still be said of a closed incident: what it is later known to be about, and how an undoing ended. */
const AFTERWARDS: ReadonlySet<Fact['act']> = new Set(['moved', 'commented', 'evidence', 'acted']);

function moved(
  incident: Incident,
  { to, resolution }: Extract<Fact, { act: 'moved' }>,
  time: number,
): Incident {
  const { state, measures } = incident;
  if (!mayMove(state, to)) throw refused(`From ${state} it can go to ${waysFrom(state).join(', ')}.`);
  if (to === 'closed') {
    if (resolution === undefined) throw refused('To close it, say what it came to.');
    if (!resolutionsFrom(state).includes(resolution))
      throw refused('What is resolved was recovered first; all else is closed before it is contained.');
    if (measures.some((taken) => isOn(taken) && MEASURES[taken.action].undo))
      throw refused('A measure is still in force: undo it, so that nothing stays that belongs to nobody.');
  }
  return {
    ...incident,
    state: to,
    resolution: to === 'closed' ? resolution : undefined,
    reached: { ...(to === 'triage' ? again(incident.reached) : incident.reached), [to]: time },
  };
}

/** What was thought over is not: only when it was found, looked at and first contained stays. */
const again = ({ new: found, triage, contained }: Incident['reached']): Incident['reached'] => ({
  ...(found !== undefined && { new: found }),
  ...(triage !== undefined && { triage }),
  ...(contained !== undefined && { contained }),
});

function acted(incident: Incident, fact: Extract<Fact, { act: 'acted' }>, time: number): Incident {
  const next = changed(incident, fact.measure, (taken) => {
    if (fact.of === 'contain' && taken.state === 'begun')
      return { ...taken, state: fact.ok ? 'held' : 'failed' };
    if (fact.of === 'undo' && taken.state === 'undoing')
      return fact.ok
        ? { ...taken, state: 'undone', undone: time }
        : { ...taken, state: 'held', expired: false };
    throw refused('Nothing was to be done about the measure.');
  });
  const contains =
    fact.of === 'contain' && fact.ok && (incident.state === 'new' || incident.state === 'triage');
  return contains ? { ...next, state: 'contained', reached: { ...next.reached, contained: time } } : next;
}

function changed(incident: Incident, number: number, change: (taken: Taken) => Taken): Incident {
  const taken = incident.measures[number - 1];
  if (taken === undefined) throw new Refusal('not_found', { hint: 'The incident has no such measure.' });
  return { ...incident, measures: incident.measures.with(number - 1, change(taken)) };
}

const joined = (a: Links, b: Links): Links => ({
  exchanges: union(a.exchanges, b.exchanges),
  callers: union(a.callers, b.callers),
  models: union(a.models, b.models),
  detections: union(a.detections, b.detections),
});

/** What was linked by mistake; that it was stays in the ledger. */
const without = (a: Links, b: Links): Links => ({
  exchanges: difference(a.exchanges, b.exchanges),
  callers: difference(a.callers, b.callers),
  models: difference(a.models, b.models),
  detections: difference(a.detections, b.detections),
});

const difference = <T>(a: readonly T[], b: readonly T[]): readonly T[] => {
  const gone = new Set(b);
  return a.filter((one) => !gone.has(one));
};

const union = <T>(a: readonly T[], b: readonly T[]): readonly T[] =>
  [...new Set([...a, ...b])].slice(0, MOST_LINKS);

const refused = (hint: string): Refusal => new Refusal('conflict', { hint });
