import type { EntryBody } from '../audit/entry.ts';
import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import type { LedgerDesk, LedgerState } from '../ledger/desk.ts';
import type { Receipt } from '../ledger/receipt.ts';
import type { Cosigning } from './cosigning.ts';

/** Entries that are written whatever witnesses say: else nothing could ever be signed, and cosigned, again. */
const ALWAYS = /^(system|witness|ledger)\./;

/**
 * A ledger that takes no entry of a request while what it has signed has waited too long for a quorum of witnesses:
 * after a rollback or a fork nobody cosigns, so nothing goes on as if nothing had happened.
 */
export class WitnessedLedger implements LedgerDesk {
  readonly #ledger: LedgerDesk;
  readonly #cosigning: Cosigning;
  readonly #clock: Clock;
  readonly #patience: number;

  /** @param patience milliseconds that entries may wait for a quorum */
  constructor(ledger: LedgerDesk, cosigning: Cosigning, clock: Clock, patience: number) {
    this.#ledger = ledger;
    this.#cosigning = cosigning;
    this.#clock = clock;
    this.#patience = patience;
  }

  get #overdue(): boolean {
    const { size, since } = this.#cosigning.quorum;
    return size < this.#ledger.signedSize && this.#clock.now() - since > this.#patience;
  }

  get state(): LedgerState {
    return this.#ledger.state === 'open' && this.#overdue ? 'failed' : this.#ledger.state;
  }

  get size(): number {
    return this.#ledger.size;
  }

  get signedSize(): number {
    return this.#ledger.signedSize;
  }

  root(): string {
    return this.#ledger.root();
  }

  append(body: EntryBody): Promise<Receipt> {
    if (this.#overdue && !ALWAYS.test(body.kind)) {
      const cause = new Error('no quorum of witnesses has cosigned');
      return Promise.reject(new Refusal('ledger_unavailable', { cause }));
    }
    return this.#ledger.append(body);
  }

  close(): Promise<void> {
    return this.#ledger.close();
  }
}
