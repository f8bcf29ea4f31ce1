import { type KeyObject, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import type { CredentialRecord } from '../callers/caller.ts';
import { isLabel } from '../callers/identity.ts';
import { mintKey } from '../callers/key.ts';
import { durably } from './database.ts';
import { isIdentityId } from './identities.ts';
import { isPersonId } from './people.ts';
import { Remembered } from './remembered.ts';

/** What is said of a new caller. */
export interface CallerDraft {
  readonly name: string;
  readonly owner: string;
  readonly team: string;
  readonly roles: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds since 1970 at which its first key ends. */
  readonly expires?: number | undefined;
}

/** A caller as an admin sees it. Nothing here is secret. */
export interface CallerView {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly team: string;
  readonly roles: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly created: number;
  readonly disabled: number | null;
  readonly keys: readonly KeyView[];
}

export interface KeyView {
  readonly id: string;
  readonly created: number;
  readonly expires: number | null;
  readonly revoked: number | null;
  readonly state: 'active' | 'expired' | 'revoked';
}

/** A key just made: the only time that it is shown. */
export interface IssuedKey {
  readonly caller: CallerView;
  readonly keyId: string;
  readonly key: string;
}

interface CallerRow {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly team: string;
  readonly roles: string;
  readonly tags: string;
  readonly created: number;
  readonly disabled: number | null;
}

interface KeyRow {
  readonly id: string;
  readonly caller: string;
  readonly created: number;
  readonly expires: number | null;
  readonly revoked: number | null;
}

const MAX_TAGS = 20;

const ID_PREFIX = 'clr_';

/**
 * Whether a name could be taken for the id of somebody: of a caller, a person, or whom another party vouches for. In any
 * letter case, since names are found in any.
 */
export function looksLikeId(name: string): boolean {
  const lower = name.toLowerCase();
  return lower.startsWith(ID_PREFIX) || isPersonId(lower) || isIdentityId(lower);
}

/** Callers and their keys. A revocation takes effect at once, in every process. */
export class Callers {
  readonly #database: DatabaseSync;
  readonly #pepper: KeyObject;
  readonly #clock: Clock;
  readonly #find;
  readonly #known: Remembered<CredentialRecord>;

  constructor(database: DatabaseSync, pepper: KeyObject, clock: Clock) {
    this.#database = database;
    this.#pepper = pepper;
    this.#clock = clock;
    this.#known = new Remembered(database);
    this.#find = database.prepare(`
      SELECT keys.hash, keys.expires, callers.id, callers.name, callers.owner, callers.team, callers.roles, callers.tags
      FROM keys JOIN callers ON callers.id = keys.caller
      WHERE keys.id = ? AND keys.revoked IS NULL AND callers.disabled IS NULL`);
  }

  /** A credential in force, by its id. */
  lookup = (keyId: string): CredentialRecord | undefined => this.#known.get(keyId, this.#read);

  #read = (keyId: string): CredentialRecord | undefined => {
    const row = this.#find.get(keyId) as
      | (CallerRow & { hash: Uint8Array; expires: number | null })
      | undefined;
    if (row === undefined) return undefined;
    const { hash, expires, id, name, owner, team } = row;
    const roles = JSON.parse(row.roles) as string[];
    const tags = JSON.parse(row.tags) as Record<string, string>;
    return {
      caller: { id, name, owner, team, roles, tags, credential: keyId },
      hash,
      expires: expires ?? undefined,
    };
  };

  /**
   * Throws `conflict` where the name is taken, `request_invalid` where a field cannot be used.
   * @param first done in the same transaction: where either cannot be done, neither is
   */
  create(draft: CallerDraft, first: () => void = () => {}): IssuedKey {
    checkName(draft.name);
    checkDraft(draft);
    return this.#change(() => {
      first();
      return this.#insert(draft);
    });
  }

  /** Several at once: all of them, or none. Throws as {@link create} does. */
  createAll<const D extends readonly CallerDraft[]>(drafts: D): { readonly [I in keyof D]: IssuedKey } {
    for (const draft of drafts) {
      checkName(draft.name);
      checkDraft(draft);
    }
    return this.#change(() => drafts.map((draft) => this.#insert(draft))) as { [I in keyof D]: IssuedKey };
  }

  #insert({ name, owner, team, roles, tags, expires }: CallerDraft): IssuedKey {
    const id = `${ID_PREFIX}${randomBytes(9).toString('hex')}`;
    if (this.#database.prepare('SELECT 1 FROM callers WHERE name = ?').get(name) !== undefined) {
      throw new Refusal('conflict', { hint: 'A caller of this name is there already.' });
    }
    this.#database
      .prepare(
        'INSERT INTO callers (id, name, owner, team, roles, tags, created) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(id, name, owner, team, JSON.stringify(roles), JSON.stringify(tags), this.#clock.now());
    return this.#issue(id, expires);
  }

  list(): CallerView[] {
    const keys = new Map<string, KeyView[]>();
    for (const row of this.#database
      .prepare('SELECT * FROM keys ORDER BY rowid')
      .all() as unknown as KeyRow[]) {
      const list = keys.get(row.caller) ?? [];
      list.push(this.#keyView(row));
      keys.set(row.caller, list);
    }
    const rows = this.#database
      .prepare('SELECT * FROM callers ORDER BY rowid')
      .all() as unknown as CallerRow[];
    return rows.map((row) => view(row, keys.get(row.id) ?? []));
  }

  /** By id or name; what is written as an id is never taken for a name. Throws `not_found`. */
  get(idOrName: string): CallerView {
    const by = idOrName.startsWith(ID_PREFIX) ? 'id' : 'name';
    const row = this.#database.prepare(`SELECT * FROM callers WHERE ${by} = ?`).get(idOrName) as
      | CallerRow
      | undefined;
    if (row === undefined) throw new Refusal('not_found', { hint: 'No caller has this id or name.' });
    const keys = this.#database.prepare('SELECT * FROM keys WHERE caller = ? ORDER BY rowid').all(row.id);
    return view(
      row,
      (keys as unknown as KeyRow[]).map((key) => this.#keyView(key)),
    );
  }

  /** A new key; those before it go on for `overlap` milliseconds, then end. */
  rotate(
    idOrName: string,
    options: { readonly overlap: number; readonly expires?: number | undefined },
  ): IssuedKey {
    return this.#change(() => {
      const { id, disabled, keys } = this.get(idOrName);
      if (disabled !== null) throw new Refusal('conflict', { hint: 'The caller is disabled.' });
      const newest = keys.at(-1);
      this.#database
        .prepare(
          'UPDATE keys SET expires = min(coalesce(expires, ?1), ?1) WHERE caller = ?2 AND revoked IS NULL',
        )
        .run(this.#clock.now() + options.overlap, id);
      // A key that had an end is not replaced by one that has none.
      const lifetime = newest?.expires == null ? undefined : newest.expires - newest.created;
      const end = lifetime === undefined ? undefined : this.#clock.now() + lifetime;
      return this.#issue(id, options.expires ?? end);
    });
  }

  /** Ends one key of the caller, or all of them, now and for good. Returns the ids of the keys it ended. */
  revoke(
    idOrName: string,
    keyId?: string,
  ): { readonly caller: CallerView; readonly revoked: readonly string[] } {
    return this.#change(() => {
      const { id, keys } = this.get(idOrName);
      if (keyId !== undefined && !keys.some((key) => key.id === keyId)) {
        throw new Refusal('not_found', { hint: 'The caller has no key of this id.' });
      }
      const ending = keys.filter((key) => key.revoked === null && (keyId === undefined || key.id === keyId));
      const end = this.#database.prepare('UPDATE keys SET revoked = ? WHERE id = ?');
      for (const key of ending) end.run(this.#clock.now(), key.id);
      return { caller: this.get(id), revoked: ending.map((key) => key.id) };
    });
  }

  /** Switches a caller with all of its keys off, or on again. */
  setDisabled(idOrName: string, disabled: boolean): CallerView {
    return this.#change(() => {
      const { id } = this.get(idOrName);
      const since = disabled ? this.#clock.now() : null;
      this.#database.prepare('UPDATE callers SET disabled = ? WHERE id = ?').run(since, id);
      return this.get(id);
    });
  }

  /** Replaces what is given. */
  update(idOrName: string, change: Partial<Omit<CallerDraft, 'name' | 'expires'>>): CallerView {
    return this.#change(() => {
      const caller = this.get(idOrName);
      const next = { ...caller, ...change };
      checkDraft(next);
      this.#database
        .prepare('UPDATE callers SET owner = ?, team = ?, roles = ?, tags = ? WHERE id = ?')
        .run(next.owner, next.team, JSON.stringify(next.roles), JSON.stringify(next.tags), caller.id);
      return this.get(caller.id);
    });
  }

  #change<T>(act: () => T): T {
    this.#known.clear();
    try {
      return durably(this.#database, act);
    } finally {
      this.#known.clear();
    }
  }

  #issue(id: string, expires: number | undefined): IssuedKey {
    if (expires !== undefined && expires <= this.#clock.now()) {
      throw new Refusal('request_invalid', { field: '/expires', hint: 'A key must end in the future.' });
    }
    const admin = this.get(id).roles.includes('admin');
    const { id: keyId, key, hash } = mintKey(admin ? 'gha' : 'ghk', this.#pepper);
    this.#database
      .prepare('INSERT INTO keys (id, caller, hash, created, expires) VALUES (?, ?, ?, ?, ?)')
      .run(keyId, id, hash, this.#clock.now(), expires ?? null);
    return { caller: this.get(id), keyId, key };
  }

  #keyView({ id, created, expires, revoked }: KeyRow): KeyView {
    const over = expires !== null && expires <= this.#clock.now();
    return {
      id,
      created,
      expires,
      revoked,
      state: revoked !== null ? 'revoked' : over ? 'expired' : 'active',
    };
  }
}

const view = (row: CallerRow, keys: readonly KeyView[]): CallerView => ({
  ...row,
  roles: JSON.parse(row.roles) as string[],
  tags: JSON.parse(row.tags) as Record<string, string>,
  keys,
});

/** One that an earlier version took goes on being one. */
function checkName(name: string): void {
  if (looksLikeId(name))
    throw new Refusal('request_invalid', { field: '/name', hint: 'It looks like an id. Ids are no names.' });
}

function checkDraft(draft: Omit<CallerDraft, 'expires'>): void {
  const invalid = (field: string, hint: string) => new Refusal('request_invalid', { field, hint });
  const label = 'It must be 1 to 100 characters without line breaks.';
  for (const field of ['name', 'owner', 'team'] as const) {
    if (!isLabel(draft[field])) throw invalid(`/${field}`, label);
  }
  if (draft.roles.length === 0) throw invalid('/roles', 'A caller needs at least one role.');
  if (!draft.roles.every(isLabel)) throw invalid('/roles', label);
  const tags = Object.entries(draft.tags);
  if (tags.length > MAX_TAGS || !tags.flat().every(isLabel)) {
    throw invalid('/tags', `There may be ${MAX_TAGS} tags, each name and value 1 to 100 characters.`);
  }
}
