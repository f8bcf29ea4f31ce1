import { isObject } from '../base/json.ts';
import { listSegments, segmentEntries } from '../ledger/read.ts';
import { entriesHolding, type Where } from '../ledger/search.ts';
import { OwedAnswers } from '../store/owed.ts';
import type { Store } from '../store/store.ts';

/**
 * Settlements of answers in the background that were taken when the last process died. Those that the ledger has are
 * finished, the others may be taken again: so each is made once. Throws a Problem where the ledger cannot be read.
 */
export async function resumeSettlements(
  { background, quotas }: Pick<Store, 'background' | 'quotas'>,
  folder: string,
): Promise<void> {
  const open = background.open();
  if (open.length === 0) return;
  const from = Math.min(...open.map(({ taken }) => taken.begin));
  const { entered, first } = await settledSince(folder, from);
  for (const { key, taken } of open) {
    if (entered.has(taken.request)) await quotas.finish(key);
    // Of what is archived it is not known: then what was charged stays.
    else if (taken.begin >= first) background.release(key);
  }
}

/**
 * A database from a backup does not know what the newer ledger in `folder` has settled since: that would be settled a
 * second time. Throws Problem('environment') where entries that are needed were archived and are not there.
 */
export async function forgetSettled(database: string, folder: string, where: Where): Promise<void> {
  const owed = new OwedAnswers(database);
  try {
    if (owed.requests.size === 0) return;
    for await (const { kind, fields } of entriesHolding(folder, '"settles":', where))
      if (kind === 'request.end' && isObject(fields.settles)) owed.forget(String(fields.settles.request));
  } finally {
    owed.close();
  }
}

/** Requests whose closing entry settles an answer, and the first entry that could be read. */
async function settledSince(folder: string, seq: number) {
  const entered = new Set<string>();
  const segments = await listSegments(folder);
  for (const [index, { file }] of segments.entries()) {
    const next = segments[index + 1];
    if (next !== undefined && next.first <= seq) continue;
    for await (const { entry } of segmentEntries(folder, file)) {
      const { id, settles } = entry.fields;
      if (entry.kind === 'request.end' && typeof id === 'string' && isObject(settles)) entered.add(id);
    }
  }
  return { entered, first: segments[0]?.first ?? 0 };
}
