import type { DatabaseSync } from 'node:sqlite';
import type { Exchange } from './exchange.ts';
import { Latencies } from './latencies.ts';
import type { Words } from './words.ts';

export const MINUTE = 60_000;
export const HOUR = 3_600_000;

/** What some exchanges came to. */
export interface Sums {
  requests: number;
  input: number;
  output: number;
  /** Nano-dollars. */
  cost: number;
  /** Milliseconds, and those of them that guards were at work. */
  ms: number;
  guarding: number;
}

const none = (): Sums => ({ requests: 0, input: 0, output: 0, cost: 0, ms: 0, guarding: 0 });

function add(sums: Sums, { input, output, cost, ms, guarding }: Exchange): void {
  sums.requests += 1;
  sums.input += input;
  sums.output += output;
  sums.cost += cost;
  sums.ms += ms;
  sums.guarding += guarding;
}

/** Of one minute, model and outcome. */
export interface Minute extends Sums {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly model: string;
  readonly outcome: string;
  readonly latencies: Latencies;
}

/** Of one hour, caller, model and outcome. */
export interface Hour extends Sums {
  readonly time: number;
  /** The caller's id. */
  readonly caller: string;
  readonly model: string;
  readonly outcome: string;
}

/**
 * Traffic by minute and by hour, added up as entries come, so that a page over a week need not read it again. A minute is kept
 * for two days, an hour for good.
 */
export class Traffic {
  readonly #words: Words;
  readonly #addMinute;
  readonly #latencies;
  readonly #setLatencies;
  readonly #addHour;
  readonly #minutes;
  readonly #hours;
  readonly #sweep;

  constructor(database: DatabaseSync, words: Words) {
    this.#words = words;
    this.#latencies = database.prepare(
      'SELECT latencies FROM minutes WHERE minute = ? AND model = ? AND outcome = ?',
    );
    this.#addMinute = database.prepare(`
      INSERT INTO minutes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, x'')
      ON CONFLICT DO UPDATE SET requests = requests + ?4, input = input + ?5, output = output + ?6, cost = cost + ?7,
        ms = ms + ?8, guarding = guarding + ?9`);
    this.#setLatencies = database.prepare(
      'UPDATE minutes SET latencies = ? WHERE minute = ? AND model = ? AND outcome = ?',
    );
    this.#addHour = database.prepare(`
      INSERT INTO hours VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
      ON CONFLICT DO UPDATE SET requests = requests + ?5, input = input + ?6, output = output + ?7, cost = cost + ?8,
        ms = ms + ?9, guarding = guarding + ?10`);
    this.#minutes = database.prepare(
      'SELECT * FROM minutes WHERE minute >= ? AND minute < ? ORDER BY minute LIMIT ?',
    );
    this.#hours = database.prepare('SELECT * FROM hours WHERE hour >= ? AND hour < ? ORDER BY hour LIMIT ?');
    this.#sweep = database.prepare('DELETE FROM minutes WHERE minute < ?');
  }

  /** Adds exchanges, those of one batch together. */
  take(exchanges: readonly Exchange[]): void {
    const minutes = new Map<string, { key: number[]; sums: Sums; latencies: Latencies }>();
    const hours = new Map<string, { key: number[]; sums: Sums }>();
    for (const exchange of exchanges) {
      const [caller, model, outcome] = [exchange.caller, exchange.model, exchange.outcome].map((text) =>
        this.#words.idOf(text),
      ) as [number, number, number];
      const minute = [Math.floor(exchange.time / MINUTE), model, outcome];
      const inMinute = minutes.getOrInsertComputed(minute.join(), () => ({
        key: minute,
        sums: none(),
        latencies: new Latencies(),
      }));
      add(inMinute.sums, exchange);
      inMinute.latencies.add(exchange.ms);
      const hour = [Math.floor(exchange.time / HOUR), caller, model, outcome];
      const inHour = hours.getOrInsertComputed(hour.join(), () => ({ key: hour, sums: none() }));
      add(inHour.sums, exchange);
    }
    for (const { key, sums, latencies } of minutes.values()) {
      const before = this.#latencies.get(...key) as { latencies: Uint8Array } | undefined;
      if (before !== undefined && before.latencies.length > 0)
        latencies.merge(new Latencies(before.latencies));
      this.#addMinute.run(...key, ...valuesOf(sums));
      this.#setLatencies.run(latencies.bytes, ...key);
    }
    for (const { key, sums } of hours.values()) this.#addHour.run(...key, ...valuesOf(sums));
  }

  /** Minutes that began before are let go of. */
  sweep(before: number): void {
    this.#sweep.run(Math.floor(before / MINUTE));
  }

  minutes(since: number, until: number, most: number): Minute[] {
    const rows = this.#minutes.all(Math.floor(since / MINUTE), Math.ceil(until / MINUTE), most);
    return rows.map((row) => ({
      time: Number(row.minute) * MINUTE,
      model: this.#words.textOf(Number(row.model)),
      outcome: this.#words.textOf(Number(row.outcome)),
      latencies: new Latencies(row.latencies as Uint8Array),
      ...sumsOf(row),
    }));
  }

  hours(since: number, until: number, most: number): Hour[] {
    const rows = this.#hours.all(Math.floor(since / HOUR), Math.ceil(until / HOUR), most);
    return rows.map((row) => ({
      time: Number(row.hour) * HOUR,
      caller: this.#words.textOf(Number(row.caller)),
      model: this.#words.textOf(Number(row.model)),
      outcome: this.#words.textOf(Number(row.outcome)),
      ...sumsOf(row),
    }));
  }
}

const valuesOf = ({ requests, input, output, cost, ms, guarding }: Sums): number[] => [
  requests,
  input,
  output,
  cost,
  ms,
  guarding,
];

const sumsOf = (row: Record<string, unknown>): Sums => ({
  requests: Number(row.requests),
  input: Number(row.input),
  output: Number(row.output),
  cost: Number(row.cost),
  ms: Number(row.ms),
  guarding: Number(row.guarding),
});
