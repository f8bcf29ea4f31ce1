import type { Calibration } from './calibration.ts';
import { MONITORS } from './index.ts';
import { EVASION, EXTRACTION, type Memory, type Technique } from './monitor.ts';
import { SequentialTest } from './sequential-test.ts';

/** What an alarm is about. */
export interface Subject {
  readonly name: string;
  /** Whether the queries of all callers are tested together, too. */
  readonly together: boolean;
  readonly technique: Technique;
  readonly explanation: string;
}

/** Queries that are near to those of others. Not a monitor of one caller: it needs what all callers sent. */
export const ACROSS: Subject = {
  name: 'across-callers',
  together: true,
  technique: EVASION,
  explanation:
    'are nearly the same as queries of other callers, as when one attack is split over many accounts',
};

/** Not a test: a bound that the owner sets. */
export const BUDGET: Subject = {
  name: 'budget',
  together: false,
  technique: EXTRACTION,
  explanation: 'More was asked than the owner allows.',
};

/** What is tested for each caller, in the order of the tests. */
export const SUBJECTS: readonly Subject[] = [...MONITORS, ACROSS];

/** For each subject: 1 where a query is strange, 0 where not, −1 where nothing can be said. */
export type Hits = Int8Array;

/** Of hits, those that are tested for all callers together. */
export const togetherOf = (hits: Hits): Hits =>
  hits.map((hit, at) => (SUBJECTS[at]?.together === true ? hit : -1));

/** A subject whose evidence is enough, and the evidence as a power of ten. */
export interface Raised {
  readonly subject: Subject;
  readonly strength: number;
}

/** A sequential test for each subject: what is known of a caller, a team, or everyone. */
export class Suspicion {
  readonly #tests: readonly SequentialTest[];
  readonly #alarmed = new Uint8Array(SUBJECTS.length);
  readonly memory: readonly Memory[];

  /** @param most see {@link SequentialTest} */
  constructor(calibration: Calibration, most?: number) {
    this.#tests = SUBJECTS.map(({ name }) => {
      const limit = name === ACROSS.name ? calibration.across : calibration.monitors[name];
      return new SequentialTest(limit?.chance ?? 0.5, most);
    });
    this.memory = [...this.#tests.map((test) => test.memory), this.#alarmed];
  }

  /** Takes a query, and gives the subjects whose evidence reaches `alarmAt` for the first time. */
  take(hits: Hits, alarmAt: number): Raised[] {
    const raised: Raised[] = [];
    for (const [at, test] of this.#tests.entries()) {
      const hit = hits[at] as number;
      if (hit < 0 || test.take(hit === 1) < alarmAt || this.#alarmed[at] === 1) continue;
      this.#alarmed[at] = 1;
      raised.push(this.#raised(at));
    }
    return raised;
  }

  /** The subjects that a query is strange to whose evidence is enough, told or not. */
  still(hits: Hits, alarmAt: number): Raised[] {
    return this.#tests.flatMap((test, at) =>
      hits[at] === 1 && test.evidence >= alarmAt ? [this.#raised(at)] : [],
    );
  }

  #raised(at: number): Raised {
    const { evidence } = this.#tests[at] as SequentialTest;
    return { subject: SUBJECTS[at] as Subject, strength: Math.log10(evidence) };
  }

  /** The strongest evidence, as a power of ten. */
  get strength(): number {
    return Math.log10(Math.max(...this.#tests.map((test) => test.evidence)));
  }

  /** The most evidence of those subjects that a query is strange to. */
  evidenceOf(hits: Hits): number {
    return this.#tests.reduce((most, test, at) => (hits[at] === 1 ? Math.max(most, test.evidence) : most), 0);
  }

  /** The subjects that it was alarmed about. */
  get alarmed(): readonly string[] {
    return SUBJECTS.flatMap(({ name }, at) => (this.#alarmed[at] === 1 ? [name] : []));
  }

  /** Whether nothing that was seen is likelier than by chance. */
  get calm(): boolean {
    return this.#tests.every((test) => test.evidence <= 1);
  }

  /** From now on, what is enough is told again. */
  rearm(): void {
    this.#alarmed.fill(0);
  }

  /** Forgets all: after a person has looked. */
  clear(): void {
    for (const test of this.#tests) test.reset();
    this.rearm();
  }
}
