import { ACROSS } from '../../monitors/suspicion.ts';
import { type PredictionRule, RESPONSES, type Response } from '../../policy/predictions.ts';
import type { Stance } from './desk.ts';

/** What of a rule is about callers whom an alarm was about. */
export type LadderRule = Pick<PredictionRule, 'ladder' | 'forget' | 'patience'>;

const DAY = 86_400_000;

/** Where the policy says nothing of a model: alarms are told, and nothing else is done. */
export const NO_RULE: LadderRule = {
  ladder: [{ respond: 'log', shapers: [], model: undefined, approval: false }],
  forget: 30 * DAY,
  patience: 50,
};

/**
 * Strange queries that honest callers have, as a share: the sum of what all monitors call strange by chance, and half as much
 * again for callers who are not quite like the calibration. Only what is beyond it counts.
 */
const BY_CHANCE = 0.15;
/** Alarms about one caller that are kept, the newest. */
const ALARMS = 8;

/** An alarm, as it is kept with those whom it was about. Plain data. */
export interface AlarmNote {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly request: string;
  readonly monitor: string;
  readonly scope: 'caller' | 'team' | 'everyone';
  readonly strength: number;
  readonly query: number;
  readonly explanation: string;
  readonly atlas: string;
  readonly owasp: string;
}

/** Whom it is about, as far as known. */
export interface Known {
  readonly id: string;
  readonly name: string;
  readonly team: string;
}

/** What is kept of a caller whom an alarm was about. Plain data. */
export interface Standing extends Known {
  /** The hardest response that they came to; what the policy of now makes of it is their stance. */
  reached: Response | null;
  /** The hardest that a person has let them come to. */
  approved: Response | null;
  /** A rung that is entered when a person says so. */
  waiting: Response | null;
  /** A person has put them there: time does not forget it. */
  held: boolean;
  /** Strange queries since the last rung, beyond those of honest callers. */
  strange: number;
  /** When anything about them was last strange, beyond chance; milliseconds since 1970. */
  last: number;
  alarms: readonly AlarmNote[];
}

/** What came of something. */
export interface Step {
  readonly before: Stance;
  readonly after: Stance;
  /** A rung that they wait below from now on; said once. */
  readonly waits: Response | undefined;
}

const height = (response: Response | null): number => (response === null ? -1 : RESPONSES.indexOf(response));

export interface LadderState {
  readonly standings: readonly Standing[];
  readonly teams: readonly (readonly [string, number])[];
}

/**
 * Who stands where with one model. Those whom no alarm was about are not kept. Bounded: the least suspicious are forgotten
 * first. The policy of now is an argument, so that it holds from the moment in which it is reloaded.
 */
export class Ladder {
  readonly #standings = new Map<string, Standing>();
  /** Teams that an alarm was about, and when. */
  readonly #teams = new Map<string, number>();
  readonly #most: number;

  constructor(most = 10_000) {
    this.#most = most;
  }

  stanceOf(caller: string, rule: LadderRule): Stance {
    return stanceBy(this.#standings.get(caller), rule);
  }

  get(caller: string): Standing | undefined {
    return this.#standings.get(caller);
  }

  get all(): readonly Standing[] {
    return [...this.#standings.values()];
  }

  /**
   * An alarm about a caller. Evidence of their own climbs a rung. What several callers gave together may be another's: it
   * only begins to count their strange queries, and answers them no otherwise than before (`log`).
   */
  alarm(known: Known, note: AlarmNote, rule: LadderRule): Step {
    const standing = this.#open(known, note.time);
    const before = stanceBy(standing, rule);
    standing.alarms = [...standing.alarms, note].slice(-ALARMS);
    standing.last = note.time;
    const isFirstOnly = before === undefined && rule.ladder[0]?.respond === 'log';
    const isOwn = note.scope === 'caller' && ofOwn(note.monitor);
    const waits = isOwn || isFirstOnly ? climb(standing, rule) : undefined;
    return { before, after: stanceBy(standing, rule), waits };
  }

  /** An alarm about a team: strange queries of its callers count from now on. */
  suspect(team: string, now: number): void {
    this.#teams.delete(team);
    this.#teams.set(team, now);
    const [oldest] = this.#teams.keys();
    if (this.#teams.size > this.#most && oldest !== undefined) this.#teams.delete(oldest);
  }

  /**
   * One more query. Of those whom an alarm was about, strange ones are counted, less what chance has (a CUSUM: Page, 1954): each
   * `patience` of them climb a rung. Undefined where nothing is to be told.
   */
  query(known: Known, isStrange: boolean, rule: LadderRule, now: number): Step | undefined {
    const standing =
      this.#standings.get(known.id) ??
      (isStrange && this.#teams.has(known.team) ? this.#open(known, now) : undefined);
    if (standing === undefined) return undefined;
    standing.strange = Math.max(0, standing.strange + (isStrange ? 1 : -BY_CHANCE / (1 - BY_CHANCE)));
    if (isStrange && standing.strange * 2 >= rule.patience) standing.last = now;
    if (standing.strange < rule.patience) return undefined;
    const before = stanceBy(standing, rule);
    const waits = climb(standing, rule);
    const after = stanceBy(standing, rule);
    return after === before && waits === undefined ? undefined : { before, after, waits };
  }

  /** A person lets them come to the rung that they wait below. Undefined where they wait for none. */
  approve(caller: string, rule: LadderRule): Step | undefined {
    const standing = this.#standings.get(caller);
    if (standing === undefined || standing.waiting === null) return undefined;
    const before = stanceBy(standing, rule);
    reach(standing, standing.waiting);
    return { before, after: stanceBy(standing, rule), waits: undefined };
  }

  /**
   * A person puts them on a rung, or on the next one. Undefined where the ladder has none of that name, or none above.
   */
  raise(known: Known, to: Response | undefined, rule: LadderRule, now: number): Step | undefined {
    const { ladder } = rule;
    const found = this.#standings.get(known.id);
    const before = stanceBy(found, rule);
    const rung =
      to === undefined ? ladder[positionOf(found, rule) + 1] : ladder.find(({ respond }) => respond === to);
    if (rung === undefined) return undefined;
    const standing = this.#open(known, now);
    standing.reached = null;
    reach(standing, rung.respond);
    standing.held = true;
    standing.last = now;
    return { before, after: stanceBy(standing, rule), waits: undefined };
  }

  /** Forgets what stood against them, and what they and their team gave together; undefined where nothing did. */
  clear(caller: string, rule: LadderRule): Step | undefined {
    const standing = this.#standings.get(caller);
    if (standing === undefined) return undefined;
    this.#standings.delete(caller);
    this.#teams.delete(standing.team);
    return { before: stanceBy(standing, rule), after: undefined, waits: undefined };
  }

  /** Those of whom nothing was strange for so long are at the foot again. */
  forget({ forget }: LadderRule, now: number): { readonly callers: Standing[]; readonly teams: string[] } {
    if (forget === undefined) return { callers: [], teams: [] };
    const teams = [...this.#teams].flatMap(([team, last]) => (now - last >= forget ? [team] : []));
    const callers = this.all.filter(({ last, held }) => !held && now - last >= forget);
    for (const team of teams) this.#teams.delete(team);
    for (const { id } of callers) this.#standings.delete(id);
    return { callers, teams };
  }

  get state(): LadderState {
    return { standings: this.all, teams: [...this.#teams] };
  }

  load({ standings, teams }: LadderState): void {
    for (const standing of standings) this.#standings.set(standing.id, { ...standing });
    for (const [team, last] of teams) this.#teams.set(team, last);
    this.#shrink();
  }

  #open({ id, name, team }: Known, now: number): Standing {
    const found = this.#standings.get(id);
    const standing: Standing = {
      ...(found ?? {
        reached: null,
        approved: null,
        waiting: null,
        held: false,
        strange: 0,
        last: now,
        alarms: [],
      }),
      id,
      name: name === '' ? (found?.name ?? '') : name,
      team: team === '' ? (found?.team ?? '') : team,
    };
    this.#standings.set(id, standing);
    this.#shrink(id);
    return standing;
  }

  /** Several at once, so that a flood of callers does not sort them each time. */
  #shrink(kept = ''): void {
    if (this.#standings.size <= this.#most) return;
    const least = this.all
      .filter(({ id }) => id !== kept)
      .sort(
        (a, b) =>
          Number(a.held) - Number(b.held) ||
          height(a.reached) - height(b.reached) ||
          a.strange - b.strange ||
          a.last - b.last,
      );
    const surplus = this.#standings.size - this.#most + Math.floor(this.#most / 16);
    for (const { id } of least.slice(0, surplus)) this.#standings.delete(id);
  }
}

/**
 * Whether what a monitor finds about a caller is of the caller's own making. That rows are near to those of others is not: who knows
 * what somebody is going to ask could ask nearly the same before.
 */
export const ofOwn = (monitor: string): boolean => monitor !== ACROSS.name;

/** The rung of the ladder of now that they are on: the one that they reached, or the nearest milder one that they may be on. */
function positionOf(standing: Standing | undefined, { ladder }: LadderRule): number {
  if (standing === undefined) return -1;
  const { reached, approved } = standing;
  return ladder.findLastIndex(
    ({ respond, approval }) =>
      height(respond) <= height(reached) &&
      (respond === reached || !approval || height(respond) <= height(approved)),
  );
}

const stanceBy = (standing: Standing | undefined, rule: LadderRule): Stance =>
  rule.ladder[positionOf(standing, rule)]?.respond;

/** One rung up. Where a person has to say so first, and has not, the rung that they wait for, once. */
function climb(standing: Standing, rule: LadderRule): Response | undefined {
  standing.strange = 0;
  const next = rule.ladder[positionOf(standing, rule) + 1];
  if (next === undefined) return undefined;
  if (next.approval && height(next.respond) > height(standing.approved)) {
    if (standing.waiting === next.respond) return undefined;
    standing.waiting = next.respond;
    return next.respond;
  }
  standing.reached = next.respond;
  standing.waiting = null;
  return undefined;
}

/** As a person says. */
function reach(standing: Standing, to: Response): void {
  standing.reached = to;
  standing.approved = to;
  standing.waiting = null;
  standing.strange = 0;
}
