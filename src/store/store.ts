import type { KeyObject } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { Callers } from './callers.ts';
import { Counters } from './counters.ts';
import { openDatabase } from './database.ts';
import type { QuotaDesk } from './desk.ts';
import { Quotas } from './quotas.ts';

/** What the gateway keeps beside its ledger: callers with their keys, and what they have used. */
export interface Store {
  readonly callers: Callers;
  readonly quotas: QuotaDesk;
  /** Key of the hashes of API keys. */
  readonly pepper: KeyObject;
  /** Writes what waits and lets go of the file. */
  close(): void;
}

/** @param pepper key of the hashes of API keys; kept apart from the database */
export function openStore(
  file: string,
  options: { readonly pepper: KeyObject; readonly clock: Clock },
): Store {
  const database = openDatabase(file);
  const counters = new Counters(database, options.clock);
  return {
    callers: new Callers(database, options.pepper, options.clock),
    quotas: new Quotas(counters, options.clock),
    pepper: options.pepper,
    close() {
      counters.close();
      database.close();
    },
  };
}
