import type { EntryBody } from '../audit/entry.ts';
import type { Hash } from '../audit/merkle.ts';
import type { Receipt } from './receipt.ts';

export type LedgerState = 'open' | 'failed' | 'closed';

/** The ledger as the data path knows it: in this process, or at the other end of a pipe. */
export interface LedgerDesk {
  readonly state: LedgerState;
  /** Durable entries. */
  readonly size: number;
  /** Entries that the newest checkpoint covers. */
  readonly signedSize: number;
  /** Root of the durable tree. */
  root(): Hash;
  /** The receipt comes when the entry is durable. Rejects with Refusal('ledger_unavailable') where it cannot be written. */
  append(body: EntryBody): Promise<Receipt>;
  close(): Promise<void>;
}
