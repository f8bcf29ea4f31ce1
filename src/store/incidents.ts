import type { DatabaseSync } from 'node:sqlite';
import { Refusal } from '../base/refusal.ts';
import type { Alerted } from '../incidents/alert.ts';
import type { Recorded } from '../incidents/fact.ts';
import { follow, type Incident, isOn, type Taken } from '../incidents/incident.ts';
import type { State } from '../incidents/states.ts';
import { durably, transaction } from './database.ts';

/** A measure and the incident that asks for it. */
export interface Held {
  readonly incident: string;
  readonly taken: Taken;
}

/** A comment: its text, or sealed by the vault. */
export interface CommentText {
  readonly id: string;
  readonly incident: string;
  readonly text: string | null;
  readonly sealed: Uint8Array | null;
}

export interface IncidentQuery {
  readonly state?: State | undefined;
  /** All but the closed. */
  readonly open?: boolean | undefined;
  readonly owner?: string | undefined;
  /** Those that are about a caller, by its id. */
  readonly caller?: string | undefined;
  readonly limit: number;
}

interface Row {
  readonly about: string;
}

/**
 * Incidents as the ledger tells of them: entries come first, and what is here can be made of them again. The texts of comments
 * alone are only here; the ledger has their digests.
 */
export class Incidents {
  readonly #database: DatabaseSync;
  /** `inc_… 1`: measures that were done as far as a replay told. */
  readonly #missed = new Set<string>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Entries of the ledger that were looked at for incidents. */
  get applied(): number {
    return Number(this.#database.prepare('SELECT entries FROM incidents_applied').get()?.entries ?? 0);
  }

  /** Everything before this entry was looked at. */
  set applied(entries: number) {
    this.#database.prepare('UPDATE incidents_applied SET entries = max(entries, ?)').run(entries);
  }

  /** Throws `not_found`. */
  get(id: string): Incident {
    const incident = this.find(id);
    if (incident === undefined) throw new Refusal('not_found', { hint: 'No incident has this id.' });
    return incident;
  }

  find(id: string): Incident | undefined {
    return this.#rows('SELECT about FROM incidents WHERE id = ?', id)[0];
  }

  /** Newest first. */
  list({ state, open, owner, caller, limit }: IncidentQuery): Incident[] {
    const where = [
      ...(state === undefined ? [] : ['state = ?']),
      ...(open === true ? ["state <> 'closed'"] : []),
      ...(owner === undefined ? [] : ['owner = ?']),
      ...(caller === undefined
        ? []
        : ["EXISTS (SELECT 1 FROM json_each(about, '$.links.callers') AS link WHERE link.value = ?)"]),
    ];
    const values = [state, owner, caller].flatMap((value) => value ?? []);
    return this.#rows(
      `SELECT about FROM incidents WHERE ${['1', ...where].join(' AND ')} ORDER BY opened DESC, id DESC LIMIT ?`,
      ...values,
      limit,
    );
  }

  /** The one that is open about alerts of this rule and group. */
  openAbout(rule: string, group: string): Incident | undefined {
    return this.#rows(
      "SELECT about FROM incidents WHERE state <> 'closed' AND rule = ? AND grouped = ? ORDER BY opened DESC LIMIT 1",
      rule,
      group,
    )[0];
  }

  /** An incident that was told of by this entry already. */
  knows(detection: number): boolean {
    const row = this.#database.prepare('SELECT 1 FROM incident_detections WHERE seq = ?').get(detection);
    return row !== undefined;
  }

  /** Alerts that were found at the start, oldest first. */
  get waiting(): Alerted[] {
    const rows = this.#database
      .prepare('SELECT entry FROM incident_alerts ORDER BY seq')
      .all() as unknown as {
      entry: string;
    }[];
    return rows.map(({ entry }) => JSON.parse(entry) as Alerted);
  }

  /** An alert was looked at. */
  looked({ seq, rule, time }: Alerted): void {
    transaction(this.#database, () => {
      this.#database.prepare('DELETE FROM incident_alerts WHERE seq = ?').run(seq);
      this.#database
        .prepare(
          'INSERT INTO alert_rules (rule, last) VALUES (?, ?) ON CONFLICT (rule) DO UPDATE SET last = max(last, excluded.last)',
        )
        .run(rule, time);
      this.applied = seq + 1;
    });
  }

  /** When each rule told of something last; milliseconds since 1970. */
  lastAlerts(): ReadonlyMap<string, number> {
    const rows = this.#database.prepare('SELECT rule, last FROM alert_rules').all();
    return new Map(rows.map(({ rule, last }) => [String(rule), Number(last)]));
  }

  /** Its entries, oldest first. */
  facts(id: string): Recorded[] {
    const rows = this.#database
      .prepare('SELECT fact FROM incident_facts WHERE incident = ? ORDER BY seq')
      .all(id) as unknown as { fact: string }[];
    return rows.map(({ fact }) => JSON.parse(fact) as Recorded);
  }

  /** Measures that are in force, or recorded and neither done nor undone yet. */
  measures(): Held[] {
    return this.#rows('SELECT about FROM incidents WHERE held > 0 ORDER BY opened, id').flatMap(
      ({ id, measures }) =>
        measures
          .filter((taken) => isOn(taken) || taken.state === 'undoing')
          .map((taken) => ({ incident: id, taken })),
    );
  }

  /**
   * Measures in force that the ledger told of and this store did not know: what was done may not have been done to this database.
   */
  get missed(): Held[] {
    return this.measures().filter(
      ({ incident, taken }) => taken.state === 'held' && this.#missed.has(`${incident} ${taken.number}`),
    );
  }

  /** Takes an entry, on disk when it returns. Throws `conflict` where it cannot follow; one that was taken before changes nothing. */
  take(recorded: Recorded): Incident {
    return durably(this.#database, () => this.#take(recorded));
  }

  /**
   * Takes what the ledger has and the store does not; what could not follow when it came does not now. Alerts wait to be looked at.
   * @param size entries of the ledger
   */
  replay(all: readonly Recorded[], alerts: readonly Alerted[], size: number): void {
    transaction(this.#database, () => {
      const wait = this.#database.prepare('INSERT OR IGNORE INTO incident_alerts (seq, entry) VALUES (?, ?)');
      for (const alert of alerts) wait.run(alert.seq, JSON.stringify(alert));
      this.applied = size;
      for (const recorded of all) {
        try {
          const known = this.#knowsFact(recorded.seq);
          const { id } = this.#take(recorded);
          if (!known && recorded.fact.act === 'acted') this.#missed.add(`${id} ${recorded.fact.measure}`);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
        }
      }
    });
  }

  comment({ id, incident, text, sealed }: CommentText): void {
    durably(this.#database, () =>
      this.#database
        .prepare('INSERT INTO incident_comments (id, incident, text, sealed) VALUES (?, ?, ?, ?)')
        .run(id, incident, text, sealed),
    );
  }

  comments(incident: string): CommentText[] {
    return this.#database
      .prepare('SELECT id, incident, text, sealed FROM incident_comments WHERE incident = ?')
      .all(incident) as unknown as CommentText[];
  }

  #take(recorded: Recorded): Incident {
    const { incident: id, seq } = recorded;
    const before = this.find(id);
    if (before !== undefined && this.#knowsFact(seq)) return before;
    const next = follow(before, recorded);
    this.#database
      .prepare('INSERT INTO incident_facts (seq, incident, fact) VALUES (?, ?, ?)')
      .run(seq, id, JSON.stringify(recorded));
    const told = this.#database.prepare('INSERT OR IGNORE INTO incident_detections (seq) VALUES (?)');
    for (const detection of next.links.detections) told.run(detection);
    const held = next.measures.filter((taken) => isOn(taken) || taken.state === 'undoing').length;
    this.#database
      .prepare(
        `INSERT INTO incidents (id, state, owner, rule, grouped, opened, held, about) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, owner = excluded.owner, held = excluded.held, about = excluded.about`,
      )
      .run(
        id,
        next.state,
        next.owner ?? '',
        next.rule ?? '',
        next.group ?? '',
        next.opened,
        held,
        JSON.stringify(next),
      );
    return this.get(id);
  }

  #knowsFact(seq: number): boolean {
    return this.#database.prepare('SELECT 1 FROM incident_facts WHERE seq = ?').get(seq) !== undefined;
  }

  #rows(sql: string, ...values: (string | number)[]): Incident[] {
    const rows = this.#database.prepare(sql).all(...values) as unknown as Row[];
    return rows.map(({ about }) => JSON.parse(about) as Incident);
  }
}
