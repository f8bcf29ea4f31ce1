import type { DatabaseSync } from 'node:sqlite';
import { timeOfRequest } from '../base/ids.ts';
import type { Exchange } from './exchange.ts';
import { HOUR, MINUTE } from './traffic.ts';
import type { Views } from './views.ts';

/** What is looked for; all of it must hold. Newest first. */
export interface ExchangeQuery {
  /** Milliseconds since 1970: those that ended then or later, and before; to the minute. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** The caller's id. */
  readonly caller?: string | undefined;
  readonly outcome?: string | undefined;
  readonly team?: string | undefined;
  readonly model?: string | undefined;
  readonly upstream?: string | undefined;
  readonly operation?: string | undefined;
  readonly code?: string | undefined;
  /** A reason that a guard gave. */
  readonly reason?: string | undefined;
  readonly admin?: boolean | undefined;
  /** Below this entry: the `next` of the page before. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Where to go on; undefined: there is no more. A page may have less than its limit, and more may come. */
  readonly next: number | undefined;
}

/** An exchange as it is listed. */
export type Listed = Omit<Exchange, 'reasons'> & { readonly findings: number };

/** Rows that are looked at for one page, so that what is rare does not hold up everybody else. */
const LOOKED_AT = 200_000;

const OUTCOMES = ['completed', 'refused', 'blocked', 'cut', 'failed'];
const FILTERS = ['team', 'model', 'upstream', 'operation', 'code'] as const;

type Row = Record<string, number | string>;
type Bind = number | string;

/**
 * Finds exchanges. By time, caller and outcome at once, by way of an index; by all else among those, at most
 * {@link LOOKED_AT} of them a page.
 */
export function searchExchanges(views: Views, query: ExchangeQuery): Page<Listed> {
  const { database, words } = views;
  const idOf = (text: string): number => words.find(text) ?? -1;
  const [from, to] = boundsOf(database, query);
  const filters: string[] = ['1'];
  const binds: Bind[] = [];
  for (const name of FILTERS) {
    const wanted = query[name];
    if (wanted === undefined) continue;
    filters.push(`${name} = ?`);
    binds.push(idOf(wanted));
  }
  if (query.admin !== undefined) {
    filters.push('admin = ?');
    binds.push(Number(query.admin));
  }
  const scans = scansOf(query, idOf);
  const pages = scans.map(({ source, where, values }) => {
    const looked = `SELECT e.* FROM ${source} WHERE ${where} AND e.seq >= ? AND e.seq < ? ORDER BY e.seq DESC LIMIT ${LOOKED_AT}`;
    const rows = database
      .prepare(`SELECT * FROM (${looked}) WHERE ${filters.join(' AND ')} LIMIT ?`)
      .all(...values, from, to, ...binds, query.limit) as Row[];
    if (rows.length === query.limit) return { rows, upTo: Number(rows.at(-1)?.seq) };
    // As far as was looked, where that was not to the end.
    const last = database
      .prepare(`SELECT seq FROM (${looked}) LIMIT 1 OFFSET ${LOOKED_AT - 1}`)
      .get(...values, from, to);
    return { rows, upTo: last === undefined ? from : Number(last.seq) };
  });
  // Only as far as all have come.
  const upTo = Math.max(...pages.map((page) => page.upTo));
  const found = pages
    .flatMap((page) => page.rows)
    .filter(({ seq }) => Number(seq) >= upTo)
    .sort((a, b) => Number(b.seq) - Number(a.seq))
    .slice(0, query.limit);
  const end = found.length === query.limit ? Number(found.at(-1)?.seq) : upTo;
  return { rows: found.map((row) => listed(views, row)), next: end > from ? end : undefined };
}

/** Nothing is at work for longer. */
const LONGEST = 12 * HOUR;

/** The exchange of a request, by its id; undefined where none is known, or it has not ended. */
export function findExchange(views: Views, id: string): Listed | undefined {
  const time = timeOfRequest(id);
  if (time === undefined) return undefined;
  // It says when it came; it was recorded then or later.
  const [from, to] = boundsOf(views.database, { since: time - MINUTE, until: time + LONGEST });
  const row = views.database
    .prepare('SELECT * FROM exchanges WHERE seq >= ? AND seq < ? AND id = ? ORDER BY seq LIMIT 1')
    .get(from, to, id) as Row | undefined;
  return row && listed(views, row);
}

/** One look for each way in which an index has the rows in order. */
function scansOf(query: ExchangeQuery, idOf: (text: string) => number) {
  const { caller, outcome, reason } = query;
  const outcomes = outcome === undefined ? OUTCOMES : [outcome];
  if (reason !== undefined) {
    const where = ['f.reason = ?', ...(caller === undefined ? [] : ['e.caller = ?'])];
    if (outcome !== undefined) where.push('e.outcome = ?');
    const values = [reason, caller, outcome].flatMap((text) => (text === undefined ? [] : [idOf(text)]));
    return [{ source: 'found f JOIN exchanges e ON e.seq = f.seq', where: where.join(' AND '), values }];
  }
  if (caller !== undefined)
    return outcomes.map((one) => ({
      source: 'exchanges e INDEXED BY exchanges_of_callers',
      where: 'e.caller = ? AND e.outcome = ?',
      values: [idOf(caller), idOf(one)],
    }));
  if (outcome !== undefined)
    return [
      {
        source: 'exchanges e INDEXED BY exchanges_by_outcome',
        where: 'e.outcome = ?',
        values: [idOf(outcome)],
      },
    ];
  return [{ source: 'exchanges e', where: '1', values: [] }];
}

/** Numbers of entries for a time: from, and below which. Entries come in the order of time, give or take a clock. */
function boundsOf(
  database: DatabaseSync,
  { since, until, before }: Pick<ExchangeQuery, 'since' | 'until' | 'before'>,
): [number, number] {
  const first = (minute: number): number | undefined => {
    const row = database
      .prepare('SELECT seq FROM times WHERE minute >= ? ORDER BY minute LIMIT 1')
      .get(minute);
    return row === undefined ? undefined : Number(row.seq);
  };
  const end = Number.MAX_SAFE_INTEGER;
  const from = since === undefined ? 0 : (first(Math.floor(since / MINUTE)) ?? end);
  const to = until === undefined ? end : (first(Math.ceil(until / MINUTE)) ?? end);
  return [from, Math.min(to, before ?? end)];
}

function listed({ words, database }: Views, row: Row): Listed {
  const word = (name: string): string => words.textOf(Number(row[name]));
  const name = database.prepare('SELECT name FROM names WHERE caller = ?').get(Number(row.caller));
  return {
    seq: Number(row.seq),
    began: Number(row.began),
    time: Number(row.time),
    id: String(row.id),
    caller: word('caller'),
    name: String(name?.name ?? ''),
    team: word('team'),
    model: word('model'),
    upstream: word('upstream'),
    operation: word('operation'),
    outcome: word('outcome'),
    code: word('code'),
    admin: row.admin === 1,
    status: Number(row.status),
    ms: Number(row.ms),
    guarding: Number(row.guarding),
    input: Number(row.input),
    output: Number(row.output),
    cost: Number(row.cost),
    findings: Number(row.found),
  };
}

export interface EventQuery {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** The kind of entry, exactly. */
  readonly kind?: string | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface Event {
  readonly seq: number;
  readonly time: number;
  readonly kind: string;
  /** Id of the caller whom it is about, or whose doing it is; may be empty. */
  readonly caller: string;
}

/** Entries that are no exchange, newest first. */
export function searchEvents({ database, words }: Views, query: EventQuery): Page<Event> {
  const [from, to] = boundsOf(database, query);
  const kind = query.kind === undefined ? [] : [words.find(query.kind) ?? -1];
  const rows = database
    .prepare(
      `SELECT * FROM events WHERE ${kind.length > 0 ? 'kind = ? AND ' : ''}seq >= ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
    )
    .all(...kind, from, to, query.limit);
  const found = rows.map((row) => ({
    seq: Number(row.seq),
    time: Number(row.time),
    kind: words.textOf(Number(row.kind)),
    caller: words.textOf(Number(row.caller)),
  }));
  return { rows: found, next: found.length === query.limit ? found.at(-1)?.seq : undefined };
}
