import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Incident } from '../../incidents/incident.ts';
import { digestOf } from '../digest.ts';
import type { Gate } from '../house.ts';
import { type Change, writeFact } from './write.ts';

/** Characters of a comment. */
export const LONGEST = 20_000;

/**
 * Comments: what people write may name anybody and anything, so the ledger has a keyed digest of it and no more. The text is in the
 * store, sealed where there is a vault.
 */
export async function comment(gate: Gate, id: string, change: Change, text: string): Promise<Incident> {
  if (text.trim() === '' || text.length > LONGEST || !text.isWellFormed())
    throw new Refusal('request_invalid', {
      field: '/text',
      hint: `It must be text, ${LONGEST} characters at most.`,
    });
  const comment = `cmt_${randomBytes(10).toString('hex')}`;
  const about = {
    request: change.request ?? id,
    kind: 'comment',
    tenant: 'incidents',
    subject: null,
  } as const;
  const sealed = await gate.vault?.sealShort(about, text);
  return gate.incidentTurns.take(async () => {
    gate.store.incidents.get(id);
    // First the text: an entry of a comment that is nowhere would tell of nothing.
    const kept = sealed === undefined ? { text, sealed: null } : { text: null, sealed: sealed.sealed };
    gate.store.incidents.comment({ id: comment, incident: id, ...kept });
    return writeFact(gate, id, change, { act: 'commented', comment, digest: digestOf(gate, text) });
  });
}

/** Comments with their texts; `text` is null where it was erased or is not what the ledger has the digest of. */
export async function commentsOf(gate: Gate, incident: Incident): Promise<JsonObject[]> {
  const kept = new Map(gate.store.incidents.comments(incident.id).map((one) => [one.id, one]));
  return Promise.all(
    incident.comments.map(async ({ id, digest, time, by }) => {
      const one = kept.get(id);
      const sealed = one?.sealed == null ? undefined : await gate.vault?.openShort(one.sealed);
      const text = one?.text ?? sealed?.text ?? null;
      const genuine = text !== null && digestOf(gate, text) === digest;
      return { id, time: new Date(time).toISOString(), by: { ...by }, text: genuine ? text : null };
    }),
  );
}
