import type { Entry } from '../audit/entry.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { nanoDollars } from '../base/money.ts';

/** A request as the ledger has it, from its first entry to its last. No text of it is here, as none is there. */
export interface Exchange {
  /** Of its closing entry. */
  readonly seq: number;
  /** Of its first entry; the same where there is one only. */
  readonly began: number;
  /** When it came, in milliseconds since 1970. */
  readonly time: number;
  readonly id: string;
  /** Empty: nobody known. */
  readonly caller: string;
  readonly name: string;
  readonly team: string;
  readonly model: string;
  readonly upstream: string;
  readonly operation: string;
  /** completed, refused, blocked, cut, failed. */
  readonly outcome: string;
  /** Of the refusal; empty where there was none. */
  readonly code: string;
  /** It was administrative. */
  readonly admin: boolean;
  readonly status: number;
  readonly ms: number;
  /** Milliseconds of these that guards were at work. */
  readonly guarding: number;
  readonly input: number;
  readonly output: number;
  /** Nano-dollars. */
  readonly cost: number;
  /** What guards found, each reason once. */
  readonly reasons: readonly string[];
}

/** The facts of a first entry that its closing entry does not say again. */
export type Begun = JsonObject;

/** Entries that are the first of two. */
export const begins = ({ kind }: Entry): boolean => kind === 'request.begin' || kind === 'admin.begin';

/** Entries that close an exchange: the second of two, or the only one. */
export const closes = ({ kind }: Entry): boolean =>
  /^(?:request|admin)\.(?:end|refused|answered)$/.test(kind);

/** What is kept of a first entry until the last. */
export function begunOf({ time, fields }: Entry): Begun {
  const { id, caller, model, upstream, operation, inspected } = fields;
  const reasons = reasonsOf(inspected);
  return {
    time,
    id: id ?? '',
    ...(caller !== undefined && { caller }),
    ...(model !== undefined && { model }),
    ...(upstream !== undefined && { upstream }),
    ...(operation !== undefined && { operation }),
    ...(reasons.length > 0 && { reasons }),
  };
}

/** @param begun its first entry's; undefined where it has none, or none is known of any more */
export function exchangeOf(entry: Entry, begun: Begun | undefined): Exchange {
  const { seq, fields } = entry;
  const of = (name: string): Json | undefined => fields[name] ?? begun?.[name];
  const text = (name: string): string => textOf(of(name));
  const caller = objectOf(of('caller'));
  const charge = objectOf(fields.charge);
  const first = Array.isArray(begun?.reasons) ? begun.reasons.map(textOf) : [];
  const later = [...reasonsOf(fields.inspected), ...reasonsOf(fields.reply_inspected)];
  return {
    seq,
    began: typeof fields.begin === 'number' ? fields.begin : seq,
    time: Date.parse(textOf(begun?.time) || entry.time),
    id: text('id'),
    caller: textOf(caller.id),
    name: textOf(caller.name),
    team: textOf(caller.team),
    model: text('model'),
    upstream: text('upstream'),
    operation: text('operation'),
    outcome: text('outcome'),
    code: text('code'),
    admin: entry.kind.startsWith('admin.'),
    status: numberOf(fields.status),
    ms: numberOf(fields.ms),
    guarding: numberOf(fields.guarding),
    input: numberOf(charge.input),
    output: numberOf(charge.output),
    cost: Number(nanoDollars(textOf(charge.cost) || '0') ?? 0n),
    reasons: [...new Set([...first, ...later])],
  };
}

/** The reasons that guards gave, of what an entry says of an inspection. */
function reasonsOf(inspected: Json | undefined): string[] {
  const guards = Object.values(objectOf(objectOf(inspected).guards));
  const found = guards.flatMap((guard) => objectOf(guard).findings ?? []);
  return [...new Set(found.flatMap((finding) => textOf(objectOf(finding).reason) || []))];
}

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const numberOf = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);
