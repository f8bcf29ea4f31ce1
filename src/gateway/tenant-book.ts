import type { Clock } from '../base/clock.ts';
import type { StandIn } from '../pseudonyms/form.ts';
import type { StandInBook } from '../pseudonyms/pseudonyms.ts';
import { Spellings } from '../pseudonyms/spotter.ts';
import type { SealedPseudonyms } from '../store/pseudonyms.ts';
import type { Vault } from '../vault/vault.ts';

/** Of whose request a stand-in comes. */
export interface BookedFor {
  readonly request: string;
  /** Keyed digest. */
  readonly subject: string | null;
}

interface Entry {
  readonly subject: string | null;
  ends: number;
  /** Undefined until it is sealed. */
  key: string | undefined;
  saved: Promise<void> | undefined;
}

interface Unsaved {
  readonly standIn: StandIn;
  readonly entry: Entry;
}

interface Parts {
  readonly store: SealedPseudonyms;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** Tenants whose stand-ins are in memory at the same time. */
const TENANTS = 32;

/** The books of all tenants, as far as this process has opened them. */
export class TenantBooks {
  readonly #parts: Parts;
  /** In order of use. */
  readonly #books = new Map<string, TenantBook>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A tenant's, with what other processes have added. Rejects with Refusal('vault_unavailable'). */
  async open(tenant: string, max: number): Promise<TenantBook> {
    const known = this.#books.get(tenant);
    const book = known === undefined || known.size > 2 * max ? new TenantBook(tenant, this.#parts) : known;
    this.#books.delete(tenant);
    this.#books.set(tenant, book);
    if (this.#books.size > TENANTS) this.#books.delete(this.#books.keys().next().value as string);
    await book.refresh();
    return book;
  }

  /** Nothing is left in memory: what still can be opened is read again. */
  clear(): void {
    this.#books.clear();
  }
}

/**
 * The stand-ins of one tenant, which its later requests are given back. On disk they are sealed under the keys of its
 * content: so whatever destroys those, in whichever process, ends them too. That is looked up each time one is found.
 */
export class TenantBook {
  readonly #tenant: string;
  readonly #parts: Parts;
  readonly #entries = new Map<StandIn, Entry>();
  readonly #byValue = new Map<string, StandIn>();
  readonly #spellings: Spellings;
  #last = 0;
  #reading: Promise<void> | undefined;

  constructor(tenant: string, parts: Parts) {
    this.#tenant = tenant;
    this.#parts = parts;
    this.#spellings = new Spellings((standIn) => this.#stands(standIn));
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Reads what came since, once for all who wait for it. */
  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** The book as one request writes into it: values of one data subject are sealed under that subject's key. */
  for({ subject }: BookedFor): StandInBook {
    const keyOf = (reason: string, original: string) => JSON.stringify([subject, reason, original]);
    return {
      spellings: this.#spellings,
      find: (reason, original) => {
        const standIn = this.#byValue.get(keyOf(reason, original));
        return standIn !== undefined && this.#stands(standIn) ? standIn : undefined;
      },
      add: (standIn) => {
        this.#byValue.set(keyOf(standIn.reason, standIn.original), standIn);
        this.#entries.set(standIn, { subject, ends: 0, key: undefined, saved: undefined });
        this.#spellings.add(standIn);
      },
    };
  }

  /**
   * Resolves when these are on disk, sealed. Rejects with Refusal('vault_unavailable').
   * @param keep milliseconds
   * @param max how many the tenant may have
   */
  async save(
    standIns: Iterable<StandIn>,
    { request }: BookedFor,
    { keep, max }: { readonly keep: number; readonly max: number },
  ): Promise<void> {
    const saving: Promise<void>[] = [];
    const fresh: Unsaved[] = [];
    for (const standIn of standIns) {
      const entry = this.#entries.get(standIn);
      if (entry?.saved !== undefined) saving.push(entry.saved);
      else if (entry !== undefined) fresh.push({ standIn, entry });
    }
    if (fresh.length > 0) {
      const saved = this.#save(fresh, request, keep, max);
      for (const { entry } of fresh) entry.saved = saved;
      saved.catch(() => {
        // The next request that has the same value tries again.
        for (const { entry } of fresh) entry.saved = undefined;
      });
      saving.push(saved);
    }
    await Promise.all(saving);
  }

  async #save(fresh: readonly Unsaved[], request: string, keep: number, max: number): Promise<void> {
    const { store, vault, clock } = this.#parts;
    const ends = clock.now() + keep;
    const rows = await Promise.all(
      fresh.map(({ standIn, entry: { subject } }) => {
        const about = { request, kind: 'pseudonym', tenant: this.#tenant, subject } as const;
        return vault.sealShort(about, JSON.stringify(standIn));
      }),
    );
    store.put(
      this.#tenant,
      rows.map((row) => ({ ...row, ends })),
      max,
    );
    for (const [i, { entry }] of fresh.entries()) Object.assign(entry, { ends, key: rows[i]?.key });
  }

  async #read(): Promise<void> {
    const { store, vault } = this.#parts;
    const gone: number[] = [];
    for (const { id, key, sealed, ends } of store.after(this.#tenant, this.#last)) {
      const opened = await vault.openShort(sealed);
      if (opened?.head.tenant !== this.#tenant || opened.head.kind !== 'pseudonym') gone.push(id);
      else this.#take(JSON.parse(opened.text) as StandIn, { subject: opened.head.subject, ends, key });
      this.#last = id;
    }
    store.drop(gone);
  }

  #take(standIn: StandIn, { subject, ends, key }: Omit<Entry, 'saved'>): void {
    const value = JSON.stringify([subject, standIn.reason, standIn.original]);
    // It comes back from the disk to the process that made it, or two have made one each for the same value.
    const known = this.#byValue.get(value);
    if (known?.text === standIn.text) return;
    if (known === undefined) this.#byValue.set(value, standIn);
    this.#entries.set(standIn, { subject, ends, key, saved: Promise.resolve() });
    this.#spellings.add(standIn);
  }

  #stands(standIn: StandIn): boolean {
    const entry = this.#entries.get(standIn);
    if (entry === undefined) return false;
    if (entry.key === undefined) return true;
    return entry.ends > this.#parts.clock.now() && this.#parts.vault.holds(entry.key);
  }
}
