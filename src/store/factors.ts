import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import { durably } from './database.ts';

/** What a person can show to be themself. */
export const FACTOR_KINDS = ['passphrase', 'totp', 'recovery', 'passkey'] as const;
export type FactorKind = (typeof FACTOR_KINDS)[number];

/** A factor, with what is needed to check it: hashed, sealed, or a public key. */
export interface Factor {
  /** `fac_…`. */
  readonly id: string;
  readonly person: string;
  readonly kind: FactorKind;
  /** What the person calls it (`my phone`). */
  readonly name: string;
  /** What it is checked against; its form is the kind's own. */
  readonly held: string;
  /** What only ever grows with each use: the step of a TOTP, the counter of a passkey. */
  readonly counter: number;
  readonly created: number;
  readonly used: number | null;
}

export type FactorDraft = Pick<Factor, 'person' | 'kind' | 'name' | 'held'> & {
  readonly id?: string;
  readonly counter?: number;
};

/** Known before the factor is made, so that what is sealed can be bound to it. */
export const factorId = (): string => `fac_${randomBytes(9).toString('hex')}`;

export class Factors {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;

  constructor(database: DatabaseSync, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  of(person: string, ...kinds: readonly FactorKind[]): Factor[] {
    const rows = this.#database
      .prepare('SELECT * FROM factors WHERE person = ? ORDER BY created, id')
      .all(person) as unknown as Factor[];
    return kinds.length === 0 ? rows : rows.filter(({ kind }) => kinds.includes(kind));
  }

  /** By its id, whosever it is. */
  get(id: string): Factor | undefined {
    return this.#database.prepare('SELECT * FROM factors WHERE id = ?').get(id) as Factor | undefined;
  }

  add(draft: FactorDraft): Factor {
    return durably(this.#database, () => this.#insert(draft));
  }

  /** Puts factors in the place of those of the same kinds, all of them or none. */
  replace(drafts: readonly FactorDraft[]): void {
    durably(this.#database, () => {
      for (const { person, kind } of drafts)
        this.#database.prepare('DELETE FROM factors WHERE person = ? AND kind = ?').run(person, kind);
      for (const draft of drafts) this.#insert(draft);
    });
  }

  /**
   * A person starts over with these: whatever they had before is gone.
   * @param first done in the same transaction: where it cannot be done, nothing is
   */
  restart(person: string, drafts: readonly FactorDraft[], first: () => void): void {
    durably(this.#database, () => {
      first();
      this.#database.prepare('DELETE FROM factors WHERE person = ?').run(person);
      for (const draft of drafts) this.#insert(draft);
    });
  }

  /** The person has none any more. Returns the kinds of those that are gone. */
  clear(person: string): FactorKind[] {
    return durably(this.#database, () => {
      const gone = this.of(person).map(({ kind }) => kind);
      this.#database.prepare('DELETE FROM factors WHERE person = ?').run(person);
      return gone;
    });
  }

  /** False where it is not there (any more). */
  remove(person: string, id: string): boolean {
    return durably(
      this.#database,
      () =>
        this.#database.prepare('DELETE FROM factors WHERE id = ? AND person = ?').run(id, person).changes ===
        1,
    );
  }

  /** A use that must not be repeated: of two at once with the same counter, one is true. */
  advance(id: string, counter: number): boolean {
    return durably(
      this.#database,
      () =>
        this.#database
          .prepare('UPDATE factors SET counter = ?, used = ? WHERE id = ? AND counter < ?')
          .run(counter, this.#clock.now(), id, counter).changes === 1,
    );
  }

  /** Puts `next` where `before` is: of two at once, one is true. */
  exchange(id: string, before: string, next: string): boolean {
    return durably(
      this.#database,
      () =>
        this.#database
          .prepare('UPDATE factors SET held = ?, used = ? WHERE id = ? AND held = ?')
          .run(next, this.#clock.now(), id, before).changes === 1,
    );
  }

  #insert({ id = factorId(), person, kind, name, held, counter = 0 }: FactorDraft): Factor {
    this.#database
      .prepare(
        'INSERT INTO factors (id, person, kind, name, held, counter, created) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(id, person, kind, name, held, counter, this.#clock.now());
    return this.#database.prepare('SELECT * FROM factors WHERE id = ?').get(id) as unknown as Factor;
  }
}
