import { randomBytes } from 'node:crypto';
import { canonicalJson } from '../../base/canonical.ts';
import { Turns } from '../../base/turns.ts';
import type { Alerted } from '../../incidents/alert.ts';
import { ITSELF, NO_LINKS, type Opening } from '../../incidents/fact.ts';
import type { Incident } from '../../incidents/incident.ts';
import { describe } from '../../incidents/measure.ts';
import { measuresOf, playbookFor } from '../../incidents/playbook.ts';
import { atLeast } from '../../incidents/severity.ts';
import type { Store } from '../../store/store.ts';
import type { Gate } from '../house.ts';
import { nameOf } from '../log.ts';
import { contain } from './contain.ts';
import { type Change, writeFact } from './write.ts';

const newId = (): string => `inc_${randomBytes(10).toString('hex')}`;

/** Opens an incident; where its maker names no playbook, the first that is for such an incident. */
export const openIncident = (gate: Gate, change: Change, opening: Opening): Promise<Incident> =>
  gate.incidentTurns.take(() => open(gate, change, opening));

function open(gate: Gate, change: Change, opening: Opening): Promise<Incident> {
  const playbook = opening.playbook ?? playbookFor(gate.house.playbooks, opening)?.name;
  return writeFact(gate, newId(), change, { act: 'opened', ...opening, playbook });
}

/**
 * Has alerts open incidents from now on, those that came while nobody was there first. Of the same rule and group there is one
 * incident: until it is closed, what else is told belongs to it. One after the other, so that the place in the ledger up to which all
 * were looked at is one number.
 */
export function heedAlerts(gate: Gate): () => void {
  const turns = new Turns();
  const heed = (alerts: readonly Alerted[]): void => {
    for (const alert of alerts)
      turns
        .take(() => heedAlert(gate, alert))
        .catch((error) =>
          gate.log('error', 'an alert could not be looked at', { seq: alert.seq, error: nameOf(error) }),
        );
  };
  heed(gate.store.incidents.waiting);
  return gate.watcher?.onAlerts(heed) ?? (() => {});
}

/** It is looked at when all that follows of it is done: a process that dies before looks at it again. */
async function heedAlert(gate: Gate, alert: Alerted): Promise<void> {
  const { incidents } = gate.store;
  // Views that are made anew tell of everything again.
  if (alert.seq < incidents.applied && !incidents.waiting.some(({ seq }) => seq === alert.seq)) return;
  const opened = await gate.incidentTurns.take(async () =>
    incidents.knows(alert.seq) ? openedBy(incidents, alert) : take(gate, alert),
  );
  if (opened !== undefined && gate.house.settings.incidents.automatic) await actAtOnce(gate, opened);
  incidents.looked(alert);
}

const openedBy = (incidents: Store['incidents'], { seq }: Alerted): Incident | undefined =>
  incidents.list({ open: true, limit: 1000 }).find(({ links }) => links.detections[0] === seq);

/** The incident that it opened; undefined where it opened none. */
async function take(gate: Gate, alert: Alerted): Promise<Incident | undefined> {
  const { store, house } = gate;
  const { open_at } = house.settings.incidents;
  const group = canonicalJson({ ...alert.group });
  const links = {
    ...NO_LINKS,
    detections: [alert.seq],
    callers: [alert.group.caller ?? ''].filter((id) => id !== ''),
    models: [alert.group.model ?? ''].filter((name) => name !== ''),
  };
  const known = store.incidents.openAbout(alert.rule, group);
  if (known !== undefined) {
    await writeFact(gate, known.id, { by: ITSELF }, { act: 'linked', ...links });
    return undefined;
  }
  if (open_at === 'never' || !atLeast(alert.severity, open_at)) return undefined;
  const drill = drillOf(store, links.callers[0]);
  return open(
    gate,
    { by: ITSELF },
    {
      title: alert.title,
      severity: alert.severity,
      origin: drill === undefined ? 'rule' : 'drill',
      drill,
      rule: alert.rule,
      group,
      first: alert.since,
      atlas: alert.atlas,
      owasp: alert.owasp,
      links,
    },
  );
}

/** What the caller is a drill of: said by whoever made it, in its tag `drill`. */
export function drillOf({ callers }: Store, caller: string | undefined): string | undefined {
  return caller?.startsWith('clr_') === true
    ? callers.list().find(({ id }) => id === caller)?.tags.drill
    : undefined;
}

/** Steps that the playbook marks automatic. One that cannot be done is told, and keeps none of the others from being done. */
async function actAtOnce(gate: Gate, incident: Incident): Promise<void> {
  const playbook = gate.house.playbooks.find(({ name }) => name === incident.playbook);
  for (const { do: measure } of playbook?.steps ?? []) {
    if (measure?.automatic !== true) continue;
    const until = measure.for === undefined ? undefined : gate.clock.now() + measure.for;
    for (const one of measuresOf(measure, incident.links)) {
      if (incident.measures.some((taken) => describe(taken) === describe(one))) continue;
      await contain(gate, incident.id, { by: ITSELF }, one, until).catch((error) =>
        gate.log('error', 'a step of a playbook could not be done', {
          id: incident.id,
          error: nameOf(error),
        }),
      );
    }
  }
}
