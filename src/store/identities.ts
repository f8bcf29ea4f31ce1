import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import type { Caller } from '../exchange/caller.ts';
import { durably } from './database.ts';
import { Remembered } from './remembered.ts';

/** Somebody whom an issuer or a certificate vouches for, as last seen. Nothing here is secret. */
export interface IdentityView {
  readonly id: string;
  /** `oidc:corp`, or `cert`. */
  readonly source: string;
  readonly name: string;
  readonly team: string;
  readonly roles: readonly string[];
  readonly created: number;
  /** When an admin registered them; null: seen only. */
  readonly registered: number | null;
  readonly disabled: number | null;
}

type Standing = Pick<IdentityView, 'registered' | 'disabled'>;

interface Row extends Omit<IdentityView, 'roles'> {
  readonly roles: string;
}

/** Who is remembered at first sight. Beyond it an admin can still register and disable whom they name. */
const MAX_SEEN = 100_000;
/** Of whom it is remembered what was written. */
const REMEMBERED = 10_000;

/** Callers who are vouched for elsewhere: so that an admin sees them, and can switch each of them off. */
export class Identities {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #standing;
  readonly #known: Remembered<Standing>;
  readonly #see;
  readonly #count;
  /** What was written of whom, so that it is not written again for every connection. */
  readonly #written = new Map<string, string>();

  constructor(database: DatabaseSync, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#standing = database.prepare('SELECT registered, disabled FROM identities WHERE id = ?');
    this.#known = new Remembered(database);
    this.#count = database.prepare('SELECT count(*) AS rows FROM identities');
    this.#see = database.prepare(`
      INSERT INTO identities (id, source, name, team, roles, created) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET source = excluded.source, name = excluded.name, team = excluded.team, roles = excluded.roles`);
  }

  /**
   * Asked for every request: switching off takes effect at once, in every process. Throws `credential_invalid` where they are switched
   * off, or unknown although only registered ones are let in.
   */
  check(id: string, registeredOnly: boolean): void {
    const row = this.#known.get(id, this.#read);
    if ((row?.disabled ?? null) !== null || (registeredOnly && (row?.registered ?? null) === null))
      throw new Refusal('credential_invalid');
  }

  #read = (id: string): Standing | undefined => this.#standing.get(id) as Standing | undefined;

  /** Keeps what was seen of them. */
  see({ id, credential, name, team, roles }: Caller): void {
    const written = JSON.stringify([sourceOf(credential), name, team, roles]);
    if (this.#written.get(id) === written) return;
    if (this.#standing.get(id) === undefined && (this.#count.get() as { rows: number }).rows >= MAX_SEEN)
      return;
    if (this.#written.size >= REMEMBERED) this.#written.clear();
    this.#written.set(id, written);
    this.#see.run(id, sourceOf(credential), name, team, JSON.stringify(roles), this.#clock.now());
  }

  /** Lets somebody in before they are seen. */
  register(id: string, source: string, name: string): IdentityView {
    this.#change(() => {
      if (this.#standing.get(id) === undefined) this.#see.run(id, source, name, '', '[]', this.#clock.now());
      this.#database.prepare('UPDATE identities SET registered = ? WHERE id = ?').run(this.#clock.now(), id);
    });
    return this.get(id);
  }

  list(): IdentityView[] {
    return (
      this.#database.prepare('SELECT * FROM identities ORDER BY created, id').all() as unknown as Row[]
    ).map(view);
  }

  /** By id. Throws `not_found`. */
  get(id: string): IdentityView {
    const row = this.#database.prepare('SELECT * FROM identities WHERE id = ?').get(id) as Row | undefined;
    if (row === undefined)
      throw new Refusal('not_found', { hint: 'Nobody of this id was seen or registered.' });
    return view(row);
  }

  /** Switches them off, or on again. */
  setDisabled(id: string, disabled: boolean): IdentityView {
    this.get(id);
    const since = disabled ? this.#clock.now() : null;
    this.#change(() =>
      this.#database.prepare('UPDATE identities SET disabled = ? WHERE id = ?').run(since, id),
    );
    return this.get(id);
  }

  #change(act: () => unknown): void {
    try {
      durably(this.#database, act);
    } finally {
      this.#known.clear();
    }
  }
}

/** Ids of identities, which no caller's own can be. */
export const isIdentityId = (id: string): boolean => /^(oidc|cert)_[0-9a-f]{32}$/.test(id);

/** Of a certificate's credential only the kind: its fingerprint changes with each renewal. */
const sourceOf = (credential: string): string => (credential.startsWith('cert:') ? 'cert' : credential);

const view = (row: Row): IdentityView => ({ ...row, roles: JSON.parse(row.roles) as string[] });
