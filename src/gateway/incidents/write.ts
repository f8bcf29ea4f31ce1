import { Refusal } from '../../base/refusal.ts';
import { type By, entryOf, type Fact } from '../../incidents/fact.ts';
import { follow, type Incident } from '../../incidents/incident.ts';
import type { Gate } from '../house.ts';

/** Who changes an incident, and what they have seen of it. */
export interface Change {
  readonly by: By;
  /** Id of the request. */
  readonly request?: string | undefined;
  /** The version that they saw: somebody else may have changed it since. */
  readonly version?: number | undefined;
}

type Gated = Pick<Gate, 'ledger' | 'store' | 'clock'>;

/**
 * Records a fact and takes it: it is planned, recorded, and only then true. Called within a turn of `gate.incidentTurns`, so that
 * the ledger has facts in the order in which they were planned.
 * Throws `conflict` where it cannot follow or the incident has changed since it was seen; then nothing was recorded.
 */
export async function writeFact(gate: Gated, id: string, change: Change, fact: Fact): Promise<Incident> {
  const { store, ledger, clock } = gate;
  const { by, request, version } = change;
  const before = store.incidents.find(id);
  checkVersion(before, version);
  const planned = { incident: id, by, time: clock.now(), fact };
  follow(before, { ...planned, seq: 0 });
  const { seq } = await ledger.append({ ...entryOf(planned), ...(request !== undefined && { id: request }) });
  return store.incidents.take({ ...planned, seq });
}

export function checkVersion(before: Incident | undefined, version: number | undefined): void {
  if (version !== undefined && before !== undefined && before.version !== version)
    throw new Refusal('conflict', {
      field: '/version',
      hint: `Somebody has changed it: it is at version ${before.version} now.`,
    });
}
