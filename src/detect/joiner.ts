import type { Entry } from '../audit/entry.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { nanoDollars } from '../base/money.ts';
import { networkOf } from '../base/network.ts';
import { CLOSING, type Event, type Fact, type Facts, fieldsOf, LONGEST } from './facts.ts';
import type { LocalTime } from './local-time.ts';

/** First entries that wait for their last. More than a gateway takes at once; beyond, the oldest is let go of. */
const OPEN = 10_000;

/** Read as they stand; the others are made of what an entry says. */
const MADE: ReadonlySet<string> = new Set([
  'kind',
  'closed',
  'caller',
  'clean',
  'hour',
  'weekday',
  'network',
  'input',
  'output',
  'cost',
]);
const TEXTS = fieldsOf('text').filter((name) => !MADE.has(name));
const NUMBERS = fieldsOf('number').filter((name) => !MADE.has(name));
/** Of a first entry, what its last does not say again. */
const JOINED = [
  'admin',
  'caller',
  'name',
  'team',
  'credential',
  'model',
  'upstream',
  'operation',
  'target',
  'peer',
  'network',
  'reason',
  'blocked',
  'findings',
  'guard',
  'guard_failed',
  'guard_skipped',
  'unread',
] as const;

/** What a joiner remembers between entries, as JSON. */
export interface JoinerState {
  readonly open: readonly (readonly [seq: number, Facts])[];
  readonly running: boolean;
}

/** Makes events of entries: flat facts, with those of a first entry joined to its last. */
export class Joiner {
  readonly #local: (time: number) => LocalTime;
  readonly #open = new Map<number, Facts>();
  /** A system.start came, and no system.stop since. */
  #running = false;

  constructor(local: (time: number) => LocalTime) {
    this.#local = local;
  }

  get state(): JoinerState {
    return { open: [...this.#open], running: this.#running };
  }

  restore({ open, running }: JoinerState): void {
    for (const [seq, facts] of open) this.#open.set(seq, facts);
    this.#running = running;
  }

  /** The entry's own event last; before it those of requests of which it shows that they never ended. */
  events(entry: Entry): Event[] {
    const { seq, kind } = entry;
    const time = Date.parse(entry.time);
    const facts = this.#factsOf(entry, time);
    if (kind === 'request.begin' || kind === 'admin.begin') this.#begin(seq, facts);
    if (kind === 'system.stop') this.#running = false;
    if (kind !== 'system.start') return [{ seq, time, facts }];
    const clean = !this.#running;
    this.#running = true;
    return [...this.#unended(time), { seq, time, facts: { ...facts, clean } }];
  }

  #begin(seq: number, facts: Facts): void {
    const kept: Record<string, Fact> = { kind: String(facts.kind) };
    for (const name of JOINED) if (facts[name] !== undefined) kept[name] = facts[name];
    this.#open.set(seq, kept);
    if (this.#open.size <= OPEN) return;
    for (const oldest of this.#open.keys()) {
      this.#open.delete(oldest);
      break;
    }
  }

  /** Whatever was at work when the process was gone. */
  #unended(time: number): Event[] {
    const events = [...this.#open].map(([seq, facts]) => ({
      seq,
      time,
      facts: { ...facts, kind: String(facts.kind).replace('.begin', '.unended'), ...this.#when(time) },
    }));
    this.#open.clear();
    return events;
  }

  #factsOf({ kind, fields }: Entry, time: number): Facts {
    const facts: Record<string, Fact> = { kind, ...this.#when(time) };
    for (const name of TEXTS) {
      const value = fields[name];
      if (typeof value === 'string' && value !== '') facts[name] = value.slice(0, LONGEST);
    }
    for (const name of NUMBERS) {
      const value = fields[name];
      if (typeof value === 'number') facts[name] = value;
    }
    if (fields.admin === true || kind.startsWith('admin.')) facts.admin = true;
    addCaller(facts, fields.caller);
    if (isObject(fields.person) && typeof fields.person.id === 'string') facts.person = fields.person.id;
    addCharge(facts, fields.charge);
    const network = placeOf(fields);
    if (network !== undefined) facts.network = network;
    const before = typeof fields.begin === 'number' ? this.#open.get(fields.begin) : undefined;
    if (before !== undefined) this.#open.delete(Number(fields.begin));
    addFound(facts, [fields.inspected, fields.reply_inspected], before);
    if (typeof fields.reason === 'string') facts.reason = [fields.reason.slice(0, LONGEST)];
    if (!CLOSING.has(kind)) return facts;
    facts.closed = true;
    for (const name of JOINED)
      if (facts[name] === undefined && before?.[name] !== undefined) facts[name] = before[name];
    return facts;
  }

  #when(time: number): LocalTime & Facts {
    const { hour, weekday } = this.#local(time);
    return { hour, weekday };
  }
}

function addCaller(facts: Record<string, Fact>, caller: Json | undefined): void {
  if (typeof caller === 'string' && caller !== '') facts.caller = caller;
  if (!isObject(caller)) return;
  if (typeof caller.id === 'string') facts.caller = caller.id;
  for (const name of ['name', 'team', 'credential'] as const) {
    const value = caller[name];
    if (typeof value === 'string' && value !== '') facts[name] = value.slice(0, LONGEST);
  }
}

function addCharge(facts: Record<string, Fact>, charge: Json | undefined): void {
  if (!isObject(charge)) return;
  if (typeof charge.input === 'number') facts.input = charge.input;
  if (typeof charge.output === 'number') facts.output = charge.output;
  const cost = typeof charge.cost === 'string' ? nanoDollars(charge.cost) : undefined;
  if (cost !== undefined) facts.cost = Number(cost) / 1e9;
}

/** What guards said of a prompt or a reply, and did not say. */
function addFound(
  facts: Record<string, Fact>,
  inspected: readonly (Json | undefined)[],
  before: Facts | undefined,
): void {
  if (inspected.every((one) => one === undefined)) return;
  const sets = {
    reason: new Set(listOf(before?.reason)),
    blocked: new Set(listOf(before?.blocked)),
    guard: new Set(listOf(before?.guard)),
    guard_failed: new Set(listOf(before?.guard_failed)),
    guard_skipped: new Set(listOf(before?.guard_skipped)),
  };
  let findings = Number(before?.findings ?? 0);
  let unread = Number(before?.unread ?? 0);
  for (const one of inspected) {
    if (!isObject(one)) continue;
    for (const [name, verdict] of Object.entries(isObject(one.guards) ? one.guards : {})) {
      if (!isObject(verdict)) continue;
      if (Number(verdict.ran) > 0) sets.guard.add(name);
      if (Array.isArray(verdict.failed) && verdict.failed.length > 0) sets.guard_failed.add(name);
      if (Array.isArray(verdict.skipped) && verdict.skipped.length > 0) sets.guard_skipped.add(name);
      const found = Array.isArray(verdict.findings) ? verdict.findings : [];
      findings += found.length + Number(verdict.more ?? 0);
      for (const finding of found) {
        if (!isObject(finding) || typeof finding.reason !== 'string') continue;
        sets.reason.add(finding.reason);
        if (finding.action === 'block') sets.blocked.add(finding.reason);
      }
    }
    for (const count of Object.values(isObject(one.not_inspected) ? one.not_inspected : {}))
      unread += Number(count);
  }
  for (const [name, set] of Object.entries(sets)) if (set.size > 0) facts[name] = [...set];
  if (findings > 0) facts.findings = findings;
  if (unread > 0) facts.unread = unread;
}

/** As the entry says; else the network of its address. */
function placeOf({ network, peer }: JsonObject): string | undefined {
  if (typeof network === 'string') return network;
  return typeof peer === 'string' ? networkOf(peer, 48) : undefined;
}

const listOf = (fact: Fact | undefined): readonly string[] => (Array.isArray(fact) ? fact : []);
