import { closeSync, openSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Entry } from '../audit/entry.ts';
import { isObject } from '../base/json.ts';
import { type Begun, begins, begunOf, closes, type Exchange, exchangeOf } from './exchange.ts';
import { SCHEMA, VERSION } from './schema.ts';
import { HOUR, MINUTE, Traffic } from './traffic.ts';
import { Words } from './words.ts';

/** First entries that wait for their last in memory; those of longer ago are asked for. */
const OPEN = 50_000;
/** Minutes are kept for so long. */
const KEPT = 48 * HOUR;

/**
 * Views of a ledger in SQLite: exchanges, other entries, traffic. They are no truth of their own: a file that is damaged, of
 * another version or of another ledger is made anew from the entries. One process writes it.
 */
export class Views {
  readonly #database: DatabaseSync;
  readonly words: Words;
  readonly traffic: Traffic;
  readonly #insert;
  #next: number;
  #minute = -1;
  #swept = -1;
  /** Names that the file has. */
  readonly #names = new Map<string, string>();
  readonly #open = new Map<number, Begun>();
  /** Of those, the ones that the file does not have. */
  readonly #unkept = new Set<number>();

  private constructor(database: DatabaseSync) {
    this.#database = database;
    this.words = new Words(database);
    this.traffic = new Traffic(database, this.words);
    this.#insert = {
      exchange: database.prepare(
        'INSERT OR REPLACE INTO exchanges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ),
      found: database.prepare('INSERT OR IGNORE INTO found VALUES (?, ?)'),
      event: database.prepare('INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?)'),
      time: database.prepare('INSERT OR IGNORE INTO times VALUES (?, ?)'),
      open: database.prepare('INSERT OR REPLACE INTO open VALUES (?, ?)'),
      closed: database.prepare('DELETE FROM open WHERE began = ? RETURNING facts'),
      next: database.prepare('UPDATE state SET next = ?'),
      name: database.prepare('INSERT INTO names VALUES (?1, ?2) ON CONFLICT DO UPDATE SET name = ?2'),
    };
    this.#next = (database.prepare('SELECT next FROM state').get() as { next: number }).next;
    const last = database.prepare('SELECT max(minute) AS minute FROM times').get() as {
      minute: number | null;
    };
    this.#minute = last.minute ?? -1;
  }

  /**
   * Opens the views of a ledger, or begins them anew.
   * @param ledger its name, so that views of another are not taken for its own
   * @param size its durable entries: views that know of more are of another history
   */
  static open(file: string, ledger: string, size: number): Views {
    try {
      return new Views(opened(file, ledger, size));
    } catch {
      for (const name of [file, `${file}-wal`, `${file}-shm`]) rmSync(name, { force: true });
      return new Views(opened(file, ledger, size));
    }
  }

  /** Number of the entry that they wait for. */
  get next(): number {
    return this.#next;
  }

  /** Entries in order, from {@link next} on; all of them are in, or none. Gives the exchanges that they close. */
  take(entries: readonly Entry[]): Exchange[] {
    const exchanges: Exchange[] = [];
    try {
      this.#database.exec('BEGIN');
      for (const entry of entries) {
        if (entry.seq !== this.#next)
          throw new RangeError(`entry ${entry.seq} came, and ${this.#next} is next`);
        this.#next += 1;
        this.#takeTime(entry);
        if (begins(entry)) this.#begin(entry);
        else if (closes(entry)) exchanges.push(this.#close(entry));
        else this.#event(entry);
      }
      this.traffic.take(exchanges);
      for (const began of this.#unkept)
        this.#insert.open.run(began, JSON.stringify(this.#open.get(began) ?? {}));
      this.#insert.next.run(this.#next);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#rollback();
      throw error;
    }
    this.#unkept.clear();
    this.#shrink();
    return exchanges;
  }

  /** Where somebody who lives by the ledger has come to; 0 at first. */
  cursor(name: string): number {
    const row = this.#database.prepare('SELECT next FROM cursors WHERE name = ?').get(name);
    return row === undefined ? 0 : Number(row.next);
  }

  setCursor(name: string, next: number): void {
    this.#database
      .prepare('INSERT INTO cursors VALUES (?1, ?2) ON CONFLICT DO UPDATE SET next = ?2')
      .run(name, next);
  }

  /** For those who ask questions of their own. */
  get database(): DatabaseSync {
    return this.#database;
  }

  close(): void {
    this.#database.close();
  }

  #takeTime({ seq, time }: Entry): void {
    const minute = Math.floor(Date.parse(time) / MINUTE);
    // A clock that was set back: what comes then is found from the minute that was.
    if (minute <= this.#minute) return;
    this.#minute = minute;
    this.#insert.time.run(minute, seq);
  }

  #begin(entry: Entry): void {
    this.#open.set(entry.seq, begunOf(entry));
    this.#unkept.add(entry.seq);
  }

  #close(entry: Entry): Exchange {
    const exchange = exchangeOf(entry, this.#begun(entry));
    const id = (text: string): number => this.words.idOf(text);
    const { seq, began, time, caller, name, outcome, team, model, upstream, operation, code } = exchange;
    if (name !== '' && this.#names.get(caller) !== name) {
      this.#insert.name.run(id(caller), name);
      this.#names.set(caller, name);
    }
    this.#insert.exchange.run(
      seq,
      began,
      time,
      exchange.id,
      id(caller),
      id(outcome),
      id(team),
      id(model),
      id(upstream),
      id(operation),
      id(code),
      Number(exchange.admin),
      exchange.status,
      exchange.ms,
      exchange.guarding,
      exchange.input,
      exchange.output,
      exchange.cost,
      exchange.reasons.length,
    );
    for (const reason of exchange.reasons) this.#insert.found.run(id(reason), seq);
    return exchange;
  }

  #begun({ fields: { begin } }: Entry): Begun | undefined {
    if (typeof begin !== 'number') return undefined;
    const known = this.#open.get(begin);
    this.#open.delete(begin);
    if (this.#unkept.delete(begin)) return known;
    const row = this.#insert.closed.get(begin) as { facts: string } | undefined;
    return known ?? (row && (JSON.parse(row.facts) as Begun));
  }

  #event({ seq, time, kind, fields: { caller } }: Entry): void {
    const who = isObject(caller) ? caller.id : caller;
    const id = this.words.idOf(typeof who === 'string' ? who : '');
    this.#insert.event.run(seq, Date.parse(time), this.words.idOf(kind), id);
  }

  /** As the file has it: what was read since is read again. */
  #rollback(): void {
    this.#database.exec('ROLLBACK');
    this.words.forget();
    this.#open.clear();
    this.#unkept.clear();
    this.#names.clear();
    this.#next = (this.#database.prepare('SELECT next FROM state').get() as { next: number }).next;
    this.#minute = -1;
  }

  /** What is in the file may be forgotten here. */
  #shrink(): void {
    for (const began of this.#open.keys()) {
      if (this.#open.size <= OPEN) break;
      this.#open.delete(began);
    }
    if (this.#names.size > OPEN) this.#names.clear();
    if (this.#swept === this.#minute) return;
    this.#swept = this.#minute;
    this.traffic.sweep(this.#minute * MINUTE - KEPT);
  }
}

function opened(file: string, ledger: string, size: number): DatabaseSync {
  // SQLite would make it readable by all first; its journal takes the mode of the file.
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    // What a power cut undoes is made again from the ledger.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF');
    const isNew =
      database.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'state'").get()?.n === 0;
    if (isNew) {
      database.exec(`BEGIN; ${SCHEMA} COMMIT`);
      database.prepare('INSERT INTO state VALUES (?, ?, 0)').run(VERSION, ledger);
    }
    const state = database.prepare('SELECT version, ledger, next FROM state').get();
    if (state?.version !== VERSION || state.ledger !== ledger || Number(state.next) > size)
      throw new RangeError('these are views of something else');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
