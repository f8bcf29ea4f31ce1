import type { Entry } from '../audit/entry.ts';
import type { Alert } from './alert.ts';
import type { Event } from './facts.ts';
import { Joiner, type JoinerState } from './joiner.ts';
import { localTimes } from './local-time.ts';
import type { Rule } from './rule.ts';
import { RunningRule, type SavedGroup, type SpanState } from './running-rule.ts';

/** Stops that are remembered: spans of time that they touch are not judged. */
const OUTAGES = 64;

/** What a detector remembers, but for its groups. */
export interface Head {
  /** Number of the entry that it waits for. */
  readonly next: number;
  readonly time: number;
  readonly joiner: JoinerState;
  readonly outages: readonly (readonly [number, number])[];
  readonly rules: { readonly [id: string]: { readonly digest: string; readonly span: SpanState | null } };
}

/** What changed since it was asked last. */
export interface Changes {
  readonly head: Head;
  readonly groups: readonly SavedGroup[];
}

/**
 * Rules over entries, one by one as they come: the same entries give the same alerts, whatever the pieces in which they come, and
 * wherever it was saved and restored between. Its time is that of entries; memory is bounded by rules and groups.
 */
export class Detector {
  readonly #rules: readonly RunningRule[];
  readonly #joiner: Joiner;
  /** Rules by the kinds of entries that concern them, made as kinds are met. */
  readonly #byKind = new Map<string, readonly RunningRule[]>();
  readonly #series: readonly RunningRule[];
  #outages: (readonly [number, number])[] = [];
  #next = 0;
  #time = 0;

  /** @param zone of the fields `hour` and `weekday`, an IANA name */
  constructor(rules: readonly Rule[], zone = 'UTC') {
    this.#joiner = new Joiner(localTimes(zone));
    const unknown = (from: number, to: number): boolean =>
      this.#outages.some(([begin, end]) => begin < to && from <= end);
    this.#rules = rules.map((rule) => new RunningRule(rule, unknown));
    this.#series = this.#rules.filter(({ turns }) => turns);
  }

  /** Number of the entry that it waits for. */
  get next(): number {
    return this.#next;
  }

  /** The time that it has come to. */
  get time(): number {
    return this.#time;
  }

  /** Groups that are remembered, of all rules. */
  get groups(): number {
    return this.#rules.reduce((sum, { size }) => sum + size, 0);
  }

  /** Entries in order; those that it has had are left out. */
  take(entries: readonly Entry[]): Alert[] {
    const alerts: Alert[] = [];
    for (const entry of entries) {
      if (entry.seq < this.#next) continue;
      this.#next = entry.seq + 1;
      if (entry.kind === 'system.start') this.#wasOut(Date.parse(entry.time));
      for (const event of this.#joiner.events(entry)) this.#see(event, alerts);
    }
    return alerts;
  }

  /** Events that come from nowhere, as in tests of rules. */
  play(events: readonly Event[]): Alert[] {
    const alerts: Alert[] = [];
    for (const event of events) this.#see(event, alerts);
    return alerts;
  }

  /** It is so late now, though nothing came: spans of time that are over are closed. @param time milliseconds since 1970 */
  advance(time: number): Alert[] {
    const alerts: Alert[] = [];
    this.#turn(time, alerts);
    return alerts;
  }

  /** What changed since it was asked last; all groups that are not in it are as they were. */
  changes(): Changes {
    const rules = Object.fromEntries(
      this.#rules.map(({ rule, span }) => [rule.id, { digest: rule.digest, span: span ?? null }]),
    );
    return {
      head: { next: this.#next, time: this.#time, joiner: this.#joiner.state, outages: this.#outages, rules },
      groups: this.#rules.flatMap((rule) => rule.changes()),
    };
  }

  /** Goes on where another was saved. Rules that it did not have, or had otherwise, begin with nothing. */
  restore(head: Head, groups: Iterable<SavedGroup>): void {
    this.#next = head.next;
    this.#time = head.time;
    this.#outages = [...head.outages];
    this.#joiner.restore(head.joiner);
    const same = new Map<string, RunningRule>();
    for (const rule of this.#rules) {
      const saved = head.rules[rule.rule.id];
      if (saved?.digest !== rule.rule.digest) continue;
      rule.restoreSpan(saved.span ?? undefined);
      same.set(rule.rule.id, rule);
    }
    for (const group of groups) same.get(group.rule)?.restoreGroup(group);
  }

  #see(given: Event, alerts: Alert[]): void {
    this.#turn(given.time, alerts);
    // A clock that was set back: time goes on from where it was.
    const event = given.time < this.#time ? { ...given, time: this.#time } : given;
    for (const rule of this.#concerned(String(event.facts.kind))) rule.see(event, alerts);
  }

  #turn(time: number, alerts: Alert[]): void {
    if (time <= this.#time) return;
    this.#time = time;
    for (const rule of this.#series) rule.turn(time, alerts);
  }

  #concerned(kind: string): readonly RunningRule[] {
    const known = this.#byKind.get(kind);
    if (known !== undefined) return known;
    const rules = this.#rules.filter(({ rule }) =>
      // What it tells itself concerns only who asks for it.
      rule.kinds === undefined ? kind !== 'detect.alert' : rule.kinds.has(kind.toLowerCase()),
    );
    // Kinds are few; whoever wrote a ledger of others is not to fill the memory.
    if (this.#byKind.size < 1000) this.#byKind.set(kind, rules);
    return rules;
  }

  #wasOut(time: number): void {
    if (this.#time === 0) return;
    this.#outages.push([this.#time, time]);
    if (this.#outages.length > OUTAGES) this.#outages.shift();
  }
}
