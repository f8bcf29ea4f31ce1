import type { EntryBody } from '../audit/entry.ts';
import type { Hash } from '../audit/merkle.ts';
import { Refusal } from '../base/refusal.ts';
import type { LedgerDesk, LedgerState } from './desk.ts';
import { Receipt } from './receipt.ts';

/** What the process that holds the ledger says of it. */
export interface LedgerNews {
  readonly state: LedgerState;
  readonly size: number;
  readonly signedSize: number;
  readonly root: Hash;
}

/** The place of an entry in the ledger, once it is durable. */
export interface Entered {
  readonly seq: number;
  readonly leaf: Hash;
}

/**
 * The ledger of another process, which alone writes its files. A receipt is made here on that process's word that the
 * entry is durable; if the word never comes, there is none.
 */
export class RemoteLedger implements LedgerDesk {
  readonly #write: (body: EntryBody) => Promise<Entered>;
  #news: LedgerNews;

  /** @param write asks the other process; rejects with its refusal, or `ledger_unavailable` if it is gone */
  constructor(write: (body: EntryBody) => Promise<Entered>, news: LedgerNews) {
    this.#write = write;
    this.#news = news;
  }

  /** Takes what the other process says. */
  hear(news: LedgerNews): void {
    this.#news = news;
  }

  get state(): LedgerState {
    return this.#news.state;
  }

  get size(): number {
    return this.#news.size;
  }

  get signedSize(): number {
    return this.#news.signedSize;
  }

  root(): Hash {
    return this.#news.root;
  }

  async append(body: EntryBody): Promise<Receipt> {
    if (this.#news.state === 'closed') throw new Refusal('ledger_unavailable');
    const { seq, leaf } = await this.#write(body);
    return Receipt.mint(seq, leaf);
  }

  /** Its files belong to the other process; here only nothing more is written. */
  async close(): Promise<void> {
    this.#news = { ...this.#news, state: 'closed' };
  }
}
