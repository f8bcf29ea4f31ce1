import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import { Refusal } from '../base/refusal.ts';
import { ContentLog } from './content-log.ts';
import { readRecords } from './content-reader.ts';
import { decodePiece, encodePiece } from './frame.ts';
import { type Erasable, KeyStore } from './key-store.ts';
import { Keyring, type Rotated } from './keyring.ts';
import type { Masters } from './masters.ts';
import { type ContentKind, newRecordId, openRecord, type RecordHead, RecordSealer } from './record.ts';
import { digestOfPieces, Sealing } from './sealing.ts';
import { Unsealable, type UnsealableCause } from './unsealable.ts';

/** Whose content it is, and of which request. */
export interface ContentAbout {
  readonly request: string;
  readonly kind: ContentKind;
  readonly tenant: string;
  /** Keyed digest; never the subject itself. */
  readonly subject: string | null;
}

/** A record that was asked for: its text, or why it does not open. */
export interface Unsealed {
  readonly head: RecordHead;
  /** SHA-256 over the sealed pieces, base64url: what the ledger says of it. */
  readonly digest: string;
  readonly text: string | undefined;
  readonly failed: UnsealableCause | undefined;
}

/** A record that is kept outside of the vault. */
export interface ShortRecord {
  /** Id of its key. */
  readonly key: string;
  readonly sealed: Uint8Array;
}

/** An erasure as the ledger tells it. */
export interface Erasure {
  readonly target: Erasable;
  /** Keys made up to then, in milliseconds since 1970. */
  readonly until: number;
}

export interface VaultOptions {
  /** The data folder. */
  readonly data: string;
  readonly masters: Masters;
  readonly clock: Clock;
  /** Told of a master key's service that does not answer at start. */
  readonly onUnreachable?: (master: string) => void;
}

export interface VaultStatus {
  readonly current: string;
  readonly masters: readonly {
    readonly name: string;
    readonly kind: string;
    readonly keys: number;
    /** Shown to be the right one since the start. */
    readonly verified: boolean;
  }[];
  readonly months: number;
  readonly subjects: number;
  readonly cached: number;
  /** Bytes of sealed content. */
  readonly bytes: number;
  /** Entries of the ledger that were read for erasures. */
  readonly applied: number;
}

export const vaultPaths = (data: string) => ({
  keys: join(data, 'vault.sqlite'),
  content: join(data, 'content'),
});

/** UTC, `2026-10`. */
export const monthOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7);

/**
 * Sealed content: what went to the models and came back, where the policy wants it kept. Keys are in a database, sealed
 * bytes in append-only files, and neither is of use without a master key.
 */
export class Vault {
  readonly #store: KeyStore;
  readonly #keys: Keyring;
  readonly #log: ContentLog;
  readonly #clock: Clock;
  readonly #onUnreachable: (master: string) => void;

  private constructor(options: VaultOptions, store: KeyStore) {
    const { content } = vaultPaths(options.data);
    this.#store = store;
    this.#clock = options.clock;
    this.#keys = new Keyring(store, options.masters, options.clock);
    this.#log = new ContentLog({ folder: content, now: options.clock.now });
    this.#onUnreachable = options.onUnreachable ?? (() => {});
  }

  /**
   * Opens the vault of a data folder. Throws Problem where a master key is not the one that was used before, or one is
   * missing that still wraps keys. A service that does not answer is no reason not to start: until it does, whatever is
   * to be sealed is refused.
   */
  static async open(options: VaultOptions): Promise<Vault> {
    const store = new KeyStore(vaultPaths(options.data).keys);
    const vault = new Vault(options, store);
    try {
      await vault.check(options.masters);
      return vault;
    } catch (error) {
      await vault.close();
      throw error;
    }
  }

  /** Takes other master keys, which were checked. */
  adopt(masters: Masters): void {
    this.#keys.masters = masters;
    this.#store.dropMasters(masters.names);
  }

  /** Throws Problem where these master keys cannot take the place of the present ones. */
  async check(masters: Masters): Promise<void> {
    for (const name of this.#store.byMaster().keys()) masters.get(name);
    for (const name of masters.names) {
      await masters.verified(masters.get(name), this.#store, this.#clock.now()).catch((error) => {
        if (error instanceof Problem) throw error;
        this.#onUnreachable(name);
      });
    }
  }

  /** Begins a record. Rejects with Refusal('vault_unavailable') where there is no key to be had. */
  async seal(about: ContentAbout): Promise<Sealing> {
    return new Sealing(await this.#sealer(about), this.#log);
  }

  /**
   * A short text as one sealed record, for whoever keeps it somewhere else. Rejects with Refusal('vault_unavailable').
   */
  async sealShort(about: ContentAbout, text: string): Promise<ShortRecord> {
    const sealer = await this.#sealer(about);
    return { key: sealer.head.key, sealed: encodePiece(sealer.seal(Buffer.from(text), true)) };
  }

  /**
   * The text of such a record; undefined where its key was destroyed or it is not what was sealed. Rejects with
   * Refusal('vault_unavailable') where the key service does not answer.
   */
  async openShort(
    sealed: Uint8Array,
  ): Promise<{ readonly head: RecordHead; readonly text: string } | undefined> {
    const piece = decodePiece(Buffer.from(sealed.subarray(4)));
    if (piece?.head === undefined) return undefined;
    try {
      const key = await this.#keys.forReading(piece.head);
      const text = openRecord(piece.head, [piece], key).toString();
      key.fill(0);
      return { head: piece.head, text };
    } catch (cause) {
      if (cause instanceof Unsealable) return undefined;
      throw new Refusal('vault_unavailable', { cause });
    }
  }

  /** What was sealed under a key can still be opened: nobody, in any process, has destroyed it. */
  holds(key: string): boolean {
    return (this.#store.monthById(key) ?? this.#store.subjectById(key)) !== undefined;
  }

  async #sealer({ request, kind, tenant, subject }: ContentAbout): Promise<RecordSealer> {
    const time = this.#clock.now();
    const month = monthOf(time);
    try {
      const { id: key, key: bytes } = await this.#keys.forSealing(tenant, month, subject);
      const head: RecordHead = { v: 1, id: newRecordId(), request, kind, tenant, month, subject, key, time };
      const sealer = new RecordSealer(head, bytes);
      bytes.fill(0);
      return sealer;
    } catch (cause) {
      throw new Refusal('vault_unavailable', { cause });
    }
  }

  /**
   * The sealed content of a request that came at `time`, in milliseconds since 1970. Rejects where the key service does
   * not answer.
   */
  read(request: string, time: number): Promise<Unsealed[]> {
    return this.readAll(new Map([[request, time]]));
  }

  /** The same of several requests, by when each came: what is on disk is read once. */
  async readAll(requests: ReadonlyMap<string, number>): Promise<Unsealed[]> {
    const records = await readRecords(this.#log.folder, requests);
    return Promise.all(
      records.map(async ({ head, pieces }) => {
        const digest = digestOfPieces(pieces);
        try {
          const key = await this.#keys.forReading(head);
          const text = openRecord(head, pieces, key).toString();
          key.fill(0);
          return { head, digest, text, failed: undefined };
        } catch (error) {
          if (error instanceof Unsealable) return { head, digest, text: undefined, failed: error.code };
          throw new Refusal('vault_unavailable', { cause: error });
        }
      }),
    );
  }

  /** What an erasure would destroy; `until` belongs into its entry. */
  planErasure(target: Erasable): { readonly keys: number; readonly until: number } {
    const { keys, newest } = this.#store.erasable(target);
    // All that there are, and none that is made from now on, be it in the same millisecond.
    return { keys, until: Math.max(newest, this.#clock.now() - 1) };
  }

  /** Destroys the keys; what was sealed under them cannot be opened any more. Returns how many there still were. */
  erase({ target, until }: Erasure): number {
    return this.#keys.erase(target, until);
  }

  /**
   * Does again what the ledger says was erased, so that keys put back from a backup do not bring it back.
   * @param size entries of the ledger
   * @param erasures those from an entry on
   */
  async reapply(
    size: number,
    erasures: (from: number) => AsyncIterable<Erasure>,
    all = false,
  ): Promise<number> {
    const { applied } = this.#store;
    let keys = 0;
    // A ledger that is shorter than what was read of it is another one: all of it is read.
    for await (const erasure of erasures(all || applied > size ? 0 : applied)) keys += this.erase(erasure);
    this.#store.applied = size;
    return keys;
  }

  /** Wraps keys anew for at most `time` milliseconds; see {@link Keyring.rotate}. Rejects with Refusal('vault_unavailable'). */
  async rotate(every: boolean, after: string, time: number): Promise<Rotated> {
    try {
      return await this.#keys.rotate(every, after, time);
    } catch (cause) {
      throw new Refusal('vault_unavailable', { hint: 'Run it again: it goes on where it stopped.', cause });
    }
  }

  /**
   * Removes what is older than `keep` milliseconds, and destroys the keys of months that are over for that long.
   * @param keepKeys longer, where these keys seal more than content
   */
  async retain(keep: number, keepKeys = keep): Promise<{ readonly segments: number; readonly keys: number }> {
    // A record is at most a day older than its segment's end.
    const month = monthOf(this.#clock.now() - Math.max(keep, keepKeys) - 2 * 86_400_000);
    return { keys: this.#store.eraseBefore(month), segments: await this.#log.retain(keep) };
  }

  /** Bytes of sealed content on disk. */
  bytes(): Promise<number> {
    return this.#log.bytes();
  }

  async status(): Promise<VaultStatus> {
    const { masters } = this.#keys;
    const wraps = this.#store.byMaster();
    return {
      current: masters.current.name,
      masters: masters.names.map((name) => ({
        name,
        kind: masters.get(name).kind,
        keys: wraps.get(name) ?? 0,
        verified: masters.isVerified(name),
      })),
      ...this.#store.counts(),
      cached: this.#keys.cached,
      bytes: await this.bytes(),
      applied: this.#store.applied,
    };
  }

  async close(): Promise<void> {
    await this.#log.close();
    this.#keys.close();
    this.#store.close();
  }
}
