import { dollarsOf } from '../../base/money.ts';
import { ITSELF } from '../../incidents/fact.ts';
import type { Incident } from '../../incidents/incident.ts';
import type { Impact } from '../../incidents/post-mortem.ts';
import { type Moment, timelineOf } from '../../incidents/timeline.ts';
import type { Listed } from '../../views/search.ts';
import type { Gate } from '../house.ts';
import type { Watcher } from '../watch/watcher.ts';

/** Milliseconds before the first thing that is known of an incident in which what led to it is looked for. */
const BEFORE = 15 * 60_000;
/** Exchanges of one caller or model that are looked at, and callers and models. */
const MOST = 1000;
const SUBJECTS = 20;

export interface Story {
  readonly timeline: readonly Moment[];
  readonly impact: Impact;
}

/**
 * What the views tell of an incident: of its callers, of its models where no caller is known, and of the exchanges that are linked
 * to it, from a little before it began until it was recovered.
 */
export async function storyOf(gate: Gate, incident: Incident): Promise<Story> {
  const { first, opened, reached, links } = incident;
  const since = Math.min(first ?? opened, opened) - BEFORE;
  const until = reached.recovered ?? reached.closed ?? gate.clock.now();
  const { watcher, store } = gate;
  const seen = watcher === undefined ? [] : await exchangesOf(watcher, incident, since, until);
  const exchanges = [...new Map(seen.map((one) => [one.seq, one])).values()].sort((a, b) => a.seq - b.seq);
  const asked = exchanges.filter(({ admin }) => !admin);
  const nearby = exchanges
    .filter((one) => one.outcome !== 'completed' || one.admin || links.exchanges.includes(one.id))
    .map(momentOf);
  return {
    timeline: timelineOf(store.incidents.facts(incident.id), [
      ...nearby,
      ...(await eventsOf(watcher, incident, since, until)),
    ]),
    impact: await impactOf(watcher, asked, { since, until, more: seen.length >= MOST }),
  };
}

async function exchangesOf(
  watcher: Watcher,
  { links }: Incident,
  since: number,
  until: number,
): Promise<Listed[]> {
  const time = { since, until: until + 60_000, limit: MOST };
  const queries = [
    ...links.callers.slice(0, SUBJECTS).map((caller) => ({ ...time, caller })),
    ...(links.callers.length > 0 ? [] : links.models.slice(0, SUBJECTS).map((model) => ({ ...time, model }))),
  ];
  const found: Listed[] = [];
  for (const query of queries) found.push(...(await watcher.ask('exchanges', query)).rows);
  for (const id of links.exchanges) {
    const one = found.some((known) => known.id === id) ? undefined : await watcher.ask('exchange', { id });
    if (one !== undefined) found.push(one);
  }
  return found;
}

/** Entries that are no exchange: what was told of its callers, and the alerts that are linked to it. */
async function eventsOf(
  watcher: Watcher | undefined,
  { links }: Incident,
  since: number,
  until: number,
): Promise<Moment[]> {
  const callers = new Set(links.callers);
  const detections = new Set(links.detections);
  const page = await watcher?.ask('events', { since, until: until + 60_000, limit: MOST });
  return (page?.rows ?? [])
    .filter(({ seq, caller }) => callers.has(caller) || detections.has(seq))
    .map(({ seq, time, kind }) => ({ seq, time, kind, by: ITSELF.name, what: kind }));
}

const momentOf = ({
  seq,
  time,
  id,
  name,
  caller,
  model,
  operation,
  outcome,
  code,
  admin,
}: Listed): Moment => ({
  seq,
  time,
  kind: admin ? 'admin' : 'request',
  by: name || caller || 'nobody known',
  what: [operation, model, outcome, code, id].filter((part) => part !== '').join(' '),
});

/** A guard kept what it found from going on. */
const STOPPED: ReadonlySet<string> = new Set(['blocked', 'cut']);

async function impactOf(
  watcher: Watcher | undefined,
  asked: readonly Listed[],
  about: Pick<Impact, 'since' | 'until' | 'more'>,
): Promise<Impact> {
  const count = (of: (one: Listed) => string): Record<string, number> =>
    Object.fromEntries(
      [...Map.groupBy(asked, of)]
        .map(([name, all]) => [name, all.length] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  const bySeq = new Map(asked.map((one) => [one.seq, one.outcome]));
  const seqs = asked.filter(({ findings }) => findings > 0).map(({ seq }) => seq);
  const given = (await watcher?.ask('reasons', { seqs })) ?? [];
  const found = [...Map.groupBy(given, ([, reason]) => reason)].map(([reason, all]) => {
    const blocked = all.filter(([seq]) => STOPPED.has(bySeq.get(seq) ?? ''));
    return [reason, { requests: all.length, blocked: blocked.length }] as const;
  });
  return {
    ...about,
    requests: asked.length,
    outcomes: count(({ outcome }) => outcome),
    callers: count(({ name, caller }) => name || caller || 'nobody known'),
    models: count(({ model }) => model || 'none'),
    found: Object.fromEntries(found),
    cost: dollarsOf(asked.reduce((sum, { cost }) => sum + cost, 0)),
  };
}
