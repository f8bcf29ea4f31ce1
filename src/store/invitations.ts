import { type KeyObject, timingSafeEqual } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import { hashKey, mintKey } from '../callers/key.ts';
import type { Caller } from '../exchange/caller.ts';
import { durably } from './database.ts';

/** What an invitation gives, and to how many. */
export interface InvitationDraft {
  readonly roles: readonly string[];
  readonly team: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Who answers for its callers: they do not say so themselves, since policies can go by it. */
  readonly owner: string;
  /** What the names that they choose begin with; empty: any name. */
  readonly prefix: string;
  /** How long the keys that it gives are good, milliseconds; null: no end. */
  readonly keyLife: number | null;
  /** How many callers it may make. */
  readonly uses: number;
  /** Milliseconds since 1970. */
  readonly expires: number;
  /** Who invites, as they were; null: whoever owns the data folder. */
  readonly inviter: Caller | null;
}

/** An invitation as an admin sees it; without its token, which only a hash is kept of. */
export interface InvitationView extends InvitationDraft {
  readonly id: string;
  readonly created: number;
  readonly used: number;
  readonly revoked: number | null;
  readonly state: 'open' | 'used' | 'expired' | 'revoked';
}

interface Row {
  readonly id: string;
  readonly hash: Uint8Array;
  readonly draft: string;
  readonly created: number;
  readonly expires: number;
  readonly uses: number;
  readonly used: number;
  readonly revoked: number | null;
}

/** What an invitation gives as it is kept: older ones say neither owner nor prefix. */
type Given = Omit<InvitationDraft, 'expires' | 'uses' | 'owner' | 'prefix'> &
  Partial<Pick<InvitationDraft, 'owner' | 'prefix'>>;

const TOKEN = /^ghi_([0-9A-Za-z]{10})_[0-9A-Za-z]{43}$/;
const NOBODY = Buffer.alloc(32);

/** Who answers for what was made on the machine itself. */
const LOCAL = 'local operator';

/** Invitations: tokens that make callers, so many times and for so long. */
export class Invitations {
  readonly #database: DatabaseSync;
  readonly #pepper: KeyObject;
  readonly #clock: Clock;

  constructor(database: DatabaseSync, pepper: KeyObject, clock: Clock) {
    this.#database = database;
    this.#pepper = pepper;
    this.#clock = clock;
  }

  /** The token is shown this once. Throws `request_invalid` where it could not be used. */
  create(draft: InvitationDraft): { readonly invitation: InvitationView; readonly token: string } {
    const now = this.#clock.now();
    if (draft.expires <= now)
      throw new Refusal('request_invalid', { field: '/expires', hint: 'It must end in the future.' });
    const { id, key: token, hash } = mintKey('ghi', this.#pepper);
    const { expires, uses, ...rest } = draft;
    durably(this.#database, () =>
      this.#database
        .prepare(
          'INSERT INTO invitations (id, hash, draft, created, expires, uses, used) VALUES (?, ?, ?, ?, ?, ?, 0)',
        )
        .run(id, hash, JSON.stringify(rest), now, expires, uses),
    );
    return { invitation: this.get(id), token };
  }

  list(): InvitationView[] {
    const rows = this.#database.prepare('SELECT * FROM invitations ORDER BY created, id').all();
    return (rows as unknown as Row[]).map((row) => this.#view(row));
  }

  /** Throws `not_found`. */
  get(id: string): InvitationView {
    const row = this.#row(id);
    if (row === undefined) throw new Refusal('not_found', { hint: 'No invitation has this id.' });
    return this.#view(row);
  }

  revoke(id: string): InvitationView {
    this.get(id);
    durably(this.#database, () =>
      this.#database
        .prepare('UPDATE invitations SET revoked = coalesce(revoked, ?) WHERE id = ?')
        .run(this.#clock.now(), id),
    );
    return this.get(id);
  }

  /** The invitation of a token. Unknown, used up, expired and revoked ones are all `credential_invalid`. */
  find(token: string): InvitationView {
    const id = TOKEN.exec(token)?.[1];
    const row = id === undefined ? undefined : this.#row(id);
    const matches = timingSafeEqual(hashKey(token.slice(0, 100), this.#pepper), row?.hash ?? NOBODY);
    if (row === undefined || !matches) throw new Refusal('credential_invalid');
    const found = this.#view(row);
    if (found.state !== 'open') throw new Refusal('credential_invalid');
    return found;
  }

  /**
   * Takes one use, inside the transaction that makes the caller: of two who come at once with the last use, one
   * changes a row and the other none. Throws `credential_invalid`.
   */
  take(id: string): void {
    const { changes } = this.#database
      .prepare(
        'UPDATE invitations SET used = used + 1 WHERE id = ? AND used < uses AND revoked IS NULL AND expires > ?',
      )
      .run(id, this.#clock.now());
    if (changes !== 1) throw new Refusal('credential_invalid');
  }

  #row(id: string): Row | undefined {
    return this.#database.prepare('SELECT * FROM invitations WHERE id = ?').get(id) as Row | undefined;
  }

  #view({ hash: _, draft, ...row }: Row): InvitationView {
    const state =
      row.revoked !== null
        ? 'revoked'
        : row.used >= row.uses
          ? 'used'
          : row.expires <= this.#clock.now()
            ? 'expired'
            : 'open';
    const given = JSON.parse(draft) as Given;
    return {
      ...given,
      owner: given.owner ?? given.inviter?.name ?? LOCAL,
      prefix: given.prefix ?? '',
      ...row,
      state,
    };
  }
}
