import type { DatabaseSync } from 'node:sqlite';
import type { Entry } from '../audit/entry.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import type { Alert } from '../detect/alert.ts';
import type { Changes, Head } from '../detect/detector.ts';
import type { SavedGroup } from '../detect/running-rule.ts';
import type { Page } from './search.ts';

export interface AlertQuery {
  readonly rule?: string | undefined;
  /** Milliseconds since 1970. */
  readonly since?: number | undefined;
  /** Below this entry. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** An alert that is in the ledger. */
export interface ListedAlert {
  readonly seq: number;
  /** Milliseconds since 1970: of its entry. */
  readonly time: number;
  /** Its entry's own fields. */
  readonly alert: JsonObject;
}

/**
 * Alerts, and what the detector remembers. An alert is here from when it was raised; it gets its number when its entry is read, so
 * whatever has none has still to be told: no restart forgets one, or tells one twice.
 */
export class AlertBook {
  readonly #database: DatabaseSync;
  readonly #do;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#do = {
      raise: database.prepare('INSERT OR IGNORE INTO alerts VALUES (?, ?, ?, ?, ?, NULL)'),
      told: database.prepare(
        'INSERT INTO alerts VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET time = ?2, body = ?5, seq = ?6 WHERE seq IS NULL',
      ),
      waiting: database.prepare('SELECT body FROM alerts WHERE seq IS NULL ORDER BY time, id LIMIT ?'),
      drop: database.prepare('DELETE FROM alerts WHERE seq IS NULL AND time < ?'),
      set: database.prepare('INSERT INTO detector VALUES (?1, ?2) ON CONFLICT DO UPDATE SET body = ?2'),
      get: database.prepare('SELECT body FROM detector WHERE name = ?'),
      groups: database.prepare('SELECT * FROM detector_groups ORDER BY touched, rule, grp'),
      keep: database.prepare('INSERT OR REPLACE INTO detector_groups VALUES (?, ?, ?, ?)'),
      forget: database.prepare('DELETE FROM detector_groups WHERE rule = ? AND grp = ?'),
      forgetRule: database.prepare('DELETE FROM detector_groups WHERE rule = ?'),
    };
  }

  /** What was raised, and what the detector remembers now: both or neither. */
  save(alerts: readonly Alert[], changes?: Changes): void {
    this.#database.exec('BEGIN');
    try {
      for (const alert of alerts)
        this.#do.raise.run(alert.id, alert.time, alert.rule, alert.level, JSON.stringify(alert));
      if (changes !== undefined) this.#remember(changes);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Alerts whose entries these are have been told. */
  read(entries: readonly Entry[]): void {
    for (const { seq, time, kind, fields } of entries) {
      const { detection, rule, level } = fields;
      if (kind !== 'detect.alert' || typeof detection !== 'string') continue;
      const { v: _, seq: __, time: ___, prev: ____, kind: _____, ...own } = fields;
      this.#do.told.run(detection, Date.parse(time), String(rule), String(level), JSON.stringify(own), seq);
    }
  }

  /** Those that have still to be told, oldest first. */
  waiting(most: number): Alert[] {
    return this.#do.waiting.all(most).map(({ body }) => JSON.parse(String(body)) as Alert);
  }

  /** Nobody wants to be told any more of what was raised before. @param time milliseconds since 1970 */
  dropBefore(time: number): void {
    this.#do.drop.run(time);
  }

  /** What was saved last; undefined: nothing yet. */
  saved(): { readonly head: Head; readonly groups: SavedGroup[] } | undefined {
    const head = this.#get('head');
    if (head === undefined) return undefined;
    const groups = this.#do.groups.all().map(
      (row): SavedGroup => ({
        rule: String(row.rule),
        group: String(row.grp),
        state: String(row.state),
        touched: Number(row.touched),
      }),
    );
    return { head: head as Head, groups };
  }

  /** What is said of the rules that run, for whoever asks. */
  setRules(rules: readonly JsonObject[]): void {
    this.#do.set.run('rules', JSON.stringify(rules));
  }

  get rules(): readonly JsonObject[] {
    return (this.#get('rules') ?? []) as readonly JsonObject[];
  }

  /** Newest first. */
  list({ rule, since = 0, before = Number.MAX_SAFE_INTEGER, limit }: AlertQuery): Page<ListedAlert> {
    const rows = this.#database
      .prepare(
        `SELECT seq, time, body FROM alerts WHERE seq < ? AND time >= ?${rule === undefined ? '' : ' AND rule = ?'} ORDER BY seq DESC LIMIT ?`,
      )
      .all(before, since, ...(rule === undefined ? [] : [rule]), limit);
    const alerts = rows.map(({ seq, time, body }): ListedAlert => {
      const alert: unknown = JSON.parse(String(body));
      return { seq: Number(seq), time: Number(time), alert: isObject(alert) ? alert : {} };
    });
    return { rows: alerts, next: alerts.length === limit ? alerts.at(-1)?.seq : undefined };
  }

  #get(name: string): unknown {
    const row = this.#do.get.get(name);
    return row === undefined ? undefined : JSON.parse(String(row.body));
  }

  #remember({ head, groups }: Changes): void {
    const before = this.#get('head') as Head | undefined;
    for (const [rule, { digest }] of Object.entries(before?.rules ?? {}))
      if (head.rules[rule]?.digest !== digest) this.#do.forgetRule.run(rule);
    for (const { rule, group, state, touched } of groups)
      if (state === undefined) this.#do.forget.run(rule, group);
      else this.#do.keep.run(rule, group, state, touched);
    this.#do.set.run('head', JSON.stringify(head));
  }
}
