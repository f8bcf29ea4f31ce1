import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import { isLabel } from '../callers/identity.ts';
import { durably } from './database.ts';

/** What is said of a new person. */
export interface PersonDraft {
  /** What they type to sign in; the same in any letter case. */
  readonly login: string;
  readonly name: string;
  readonly team: string;
  readonly roles: readonly string[];
}

/** A person as an admin sees them. Nothing here is secret. */
export interface PersonView extends PersonDraft {
  /** Stable id, `per_…`. */
  readonly id: string;
  /** `local`, or who vouches for them: `oidc:corp`. */
  readonly source: string;
  readonly created: number;
  readonly disabled: number | null;
}

interface Row extends Omit<PersonView, 'roles'> {
  readonly roles: string;
}

const COLUMNS = 'id, login, name, team, roles, source, created, disabled';

/** ASCII, so that two logins that look alike are alike, and letter case has one meaning. */
const LOGIN = /^[a-z0-9][a-z0-9._@+-]{0,99}$/;

/** Who is adopted from issuers at first sight. */
const MAX_ADOPTED = 10_000;

/** Ids of people, which no caller's own can be. */
export const isPersonId = (id: string): boolean => /^per_[0-9a-f]{18}$/.test(id);

/** The login that is meant; undefined where it can be nobody's. */
export function readLogin(text: string): string | undefined {
  const login = text.trim().toLowerCase();
  return LOGIN.test(login) ? login : undefined;
}

/** People who sign in. What is written takes effect at once in every process: each reads it from the file. */
export class People {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;

  constructor(database: DatabaseSync, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /**
   * Throws `conflict` where the login is taken, `request_invalid` where a field cannot be used.
   * @param first done in the same transaction, with their id
   */
  create(draft: PersonDraft, first: (id: string) => void = () => {}): PersonView {
    const person = checked(draft);
    return durably(this.#database, () => {
      const id = this.#insert(person, 'local', null);
      first(id);
      return this.get(id);
    });
  }

  /**
   * The person whom an issuer vouches for, made at first sight; name, team and roles are as it says now.
   * @param external a keyed digest of issuer and subject, so that nobody else can come to be them
   * @param source `oidc:` and the issuer's name in the settings
   */
  adopt(external: string, source: string, draft: PersonDraft): PersonView {
    const person = checked(draft);
    return durably(this.#database, () => {
      const known = this.#one('external = ?', external);
      if (known === undefined) {
        const { rows } = this.#database
          .prepare('SELECT count(*) AS rows FROM people WHERE external IS NOT NULL')
          .get() as { rows: number };
        if (rows >= MAX_ADOPTED) throw new Refusal('conflict', { hint: 'There are too many people.' });
        return this.get(this.#insert(person, source, external));
      }
      const { name, team, roles } = person;
      this.#database
        .prepare('UPDATE people SET name = ?, team = ?, roles = ?, source = ? WHERE id = ?')
        .run(name, team, JSON.stringify(roles), source, known.id);
      return this.get(known.id);
    });
  }

  /** Whether somebody has this login, whoever vouches for them. */
  isTaken(login: string): boolean {
    return this.#one('login = ?', login) !== undefined;
  }

  /** Whom an issuer vouches for by this digest; undefined: nobody has come with it yet. */
  vouched(external: string): PersonView | undefined {
    return this.#one('external = ?', external);
  }

  list(): PersonView[] {
    const rows = this.#database.prepare(`SELECT ${COLUMNS} FROM people ORDER BY created, id`).all();
    return (rows as unknown as Row[]).map(view);
  }

  /** By id or login. Throws `not_found`. */
  get(idOrLogin: string): PersonView {
    // An id is never somebody else's login.
    const found = this.#one('id = ?', idOrLogin) ?? this.#one('login = ?', idOrLogin);
    if (found === undefined) throw new Refusal('not_found', { hint: 'Nobody has this id or login.' });
    return found;
  }

  /** Whose login this is; undefined: nobody's. */
  findLogin(login: string): PersonView | undefined {
    return this.#one("login = ? AND source = 'local'", login);
  }

  /** Replaces what is given. */
  update(idOrLogin: string, change: Partial<Omit<PersonDraft, 'login'>>): PersonView {
    return durably(this.#database, () => {
      const person = this.get(idOrLogin);
      const { name, team, roles } = checked({ ...person, ...change });
      this.#database
        .prepare('UPDATE people SET name = ?, team = ?, roles = ? WHERE id = ?')
        .run(name, team, JSON.stringify(roles), person.id);
      return this.get(person.id);
    });
  }

  /** Switches a person off with all of their sessions, or on again. */
  setDisabled(idOrLogin: string, disabled: boolean): PersonView {
    return durably(this.#database, () => {
      const { id } = this.get(idOrLogin);
      const since = disabled ? this.#clock.now() : null;
      this.#database.prepare('UPDATE people SET disabled = ? WHERE id = ?').run(since, id);
      return this.get(id);
    });
  }

  #insert({ login, name, team, roles }: PersonDraft, source: string, external: string | null): string {
    const id = `per_${randomBytes(9).toString('hex')}`;
    if (this.#one('login = ?', login) !== undefined)
      throw new Refusal('conflict', { hint: 'Somebody of this login is there already.' });
    this.#database
      .prepare(
        'INSERT INTO people (id, login, name, team, roles, source, external, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(id, login, name, team, JSON.stringify(roles), source, external, this.#clock.now());
    return id;
  }

  #one(where: string, value: string): PersonView | undefined {
    const row = this.#database.prepare(`SELECT ${COLUMNS} FROM people WHERE ${where}`).get(value);
    return row === undefined ? undefined : view(row as unknown as Row);
  }
}

const view = (row: Row): PersonView => ({ ...row, roles: JSON.parse(row.roles) as string[] });

function checked(draft: PersonDraft): PersonDraft {
  const invalid = (field: string, hint: string) => new Refusal('request_invalid', { field, hint });
  const login = readLogin(draft.login);
  if (login === undefined)
    throw invalid('/login', 'It must be 1 to 100 letters of a-z, digits and ._@+- and begin with no sign.');
  const label = 'It must be 1 to 100 characters without line breaks.';
  for (const field of ['name', 'team'] as const)
    if (!isLabel(draft[field])) throw invalid(`/${field}`, label);
  if (!draft.roles.every(isLabel)) throw invalid('/roles', label);
  return { ...draft, login };
}
