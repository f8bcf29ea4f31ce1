import { createHash } from 'node:crypto';
import { Refusal } from '../../base/refusal.ts';
import { MOST_ENTRIES, MOST_FILES, manifestOf, manifestText } from '../../incidents/evidence.ts';
import type { Locked } from '../../incidents/fact.ts';
import type { Incident } from '../../incidents/incident.ts';
import { ledgerPaths } from '../../ledger/init.ts';
import { leavesOf } from '../../ledger/leaves.ts';
import type { Gate } from '../house.ts';
import { type Change, writeFact } from './write.ts';

/**
 * Locks entries and files as evidence: their hashes are in the ledger from now on, and with them whatever they are the hashes of.
 * @param entries their numbers
 */
export async function lockEvidence(
  gate: Gate,
  id: string,
  change: Change,
  entries: readonly number[],
  files: Locked['files'],
): Promise<Incident> {
  gate.store.incidents.get(id);
  if (entries.length + files.length === 0 || entries.length > MOST_ENTRIES || files.length > MOST_FILES)
    throw new Refusal('request_invalid', {
      hint: `It takes 1 to ${MOST_ENTRIES} entries, or 1 to ${MOST_FILES} files, or both.`,
    });
  const { data, ledger } = gate.house.settings;
  const unique = [...new Set(entries)].sort((a, b) => a - b);
  const leaves = await leavesOf(ledgerPaths(data).folder, gate.ledger.size, unique, ledger.archive?.to);
  const locked = { entries: leaves.map(({ entry, leaf }) => ({ seq: entry.seq, leaf })), files };
  const manifest = createHash('sha256')
    .update(manifestText(manifestOf(id, locked)))
    .digest('hex');
  return gate.incidentTurns.take(() => writeFact(gate, id, change, { act: 'evidence', manifest, locked }));
}
