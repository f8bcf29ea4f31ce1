import type { Clock } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Alarm } from '../../monitors/watch.ts';
import { type PredictionRule, predictionRuleOf, type Response } from '../../policy/predictions.ts';
import { nextSlice, SLICE } from '../slices.ts';
import type { Asked, DefenceDesk, Outcome, Stance, StanceNews } from './desk.ts';
import { Keeper } from './keeper.ts';
import { type Known, Ladder, NO_RULE, ofOwn, type Standing, type Step } from './ladder.ts';
import { Lookout, labelsOf, type Watched } from './lookout.ts';
import { type Change, shown, stanceEntry, Teller, type TellParts } from './tell.ts';

/** What a long minute of monitors is saved after, and who stands elsewhere; milliseconds. */
const MINUTE = 60_000;
const SOON = 1000;

export interface DefenceParts extends Omit<TellParts, 'now'> {
  /** The folder of its files. */
  readonly folder: string;
  /** 32 bytes of the data folder's own; the key of the files is made from it. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  /** Of the policy that stands. */
  readonly rules: () => readonly PredictionRule[];
}

/** What a person decides about a caller. */
export type Decision =
  | { readonly act: 'approved' }
  | { readonly act: 'cleared' }
  | { readonly act: 'raised'; readonly to: Response | undefined };

/** A caller whom an alarm was about, or who was put on a rung. */
export interface Suspect {
  readonly model: string;
  readonly stance: Stance;
  readonly standing: Standing;
}

/**
 * Monitors of all models that have a calibration, and the ladders of their callers. There is one, in the process that has the
 * ledger. It outlives reloads, and its files outlive it: what monitors remember, saved each minute, and who stands where, saved a
 * second after it changes.
 */
export class Defence implements DefenceDesk {
  readonly #parts: DefenceParts;
  readonly #teller: Teller;
  readonly #keeper: Keeper;
  #lookouts: ReadonlyMap<string, Lookout> = new Map();
  readonly #sweeping: NodeJS.Timeout;
  #soon: NodeJS.Timeout | undefined;
  /** Told of all who stand elsewhere than before. */
  onNews: (news: StanceNews) => void = () => {};

  constructor(parts: DefenceParts) {
    this.#parts = parts;
    this.#teller = new Teller({ ...parts, now: parts.clock.now });
    this.#keeper = new Keeper(parts.folder, parts.key, this.#teller);
    this.#sweeping = setInterval(() => void this.sweep(), MINUTE).unref();
  }

  /** Begins to watch, with what was remembered before the process started. */
  async start(watched: readonly Watched[]): Promise<void> {
    (await this.prepare(watched))();
    this.#forget();
  }

  /**
   * Reads what was kept of models that are not watched yet; watches these models, and no others, from when what it returns is
   * called. Of one that is watched already, everything stays.
   */
  async prepare(watched: readonly Watched[]): Promise<() => void> {
    const fresh = new Map<string, Lookout>();
    for (const one of watched) {
      if (this.#lookouts.has(one.model)) continue;
      const lookout = new Lookout(one, this.#ruleOf(one.model).budget);
      await this.#keeper.load(lookout);
      fresh.set(one.model, lookout);
    }
    return () => this.#take(watched, fresh);
  }

  #take(watched: readonly Watched[], fresh: ReadonlyMap<string, Lookout>): void {
    const before = this.#lookouts;
    this.#lookouts = new Map(
      watched.map((one) => {
        const { budget } = this.#ruleOf(one.model);
        const known = before.get(one.model) ?? fresh.get(one.model);
        return [one.model, known?.isOf(one, budget) ? known : new Lookout(one, budget, known)];
      }),
    );
    // Whoever is watched again later is not forgotten.
    for (const [model, lookout] of before)
      if (!this.#lookouts.has(model)) this.#keeper.save(lookout).catch(() => {});
    this.onNews(this.stances());
  }

  stanceOf(model: string, caller: string): Stance {
    return this.#lookouts.get(model)?.ladder.stanceOf(caller, this.#ruleOf(model));
  }

  async observe(asked: Asked): Promise<Stance> {
    const { model, request, caller, rows, features, scores, classes } = asked;
    const lookout = this.#lookouts.get(model);
    if (lookout === undefined) return undefined;
    const count = rows.length / features;
    if (!Number.isInteger(count) || scores.length !== count * classes)
      throw new Refusal('internal', { cause: new RangeError('rows and scores do not fit together') });
    lookout.meet(caller);
    const before = this.stanceOf(model, caller.id);
    for (let at = 0; at < count; at++) {
      if (count > SLICE && at % SLICE === 0) await nextSlice();
      try {
        this.#see(lookout, asked, at);
      } catch (cause) {
        throw new Refusal('internal', { cause });
      }
    }
    lookout.answered.add(request, caller, labelsOf(asked), before !== 'decoy');
    return this.stanceOf(model, caller.id);
  }

  #see(lookout: Lookout, asked: Asked, at: number): void {
    const { model, version, caller, request } = asked;
    const rule = this.#ruleOf(model);
    const now = this.#parts.clock.now();
    const { counted, alarms, strange, drifts } = lookout.observe(asked, at);
    if (!counted) return;
    for (const alarm of alarms) this.#alarm(lookout, asked, alarm, now);
    // A query that raised an alarm has climbed by it.
    const step =
      alarms.length > 0 ? undefined : lookout.ladder.query(known(caller), strange.some(ofOwn), rule, now);
    if (step !== undefined)
      this.#moved(lookout, { model, caller: known(caller), act: 'climbed', step, request });
    // What was counted is saved with the rest, each minute.
    else if (lookout.ladder.get(caller.id) !== undefined) lookout.moved = true;
    this.#teller.drift(model, version, lookout.news(drifts, now));
  }

  #alarm(lookout: Lookout, asked: Asked, alarm: Alarm, now: number): void {
    const { monitor, scope, strength, query, explanation, technique } = alarm;
    const { atlas, owasp } = technique;
    const note = {
      time: now,
      request: asked.request,
      monitor,
      scope,
      strength,
      query,
      explanation,
      atlas,
      owasp,
    };
    const rule = this.#ruleOf(asked.model);
    if (scope === 'team' && asked.caller.team !== '') lookout.ladder.suspect(asked.caller.team, now);
    const steps = alarm.callers.map((id): [Known, Step] => {
      const whom = id === asked.caller.id ? known(asked.caller) : lookout.knownAs(id);
      return [whom, lookout.ladder.alarm(whom, note, rule)];
    });
    this.#teller.alarm(asked, alarm, steps);
    for (const [{ id }, step] of steps) this.#push(lookout, id, step);
  }

  async outcome({ model, request, caller, labels }: Outcome): Promise<boolean> {
    const lookout = this.#lookouts.get(model);
    const answered = lookout?.answered.take(request, caller, labels.length);
    if (lookout === undefined || answered === undefined) return false;
    // Whoever reports what a decoy said is told the same as everybody.
    if (!answered.own) return true;
    const rights = labels.map((label, at) => label === answered.labels[at]);
    const right = rights.filter(Boolean).length;
    this.#teller.outcome(model, right, rights.length - right);
    const now = this.#parts.clock.now();
    this.#teller.drift(model, undefined, lookout.news(lookout.outcome(rights), now));
    return true;
  }

  /** Everybody whom an alarm was about. */
  suspects(): Suspect[] {
    return [...this.#lookouts.values()].flatMap(({ model, ladder }) => {
      const rule = this.#ruleOf(model);
      return ladder.all.map((standing) => ({ model, standing, stance: ladder.stanceOf(standing.id, rule) }));
    });
  }

  /** The same for metrics, without names. */
  standing(): { model: string; stance: string; waits: boolean }[] {
    return this.suspects().map(({ model, stance, standing }) => ({
      model,
      stance: shown(stance),
      waits: standing.waiting !== null,
    }));
  }

  /** Models that are watched. */
  get models(): readonly string[] {
    return [...this.#lookouts.keys()];
  }

  /** What monitors of a model know of a caller; undefined where they know nothing. */
  evidence(model: string, caller: string): ReturnType<Lookout['about']> {
    return this.#lookouts.get(model)?.about(caller);
  }

  /** All who do not stand at the foot of a ladder. */
  stances(): StanceNews {
    const moved = this.suspects().flatMap(({ model, standing, stance }) =>
      stance === undefined ? [] : [{ model, caller: standing.id, stance }],
    );
    return { all: true, stances: moved };
  }

  /**
   * What a person decides: into the ledger, then it holds, then it is durable. Rejects with a Refusal where there is nothing of
   * that kind to decide.
   */
  async decide(model: string, caller: Known, decision: Decision, by: JsonObject): Promise<Step> {
    const lookout = this.#lookouts.get(model);
    if (lookout === undefined)
      throw new Refusal('not_found', { hint: 'No monitors watch a model of that name.' });
    const decide = (ladder: Ladder) => this.#decided(ladder, model, caller, decision);
    const trial = new Ladder();
    trial.load(structuredClone(lookout.ladder.state));
    const change = { model, caller, act: decision.act, step: decide(trial), by };
    await this.#parts.ledger.append(stanceEntry(change));
    const team = lookout.ladder.get(caller.id)?.team ?? '';
    const step = decide(lookout.ladder);
    if (decision.act === 'cleared') lookout.clear(caller.id, team);
    this.#push(lookout, caller.id, step);
    await this.#keeper.save(lookout, { ladderOnly: decision.act !== 'cleared', throws: true });
    return step;
  }

  #decided(ladder: Ladder, model: string, caller: Known, decision: Decision): Step {
    const rule = this.#ruleOf(model);
    if (decision.act === 'approved')
      return ladder.approve(caller.id, rule) ?? conflict('Nothing waits for a person to say so.');
    if (decision.act === 'cleared')
      return ladder.clear(caller.id, rule) ?? conflict('Nothing stands against them.');
    return (
      ladder.raise(caller, decision.to, rule, this.#parts.clock.now()) ??
      conflict('The ladder of the policy has no such rung, or they stand on its last.')
    );
  }

  /** Each minute: what time forgets, and what is to be saved. */
  async sweep(): Promise<void> {
    this.#forget();
    this.#teller.uncounted();
    for (const lookout of this.#lookouts.values()) await this.#keeper.save(lookout);
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeping);
    clearTimeout(this.#soon);
    for (const lookout of this.#lookouts.values()) await this.#keeper.save(lookout);
  }

  #forget(): void {
    for (const lookout of this.#lookouts.values()) {
      const { model, ladder } = lookout;
      const rule = this.#ruleOf(model);
      const before = new Map(ladder.all.map(({ id }) => [id, ladder.stanceOf(id, rule)]));
      const { callers, teams } = ladder.forget(rule, this.#parts.clock.now());
      for (const team of teams) lookout.clearTeam(team);
      for (const standing of callers) {
        const step = { before: before.get(standing.id), after: undefined, waits: undefined };
        lookout.clear(standing.id);
        this.#moved(lookout, { model, caller: known(standing), act: 'forgotten', step });
      }
    }
  }

  #moved(lookout: Lookout, change: Change): void {
    this.#teller.moved(change);
    this.#push(lookout, change.caller.id, change.step);
  }

  #push(lookout: Lookout, caller: string, { before, after }: Step): void {
    lookout.moved = true;
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      for (const one of this.#lookouts.values()) this.#keeper.save(one, { ladderOnly: true }).catch(() => {});
    }, SOON).unref();
    if (before !== after)
      this.onNews({ all: false, stances: [{ model: lookout.model, caller, stance: after ?? null }] });
  }

  #ruleOf(model: string): Pick<PredictionRule, 'ladder' | 'forget' | 'patience' | 'budget'> {
    return predictionRuleOf(this.#parts.rules(), model) ?? { ...NO_RULE, budget: {} };
  }
}

const known = ({ id, name, team }: Known): Known => ({ id, name, team });

function conflict(hint: string): never {
  throw new Refusal('conflict', { hint });
}
