import type { Entry } from '../audit/entry.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { dollarsOf, nanoDollars } from '../base/money.ts';
import { listSegments, segmentEntries } from './read.ts';

/** What usage can be sorted by. */
export const USAGE_BY = [
  'caller',
  'team',
  'key',
  'model',
  'upstream',
  'operation',
  'purpose',
  'day',
  'month',
] as const;
export type UsageBy = (typeof USAGE_BY)[number];

export interface UsageQuery {
  /** Empty: totals only. */
  readonly by: readonly UsageBy[];
  /** ISO times, which compare as they sort; a request belongs to the moment in which it began. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** What was used. Tokens are those that were charged; `cached` and `cache_write` are parts of `input`. */
export interface UsageSums {
  requests: number;
  input: number;
  cached: number;
  cache_write: number;
  output: number;
  reasoning: number;
  /** Nano-dollars. */
  cost: bigint;
  /** Requests whose model had no price. */
  unpriced: number;
  /** Requests that are charged as estimated, since nobody reported what they used. */
  estimated: number;
}

export interface UsageRow {
  readonly of: { readonly [B in UsageBy]?: string };
  readonly sums: UsageSums;
}

/** Rows of one report; whoever is met beyond them is counted together. */
const MOST_ROWS = 50_000;
const OTHERS = '(others)';

/** A request that has begun and not ended. */
interface Begun {
  readonly time: string;
  readonly fields: JsonObject;
}

/**
 * Adds up what the ledger says, entry by entry. Memory is bounded: by the rows, and by the requests that were in work at
 * one time.
 */
export class UsageReport {
  readonly #query: UsageQuery;
  readonly #rows = new Map<string, UsageRow>();
  readonly #begun = new Map<Json, Begun>();
  readonly total: UsageSums = none();
  /** Number of the first entry that was read: what is older was archived, and is not counted. */
  first = 0;
  /** When that entry was written. */
  #since: string | undefined;

  constructor(query: UsageQuery) {
    this.#query = query;
  }

  /** Requests that have not ended: what they have set aside is not counted yet. */
  get open(): number {
    return this.#begun.size;
  }

  /** The dearest first. */
  rows(): UsageRow[] {
    return [...this.#rows.values()].sort(
      (a, b) => compare(b.sums.cost, a.sums.cost) || b.sums.requests - a.sums.requests,
    );
  }

  add({ kind, time, fields }: Entry): void {
    this.#since ??= time;
    if (kind === 'request.begin') {
      this.#begun.set(fields.id ?? null, { time, fields });
    } else if (kind === 'request.end') {
      const begun = this.#begun.get(fields.id ?? null);
      this.#begun.delete(fields.id ?? null);
      this.#end(begun?.time ?? time, { ...begun?.fields, ...fields });
    } else if ((kind === 'request.refused' || kind === 'request.answered') && isObject(fields.charge)) {
      // An answer that was kept needs no entry before it, and counts as a request.
      this.#count(time, fields, fields.charge, 'charge');
    } else if (kind === 'system.start') {
      // The process before was killed: nobody will end these, and the counters keep what they had set aside.
      for (const { time: then, fields: facts } of this.#begun.values()) this.#lost(then, facts);
      this.#begun.clear();
    }
  }

  #end(time: string, fields: JsonObject): void {
    if (isObject(fields.settles)) this.#settled(fields.settles);
    if (isObject(fields.charge)) this.#count(time, fields, fields.charge, 'charge');
    else if (fields.charge === null) return;
    else if (fields.lost !== undefined) this.#lost(time, fields);
    // An entry of a version that knew no charges.
    else if (isObject(fields.usage)) this.#count(time, fields, fields.usage, 'charge');
  }

  /**
   * An answer that was made in the background has told what it used: that takes the place of what was charged for it,
   * in the account and at the time of the request that asked for it. Where that request was archived, what was charged
   * is not counted here, and so is not taken back either.
   */
  #settled({ time, charge, instead_of: before, ...fields }: JsonObject): void {
    if (typeof time !== 'string' || !isObject(charge) || !isObject(before)) return;
    if (this.#since !== undefined && time < this.#since) return;
    this.#count(time, fields, before, 'charge', -1);
    this.#count(time, fields, charge, 'charge');
  }

  #lost(time: string, fields: JsonObject): void {
    if (isObject(fields.reserved)) this.#count(time, fields, fields.reserved, 'estimate');
  }

  /** @param sign -1 to take back what was counted */
  #count(
    time: string,
    fields: JsonObject,
    used: JsonObject,
    as: 'charge' | 'estimate',
    sign: 1 | -1 = 1,
  ): void {
    const { since, until } = this.#query;
    if ((since !== undefined && time < since) || (until !== undefined && time >= until)) return;
    const cost = typeof used.cost === 'string' ? nanoDollars(used.cost) : undefined;
    const number = (name: string) => (typeof used[name] === 'number' ? sign * used[name] : 0);
    for (const sums of [this.total, this.#row(time, fields)]) {
      sums.requests += sign;
      sums.input += number('input');
      sums.cached += number('cached');
      sums.cache_write += number('cacheWrite');
      sums.output += number('output');
      sums.reasoning += number('reasoning');
      sums.cost += BigInt(sign) * (cost ?? 0n);
      if (cost === undefined) sums.unpriced += sign;
      if (as === 'estimate' || used.basis === 'estimated') sums.estimated += sign;
    }
  }

  #row(time: string, fields: JsonObject): UsageSums {
    const { by } = this.#query;
    if (by.length === 0) return none();
    const values = by.map((name) => labelOf(name, time, fields));
    const key = JSON.stringify(values);
    let row = this.#rows.get(key) ?? (this.#rows.size >= MOST_ROWS ? this.#rows.get(OTHERS) : undefined);
    if (row === undefined) {
      const full = this.#rows.size >= MOST_ROWS;
      row = {
        of: Object.fromEntries(by.map((name, index) => [name, full ? OTHERS : values[index]])),
        sums: none(),
      };
      this.#rows.set(full ? OTHERS : key, row);
    }
    return row.sums;
  }
}

const none = (): UsageSums => ({
  requests: 0,
  input: 0,
  cached: 0,
  cache_write: 0,
  output: 0,
  reasoning: 0,
  cost: 0n,
  unpriced: 0,
  estimated: 0,
});

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Names for people: of a caller the name, of a key its id. */
function labelOf(by: UsageBy, time: string, fields: JsonObject): string {
  const caller = isObject(fields.caller) ? fields.caller : {};
  switch (by) {
    case 'caller':
      return word(caller.name ?? caller.id);
    case 'team':
      return word(caller.team);
    case 'key':
      return word(caller.credential);
    case 'day':
      return time.slice(0, 10);
    case 'month':
      return time.slice(0, 7);
    default:
      return word(fields[by]);
  }
}

const word = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** Reads a ledger's files, also while a gateway writes to them. Throws Problem('environment') or ('findings'). */
export async function reportUsage(
  folder: string,
  query: UsageQuery,
  onRead: (bytes: number) => void = () => {},
  archive?: string,
): Promise<UsageReport> {
  const report = new UsageReport(query);
  let read = 0;
  const segments = await listSegments(folder, archive);
  report.first = segments[0]?.first ?? 0;
  for (const { folder: place, file } of segments) {
    let last = 0;
    for await (const { entry, end } of segmentEntries(place, file)) {
      report.add(entry);
      onRead(read + end);
      last = end;
    }
    read += last;
  }
  return report;
}

/** A list such as `team,month`; undefined where it is none. */
export function readUsageBy(text: string): UsageBy[] | undefined {
  const names = text.split(',').map((name) => name.trim());
  const known = names.filter((name): name is UsageBy => (USAGE_BY as readonly string[]).includes(name));
  return known.length === names.length && new Set(known).size === known.length ? known : undefined;
}

/** Sums as JSON has them: the cost as an exact decimal of dollars. */
export const usageJson = ({ cost, ...sums }: UsageSums): JsonObject => ({ ...sums, cost: dollarsOf(cost) });

export const reportJson = (report: UsageReport): JsonObject => ({
  rows: report.rows().map(({ of, sums }): JsonObject => ({ ...of, ...usageJson(sums) })),
  total: usageJson(report.total),
  open: report.open,
  ...(report.first > 0 && { first_entry: report.first }),
});
