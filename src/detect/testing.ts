import type { Entry } from '../audit/entry.ts';
import type { JsonObject } from '../base/json.ts';

/** An entry as a ledger has it. @param time milliseconds since 1970 */
export function entryAt(seq: number, time: number, kind: string, fields: JsonObject = {}): Entry {
  const at = { seq, time: new Date(time).toISOString(), prev: '' };
  return { ...at, kind, fields: { v: 1, ...at, kind, ...fields } };
}
