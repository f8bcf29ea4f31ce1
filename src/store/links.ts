import { type KeyObject, timingSafeEqual } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import { hashKey, mintKey } from '../callers/key.ts';
import { durably } from './database.ts';

export type LinkPurpose = 'invite' | 'reset';

/** A link as it is kept: without its token, which only a keyed hash is kept of. */
export interface Link {
  readonly id: string;
  readonly person: string;
  readonly purpose: LinkPurpose;
  readonly expires: number;
}

const TOKEN = /^ghl_([0-9A-Za-z]{10})_[0-9A-Za-z]{43}$/;
const NOBODY = Buffer.alloc(32);

/** Links with which a person sets their factors: once, and for a while. A newer one ends those before it. */
export class Links {
  readonly #database: DatabaseSync;
  readonly #pepper: KeyObject;
  readonly #clock: Clock;

  constructor(database: DatabaseSync, pepper: KeyObject, clock: Clock) {
    this.#database = database;
    this.#pepper = pepper;
    this.#clock = clock;
  }

  /** @returns the token, shown this once. @param life milliseconds */
  make(person: string, purpose: LinkPurpose, life: number): { readonly link: Link; readonly token: string } {
    const { id, key: token, hash } = mintKey('ghl', this.#pepper);
    const expires = this.#clock.now() + life;
    durably(this.#database, () => {
      this.#database.prepare('DELETE FROM links WHERE person = ?').run(person);
      this.#database
        .prepare('INSERT INTO links (id, hash, person, purpose, expires) VALUES (?, ?, ?, ?, ?)')
        .run(id, hash, person, purpose, expires);
    });
    return { link: { id, person, purpose, expires }, token };
  }

  /** The link of a token. Unknown, used and expired ones are all `credential_invalid`. */
  find(token: string): Link {
    const id = TOKEN.exec(token)?.[1];
    const row =
      id === undefined
        ? undefined
        : (this.#database.prepare('SELECT * FROM links WHERE id = ?').get(id) as
            | (Link & { readonly hash: Uint8Array })
            | undefined);
    const matches = timingSafeEqual(hashKey(token.slice(0, 100), this.#pepper), row?.hash ?? NOBODY);
    if (row === undefined || !matches || row.expires <= this.#clock.now())
      throw new Refusal('credential_invalid');
    const { hash: _, ...link } = row;
    return link;
  }

  /** Uses it up, inside the transaction that sets the factors: of two who come at once, one throws `credential_invalid`. */
  take(id: string): void {
    const { changes } = this.#database
      .prepare('DELETE FROM links WHERE id = ? AND expires > ?')
      .run(id, this.#clock.now());
    if (changes !== 1) throw new Refusal('credential_invalid');
  }

  /** The person's links are good for nothing any more. */
  revoke(person: string): void {
    durably(this.#database, () => this.#database.prepare('DELETE FROM links WHERE person = ?').run(person));
  }
}
