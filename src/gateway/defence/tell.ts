import type { JsonObject } from '../../base/json.ts';
import type { LedgerDesk } from '../../ledger/desk.ts';
import type { Drift } from '../../monitors/drift.ts';
import type { Alarm } from '../../monitors/watch.ts';
import { type Log, nameOf } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { Strangers } from '../strangers.ts';
import type { Asked, Stance } from './desk.ts';
import type { Known, Step } from './ladder.ts';

/** Entries a minute; alarms beyond are counted. A flood of accounts must not fill the disk. */
const ENTRIES = 120;
/** Things that drift, in one entry. */
const DRIFTS = 16;

export interface TellParts {
  readonly ledger: LedgerDesk;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'alarmed' | 'drifted' | 'outcome'>;
  readonly now: () => number;
}

/** How a caller came from one stance to another: nobody's doing but time's, or a person's. */
export interface Change {
  readonly model: string;
  readonly caller: Known;
  readonly act: 'forgotten' | 'approved' | 'raised' | 'cleared' | 'climbed';
  readonly step: Step;
  /** The request that did it. */
  readonly request?: string | undefined;
  readonly by?: JsonObject;
}

/**
 * What monitors find, for those who run the gateway: entries of the ledger, counts, lines of the log. Nothing of rows or answers
 * is in them. No request waits for it: an alarm is a sign, and its entry takes no longer than the one at the request's end.
 */
export class Teller {
  readonly #parts: TellParts;
  readonly #rate: Strangers;

  constructor(parts: TellParts) {
    this.#parts = parts;
    this.#rate = new Strangers(ENTRIES, parts.now);
  }

  alarm(
    { model, version, request, caller: { id, name, team, credential } }: Asked,
    alarm: Alarm,
    steps: readonly (readonly [Known, Step])[],
  ): void {
    const { log, metrics } = this.#parts;
    metrics.alarmed(model, alarm.monitor);
    log('warn', 'a monitor raised an alarm', { id: request, model, caller: id, code: alarm.monitor });
    for (const [known, step] of steps) this.#waits(model, known, step);
    if (!this.#rate.admit()) {
      // The alarm is only counted, but who stands elsewhere by it is a decision about somebody.
      for (const [caller, step] of steps)
        if (step.before !== step.after || step.waits !== undefined)
          this.#append(stanceEntry({ model, caller: { ...caller }, act: 'climbed', step, request }));
      return;
    }
    const { monitor, scope, technique, strength, query, explanation } = alarm;
    this.#append({
      kind: 'monitor.alarm',
      id: request,
      model,
      ...(version !== undefined && { version }),
      caller: { id, name, team, credential },
      scope,
      monitor,
      atlas: technique.atlas,
      owasp: technique.owasp,
      strength: rounded(strength),
      query,
      explanation,
      stances: steps.map(([known, { before, after, waits }]) => ({
        caller: { ...known },
        before: shown(before),
        after: shown(after),
        ...(waits !== undefined && { waits_for: waits }),
      })),
    });
  }

  /** Strange queries after an alarm, or time. It is recorded however many there are: each is a decision about somebody. */
  moved(change: Change): void {
    this.#waits(change.model, change.caller, change.step);
    this.#append(stanceEntry(change));
  }

  #waits(model: string, { id }: Known, { waits }: Step): void {
    if (waits !== undefined)
      this.#parts.log('warn', 'a caller waits for a person: gatehouse alarms approve', {
        model,
        caller: id,
        code: waits,
      });
  }

  drift(model: string, version: string | undefined, drifts: readonly Drift[]): void {
    if (drifts.length === 0) return;
    for (const { test } of drifts) this.#parts.metrics.drifted(model, test);
    this.#parts.log('warn', 'what a model is asked has drifted', { model, count: drifts.length });
    if (!this.#rate.admit()) return;
    const told = drifts
      .slice(0, DRIFTS)
      .map(({ test, of, value, limit }) => ({ test, of, value: rounded(value), limit: rounded(limit) }));
    this.#append({
      kind: 'monitor.drift',
      model,
      ...(version !== undefined && { version }),
      drifts: told,
      ...(drifts.length > told.length && { more: drifts.length - told.length }),
    });
  }

  outcome(model: string, right: number, wrong: number): void {
    this.#parts.metrics.outcome(model, right, wrong);
  }

  /** What was remembered of a model could not be read. */
  lost(model: string, what: 'ladder' | 'watch'): void {
    this.#parts.log('error', 'what monitors remembered cannot be read: it begins anew', {
      model,
      code: what,
    });
    this.#append({ kind: 'monitor.lost', model, what });
  }

  unsaved(model: string, error: unknown): void {
    this.#parts.log('error', 'what monitors remember cannot be saved', { model, error: nameOf(error) });
  }

  /** Alarms and drifts that had no entry of their own. */
  uncounted(): void {
    const count = this.#rate.takeMissed();
    if (count > 0) this.#append({ kind: 'monitor.uncounted', count });
  }

  #append(entry: { kind: string } & JsonObject): void {
    this.#parts.ledger.append(entry).catch(() => {});
  }
}

export const stanceEntry = ({
  model,
  caller,
  act,
  step,
  request,
  by,
}: Change): { kind: string } & JsonObject => ({
  kind: 'monitor.stance',
  ...(request !== undefined && { id: request }),
  model,
  caller: { ...caller },
  act,
  before: shown(step.before),
  after: shown(step.after),
  ...(step.waits !== undefined && { waits_for: step.waits }),
  ...by,
});

/** Who is at the foot of the ladder is answered as everybody is. */
export const shown = (stance: Stance): string => stance ?? 'none';

/** Four digits are enough for people, and finite ones for JSON. */
const rounded = (value: number): number =>
  Number.isFinite(value) ? Number(value.toPrecision(4)) : Math.sign(value) * Number.MAX_SAFE_INTEGER || 0;
