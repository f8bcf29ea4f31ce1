import type { Entry } from '../../audit/entry.ts';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { nanoDollars } from '../../base/money.ts';
import { ledgerPaths } from '../../ledger/init.ts';
import { entriesHolding } from '../../ledger/search.ts';
import { watcherOf } from '../admin/exchanges.ts';
import type { Gate } from '../house.ts';

/** An exchange as its two entries have it. */
export interface PastExchange {
  readonly id: string;
  /** When it came and when it was over, in milliseconds since 1970. */
  readonly came: number;
  readonly ended: number;
  /** Hash of the policy that decided. */
  readonly policy: string;
  /** Id of the caller; empty: nobody known. */
  readonly caller: string;
  readonly name: string;
  readonly team: string;
  readonly credential: string;
  readonly peer: string;
  readonly model: string;
  readonly upstream: string;
  readonly operation: string;
  readonly purpose: string | undefined;
  readonly consent: readonly string[];
  readonly subject: string | undefined;
  readonly outcome: string;
  /** Of its refusal; empty: there was none. */
  readonly code: string;
  /** Set aside and charged, in tokens and nano-dollars; undefined where it did not come so far. */
  readonly reserved: Amount | undefined;
  readonly charged: Amount | undefined;
  readonly bytes: number;
  readonly prompt: Json | undefined;
  readonly reply: Json | undefined;
  readonly kept: { readonly prompt: boolean; readonly reply: boolean; readonly blocked: boolean };
}

export interface Amount {
  readonly tokens: number;
  readonly dollars: number;
}

/** Exchanges of one run, and of one page of the views. */
export const MOST = 20_000;
const PAGE = 1000;

/** Numbers of the first entries of a window, rising, at most {@link MOST} of the newest. */
export async function beganIn(
  gate: Gate,
  since: number,
  until: number,
): Promise<{ readonly began: readonly number[]; readonly cut: boolean }> {
  const began: number[] = [];
  let before: number | undefined;
  do {
    const page = await watcherOf(gate).ask('exchanges', { since, until, admin: false, before, limit: PAGE });
    for (const row of page.rows) if (row.time >= since && row.time < until) began.push(row.began);
    before = page.next;
  } while (before !== undefined && began.length < MOST);
  const cut = began.length > MOST || before !== undefined;
  return { began: began.slice(0, MOST).sort((a, b) => a - b), cut };
}

/** Those exchanges, in the order in which they ended. Bounded by what is open at once. */
export async function* pastExchanges(gate: Gate, began: readonly number[]): AsyncGenerator<PastExchange> {
  const wanted = new Set(began);
  const open = new Map<number, Entry>();
  const { data, ledger } = gate.house.settings;
  const place = { from: began[0] ?? 0, archive: ledger.archive?.to };
  if (wanted.size === 0) return;
  for await (const entry of entriesHolding(ledgerPaths(data).folder, '"kind":"request.', place)) {
    if (entry.kind === 'request.begin') {
      if (wanted.has(entry.seq)) open.set(entry.seq, entry);
      continue;
    }
    const first = entry.kind === 'request.end' ? Number(entry.fields.begin) : entry.seq;
    if (!wanted.delete(first)) continue;
    const begin = open.get(first);
    open.delete(first);
    yield exchangeOf(begin ?? entry, entry);
    if (wanted.size === 0) return;
  }
}

function exchangeOf(begin: Entry, end: Entry): PastExchange {
  const [first, last] = [begin.fields, end.fields];
  const of = (name: string): Json | undefined => last[name] ?? first[name];
  const caller = objectOf(of('caller'));
  const content = objectOf(last.content);
  const ended = Date.parse(end.time);
  const consent = of('consent');
  return {
    id: textOf(first.id),
    came: begin === end ? ended - Number(last.ms ?? 0) : Date.parse(begin.time),
    ended,
    policy: textOf(first.policy),
    caller: textOf(caller.id),
    name: textOf(caller.name),
    team: textOf(caller.team),
    credential: textOf(caller.credential),
    peer: textOf(first.peer),
    model: textOf(of('model')),
    upstream: textOf(of('upstream')),
    operation: textOf(of('operation')),
    purpose: textOf(of('purpose')) || undefined,
    consent: Array.isArray(consent) ? consent.map(textOf) : [],
    subject: textOf(of('subject')) || undefined,
    outcome: textOf(last.outcome),
    code: textOf(last.code),
    reserved: amountOf(of('reserved')),
    charged: amountOf(last.charge),
    bytes: Number(objectOf(of('request')).bytes ?? 0),
    prompt: first.inspected,
    reply: begin === end ? last.reply_inspected : last.inspected,
    kept: {
      prompt: isObject(content.prompt),
      reply: isObject(content.reply),
      blocked: isObject(content.blocked),
    },
  };
}

function amountOf(value: Json | undefined): Amount | undefined {
  if (!isObject(value)) return undefined;
  return {
    tokens: Number(value.input ?? 0) + Number(value.output ?? 0),
    dollars: Number(nanoDollars(textOf(value.cost) || '0') ?? 0n),
  };
}

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
