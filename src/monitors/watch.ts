import { Account, type Learned } from './account.ts';
import { AcrossCallers } from './across-callers.ts';
import type { Calibration } from './calibration.ts';
import { Callers } from './callers.ts';
import { type Drift, DriftWatch } from './drift.ts';
import { Frame } from './frame.ts';
import { MONITORS } from './index.ts';
import { EXTRACTION, type Memory, type Technique } from './monitor.ts';
import { type Hits, SUBJECTS, type Subject, Suspicion } from './panel.ts';
import { restore, saved } from './saved.ts';
import type { Secret } from './secret.ts';
import { readState, writeState } from './state.ts';

/** One question to the model. */
export interface Query {
  readonly caller: string;
  readonly team?: string | undefined;
  readonly row: Float32Array;
  /** The model's own answer, before it is shaped: one score for each class. */
  readonly scores: Float32Array;
}

export interface Alarm {
  readonly monitor: string;
  /** Whose queries together gave the evidence. */
  readonly scope: 'caller' | 'team' | 'everyone';
  /** Those whom it concerns: the caller; of `everyone`, those whose queries were near to each other lately. */
  readonly callers: readonly string[];
  readonly team: string | undefined;
  /** How many times likelier what was seen is than by chance, as a power of ten. */
  readonly strength: number;
  /** The query that raised it, counted for the scope, without exact retries. */
  readonly query: number;
  readonly explanation: string;
  readonly technique: Technique;
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
  readonly budget: { readonly queries: number; readonly bits: number };
}

export const DEFAULTS: WatchSettings = {
  falseAlarms: 1e-4,
  callers: 1000,
  quiet: 20_000,
  teams: 1000,
  budget: { queries: 50_000, bits: 20_000 },
};

const BUDGET: Subject = {
  name: 'budget',
  technique: EXTRACTION,
  explanation: 'More was asked than the owner allows for one caller.',
};
/** Callers that an alarm about everyone names. */
const NAMED = 16;

interface Team {
  readonly suspicion: Suspicion;
  readonly account: Account;
}

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
  readonly #teams = new Map<string, Team>();
  readonly #across: AcrossCallers;
  readonly #everyone: Suspicion;
  readonly #everyoneCount = new Float64Array(1);
  readonly #drift: DriftWatch;
  readonly #hitters = new Set<string>();
  readonly #digestOf: (bytes: Uint8Array | string) => number;

  constructor(calibration: Calibration, secret: Secret, settings: Partial<WatchSettings> = {}) {
    this.#settings = { ...DEFAULTS, ...settings };
    this.#alarmAt = SUBJECTS.length / this.#settings.falseAlarms;
    this.#calibration = calibration;
    this.#secret = secret;
    this.#frame = new Frame(calibration.outline, secret);
    this.#callers = new Callers(calibration, this.#frame, secret, this.#settings);
    this.#across = new AcrossCallers(secret);
    this.#everyone = new Suspicion(calibration);
    this.#drift = new DriftWatch(calibration.reference, secret);
    this.#digestOf = secret.digester('rows and callers');
  }

  /** Throws RangeError where the row has another length than those that were calibrated on. */
  observe({ caller, team, row, scores }: Query): Observation {
    const reading = this.#frame.read(row, scores);
    const panel = this.#callers.of(caller);
    const digest = this.#digestOf(new Uint8Array(row.buffer, row.byteOffset, row.byteLength));
    if (panel.isRepeat(digest)) return { counted: false, alarms: [], strange: [], drifts: [] };
    const neighbour = this.#across.take(reading.rounded, this.#digestOf(caller), digest);
    const hits = panel.hits(reading, neighbour);
    const alarms: Alarm[] = [];
    const raise = (
      scope: Alarm['scope'],
      subjects: readonly Subject[],
      suspicion: Suspicion,
      query: number,
      callers = [caller],
    ) => {
      for (const { name, technique, explanation } of subjects)
        alarms.push({
          monitor: name,
          scope,
          callers,
          team,
          strength: suspicion.strength,
          query,
          explanation: name === BUDGET.name ? explanation : `Many queries ${explanation}.`,
          technique,
        });
    };

    panel.account.take(reading);
    const raised = panel.suspicion.take(hits, this.#alarmAt);
    if (panel.account.overspends(this.#settings.budget)) raised.push(BUDGET);
    raise('caller', raised, panel.suspicion, panel.account.queries);
    if (team !== undefined) {
      const theirs = this.#team(team);
      theirs.account.take(reading);
      raise('team', theirs.suspicion.take(hits, this.#alarmAt), theirs.suspicion, theirs.account.queries);
    }
    this.#everyoneCount[0] = (this.#everyoneCount[0] as number) + 1;
    const together = this.#everyone.take(onlyAcross(hits), this.#alarmAt);
    if (hits[MONITORS.length] === 1) this.#remember(caller);
    if (together.length > 0) {
      raise('everyone', together, this.#everyone, this.#everyoneCount[0] as number, [...this.#hitters]);
      // Everyone is never done with: the next split attack raises the next alarm.
      this.#everyone.clear();
    }
    return {
      counted: true,
      alarms,
      strange: SUBJECTS.flatMap(({ name }, at) => (hits[at] === 1 ? [name] : [])),
      drifts: this.#drift.take(row, reading),
    };
  }

  /** What is known of a caller; undefined for one that is not known. */
  about(caller: string):
    | {
        readonly learned: Learned;
        readonly strength: number;
        readonly alarmed: boolean;
        readonly bytes: number;
      }
    | undefined {
    const panel = this.#callers.peek(caller);
    if (panel === undefined) return undefined;
    const { strength, alarmed } = panel.suspicion;
    return { learned: panel.account.learned, strength, alarmed, bytes: panel.bytes };
  }

  aboutTeam(team: string): { readonly learned: Learned; readonly strength: number } | undefined {
    const known = this.#teams.get(team);
    return known && { learned: known.account.learned, strength: known.suspicion.strength };
  }

  /** Forgets the evidence against a caller: after a person has looked. */
  clear(caller: string): void {
    this.#callers.peek(caller)?.suspicion.clear();
  }

  /** Everything that is remembered, sealed by the key, so that a restart forgets nothing. */
  save(): Uint8Array {
    const teams = [...this.#teams].map(([name, team]) => ({
      kind: 'team',
      name,
      bytes: saved(memoryOf(team)),
    }));
    const callers = [...this.#callers.entries()].map(({ caller, kind, bytes }) => ({
      kind,
      name: caller,
      bytes,
    }));
    const hitters = [...this.#hitters].map((name) => ({ kind: 'hitter', name, bytes: new Uint8Array() }));
    const everyone = { kind: 'everyone', name: '', bytes: saved(this.#shared) };
    return writeState([everyone, ...hitters, ...teams, ...callers], this.#secret);
  }

  /**
   * Takes back what {@link save} gave, into a watch that has seen nothing yet. Throws Problem('usage') for what was changed or is
   * of another key, RangeError for the state of another model.
   */
  load(bytes: Uint8Array): void {
    for (const { kind, name, bytes: own } of readState(bytes, this.#secret)) {
      if (kind === 'everyone') restore(this.#shared, own);
      else if (kind === 'hitter') this.#remember(name);
      else if (kind === 'team') restore(memoryOf(this.#team(name)), own);
      else if (kind === 'quiet' || kind === 'full') this.#callers.put({ caller: name, kind, bytes: own });
    }
  }

  get #shared(): Memory[] {
    return [...this.#across.memory, ...this.#everyone.memory, this.#everyoneCount];
  }

  #team(name: string): Team {
    const known = this.#teams.get(name);
    const team = known ?? { suspicion: new Suspicion(this.#calibration), account: new Account() };
    this.#teams.delete(name);
    this.#teams.set(name, team);
    for (const oldest of this.#teams.keys()) {
      if (this.#teams.size <= this.#settings.teams) break;
      this.#teams.delete(oldest);
    }
    return team;
  }

  #remember(caller: string): void {
    this.#hitters.delete(caller);
    this.#hitters.add(caller);
    for (const oldest of this.#hitters) {
      if (this.#hitters.size <= NAMED) break;
      this.#hitters.delete(oldest);
    }
  }
}

const memoryOf = ({ suspicion, account }: Team): Memory[] => [...suspicion.memory, ...account.memory];

/** Of everyone, only nearness across callers is tested: the rest is drift, and not an attack. */
function onlyAcross(hits: Hits): Hits {
  const out = new Int8Array(hits.length).fill(-1);
  out[MONITORS.length] = hits[MONITORS.length] as number;
  return out;
}
