import type { Entry } from '../audit/entry.ts';
import type { JsonObject } from '../base/json.ts';

/** Entries as a ledger has them, numbered from 0. */
export class Entries {
  readonly all: Entry[] = [];

  /**
   * @param time milliseconds since 1970
   * @param prev leaf of the entry before
   */
  add(time: number, kind: string, fields: JsonObject = {}, prev = ''): Entry {
    const at = { seq: this.all.length, time: new Date(time).toISOString(), prev };
    const entry = { ...at, kind, fields: { v: 1, ...at, kind, ...fields } };
    this.all.push(entry);
    return entry;
  }

  /** A request from its first entry to its last. */
  exchange(time: number, id: string, fields: JsonObject = {}, end: JsonObject = {}): void {
    const { seq: begin } = this.add(time, 'request.begin', { id, operation: 'openai.chat', ...fields });
    this.add(time + 10, 'request.end', { id, begin, outcome: 'completed', status: 200, ms: 10, ...end });
  }
}
