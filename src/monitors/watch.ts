import type { Budget, Learned } from './account.ts';
import { AcrossCallers } from './across-callers.ts';
import { type Calibration, writeCalibration } from './calibration.ts';
import { Callers } from './callers.ts';
import { Crowd } from './crowd.ts';
import { type Drift, DriftWatch } from './drift.ts';
import { Frame, type Reading } from './frame.ts';
import { MONITORS } from './index.ts';
import type { Memory, Technique } from './monitor.ts';
import { Ranked } from './ranked.ts';
import { restore, saved } from './saved.ts';
import type { Secret } from './secret.ts';
import { Standing } from './standing.ts';
import { readState, writeState } from './state.ts';
import { BUDGET, type Hits, type Raised, SUBJECTS, togetherOf } from './suspicion.ts';
import { OWN_EVIDENCE } from './trail.ts';

/** One question to the model. */
export interface Query {
  readonly caller: string;
  readonly team?: string | undefined;
  readonly row: Float32Array;
  /** The model's own answer, before it is shaped: one score for each class. */
  readonly scores: Float32Array;
  /** How far several models that answered together differ, 0..1; undefined where a single one answered. */
  readonly disagreement?: number | undefined;
  /** What was asked byte for byte, where the row does not say all of it; a retry is exact by this. */
  readonly exact?: Uint8Array | undefined;
}

export interface Alarm {
  readonly monitor: string;
  /** Whose queries together gave the evidence. */
  readonly scope: 'caller' | 'team' | 'everyone';
  /**
   * Those against whom their own queries speak: the caller; of `everyone`, those whose queries were near to each other lately,
   * 16 at the most, later ones in later alarms; of a team, who gave rise to it. None, where nobody stands out.
   */
  readonly callers: readonly string[];
  readonly team: string | undefined;
  /** How many times likelier what was seen is than by chance, as a power of ten. */
  readonly strength: number;
  /** The query that raised it, counted for the scope, without exact retries. */
  readonly query: number;
  readonly explanation: string;
  readonly technique: Technique;
}

/** How a caller or a team stands. */
export interface About {
  readonly learned: Learned;
  /** The strongest evidence, as a power of ten. */
  readonly strength: number;
  /** Whether an alarm was raised that nobody has cleared, and by which monitors. */
  readonly alarmed: boolean;
  readonly monitors: readonly string[];
  /** That are kept of it. */
  readonly bytes: number;
}

/** What is thought of one query. For the owner only: whoever is told learns to evade. */
export interface Observation {
  /** An exact retry does not count. */
  readonly counted: boolean;
  readonly alarms: readonly Alarm[];
  /** Names of the monitors to which this query is strange; one in a hundred benign ones is to each. */
  readonly strange: readonly string[];
  /** At the end of a window over all callers: what differs from the reference. */
  readonly drifts: readonly Drift[];
}

export interface WatchSettings {
  /** The share of honest callers that may ever be alarmed about. */
  readonly falseAlarms: number;
  /** Callers that are kept in full, 64 KB each at the most. */
  readonly callers: number;
  /** Callers of whom only the evidence is kept, about 1 KB each. */
  readonly quiet: number;
  readonly teams: number;
  /** Queries, or bits learned, of a caller before an alarm. */
  readonly budget: Budget;
  /** The same of a team, all its callers together. */
  readonly teamBudget: Budget;
}

export const DEFAULTS: WatchSettings = {
  falseAlarms: 1e-4,
  callers: 1000,
  quiet: 20_000,
  teams: 1000,
  budget: { queries: 50_000, bits: 20_000 },
  teamBudget: { queries: 1_000_000, bits: 200_000 },
};

/**
 * Watches the queries to one model, of all callers. Deterministic: the same queries in the same order give the same alarms.
 * Bounded: {@link WatchSettings} says how much is kept.
 */
export class Watch {
  readonly #settings: WatchSettings;
  readonly #alarmAt: number;
  readonly #calibration: Calibration;
  readonly #secret: Secret;
  readonly #frame: Frame;
  readonly #callers: Callers;
  readonly #teams = new Ranked<Standing>();
  readonly #across: AcrossCallers;
  readonly #everyone: Crowd;
  readonly #drift: DriftWatch;
  readonly #digestOf: (bytes: Uint8Array) => number;

  constructor(calibration: Calibration, secret: Secret, settings: Partial<WatchSettings> = {}) {
    this.#settings = { ...DEFAULTS, ...settings };
    this.#alarmAt = SUBJECTS.length / this.#settings.falseAlarms;
    this.#calibration = calibration;
    this.#secret = secret;
    this.#frame = new Frame(calibration.outline, secret);
    this.#callers = new Callers(calibration, this.#frame, secret, this.#settings);
    this.#across = new AcrossCallers(secret);
    this.#everyone = new Crowd(calibration, this.#alarmAt);
    this.#drift = new DriftWatch(calibration.reference, secret);
    this.#digestOf = secret.digester('rows');
  }

  /** Throws RangeError where the row has another length than those that were calibrated on. */
  observe({ caller, team, row, scores, disagreement, exact }: Query): Observation {
    const reading = this.#frame.read(row, scores, disagreement);
    const panel = this.#callers.of(caller);
    const digest = this.#digestOf(exact ?? new Uint8Array(row.buffer, row.byteOffset, row.byteLength));
    if (panel.isRepeat(digest)) return { counted: false, alarms: [], strange: [], drifts: [] };
    const { neighbour, known } = this.#across.take(reading.rounded, panel.tag, digest);
    const hits = panel.hits(reading, neighbour);
    const { standing, tag } = panel;
    const { budget, teamBudget } = this.#settings;
    const own = standing
      .take(reading, hits, this.#alarmAt, budget)
      .map((raised) => alarmOf(raised, 'caller', [caller], team, standing.account.queries));
    // A row that another caller asked about, too, is not strange of many together: popular rows are asked about by many.
    const fresh = known ? hits.map((hit) => Math.min(hit, 0)) : hits;
    const together = togetherOf(fresh);
    const link = {
      caller,
      tag,
      other: hits[MONITORS.length] === 1 ? (neighbour?.caller ?? tag) : tag,
      evidence: standing.suspicion.evidenceOf(together),
    };
    // Of everyone, only what compares queries is tested: the rest is drift, and not an attack.
    const outcry = this.#everyone.take(link, together);
    return {
      counted: true,
      alarms: [
        ...own,
        ...(team === undefined ? [] : this.#ofTeam(team, caller, standing, reading, fresh, teamBudget)),
        ...(outcry?.raised.map((one) => alarmOf(one, 'everyone', outcry.named, team, outcry.query)) ?? []),
      ],
      strange: SUBJECTS.flatMap(({ name }, at) => (hits[at] === 1 ? [name] : [])),
      drifts: this.#drift.take(row, reading),
    };
  }

  #ofTeam(
    team: string,
    caller: string,
    own: Standing,
    reading: Reading,
    hits: Hits,
    budget: Budget,
  ): readonly Alarm[] {
    const theirs = this.#team(team);
    const named = own.suspicion.evidenceOf(hits) >= OWN_EVIDENCE ? [caller] : [];
    return theirs
      .take(reading, hits, this.#alarmAt, budget)
      .map((raised) => alarmOf(raised, 'team', named, team, theirs.account.queries));
  }

  /** What is known of a caller; undefined for one that is not known. */
  about(caller: string): About | undefined {
    const known = this.#callers.peek(caller);
    return known && { ...aboutOf(known.standing), bytes: known.bytes };
  }

  aboutTeam(team: string): Omit<About, 'bytes'> | undefined {
    const known = this.#teams.get(team);
    return known && aboutOf(known);
  }

  /** Callers, and teams, about whom an alarm was raised that nobody has cleared. */
  alarmed(): { readonly callers: readonly string[]; readonly teams: readonly string[] } {
    const teams = [...this.#teams].flatMap(([name, { alarmed }]) => (alarmed.length > 0 ? [name] : []));
    return { callers: this.#callers.alarmed(), teams };
  }

  /** Forgets the evidence against a caller, and begins its budget anew: after a person has looked. */
  clear(caller: string): void {
    this.#callers.clear(caller);
    this.#everyone.forget(caller);
  }

  /** The same for a team; what is held against its callers stays. */
  clearTeam(team: string): void {
    this.#teams.get(team)?.clear();
  }

  /** Everything that is remembered, sealed by the key, so that a restart forgets nothing. */
  save(): Uint8Array {
    const teams = [...this.#teams].map(([name, { memory }]) => ({
      kind: 'team',
      name,
      bytes: saved(memory),
    }));
    const callers = [...this.#callers.entries()].map(({ caller, kind, bytes }) => ({
      kind,
      name: caller,
      bytes,
    }));
    const everyone = { kind: 'everyone', name: this.#mark(), bytes: saved(this.#shared) };
    return writeState([everyone, ...this.#everyone.saved(), ...teams, ...callers], this.#secret);
  }

  /**
   * Takes back what {@link save} gave, into a watch that has seen nothing yet. After another calibration of the same key, the
   * evidence and what was learned; rows that were read by the old one say nothing. Throws Problem('usage') for what was changed
   * or is of another key, RangeError for the state of another version.
   */
  load(bytes: Uint8Array): void {
    const pieces = readState(bytes, this.#secret);
    const same = pieces.some(({ kind, name }) => kind === 'everyone' && name === this.#mark());
    for (const { kind, name, bytes: own } of pieces) {
      if (kind === 'everyone' && same) restore(this.#shared, own);
      else if (kind === 'team') restore(this.#team(name).memory, own);
      else if (kind === 'quiet' || kind === 'full')
        this.#callers.put({ caller: name, kind, bytes: own }, same);
      else if (same) this.#everyone.load({ kind, name, bytes: own });
    }
  }

  /** By which the state knows its calibration. */
  #mark(): string {
    return this.#secret.seal(writeCalibration(this.#calibration, this.#secret));
  }

  get #shared(): Memory[] {
    return [...this.#across.memory, ...this.#everyone.memory];
  }

  #team(name: string): Standing {
    const team = this.#teams.get(name) ?? new Standing(this.#calibration);
    this.#teams.set(name, team);
    this.#teams.shrink(this.#settings.teams);
    return team;
  }
}

function alarmOf(
  { subject, strength }: Raised,
  scope: Alarm['scope'],
  callers: readonly string[],
  team: string | undefined,
  query: number,
): Alarm {
  const { name: monitor, technique, explanation } = subject;
  return {
    monitor,
    scope,
    callers,
    team,
    strength,
    query,
    explanation: monitor === BUDGET.name ? explanation : `Many queries ${explanation}.`,
    technique,
  };
}

const aboutOf = (standing: Standing): Omit<About, 'bytes'> => ({
  learned: standing.account.learned,
  strength: standing.strength,
  alarmed: standing.alarmed.length > 0,
  monitors: standing.alarmed,
});
