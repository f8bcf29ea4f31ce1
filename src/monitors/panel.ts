import { Account } from './account.ts';
import type { Neighbour } from './across-callers.ts';
import { type Calibration, type Limit, thresholdOf } from './calibration.ts';
import type { Frame, Reading } from './frame.ts';
import { MONITORS } from './index.ts';
import { EVASION, type Memory, type Monitor, type Technique, type Tracker } from './monitor.ts';
import type { Secret } from './secret.ts';
import { SequentialTest } from './sequential-test.ts';
import { nearness } from './sketch.ts';

/** What an alarm is about. */
export interface Subject {
  readonly name: string;
  readonly technique: Technique;
  readonly explanation: string;
}

/** Queries that are near to those of others. Not a monitor of one caller: it needs what all callers sent. */
export const ACROSS: Subject = {
  name: 'across-callers',
  technique: EVASION,
  explanation:
    'are nearly the same as queries of other callers, as when one attack is split over many accounts',
};

/** What is tested for each caller, in the order of the tests. */
export const SUBJECTS: readonly Subject[] = [...MONITORS, ACROSS];

/** For each subject: 1 where a query is strange, 0 where not, −1 where nothing can be said. */
export type Hits = Int8Array;

/** A sequential test for each subject: what is known of a caller, a team, or everyone. */
export class Suspicion {
  readonly #tests: readonly SequentialTest[];
  readonly #alarmed = new Uint8Array(SUBJECTS.length);
  readonly memory: readonly Memory[];

  constructor(calibration: Calibration) {
    this.#tests = SUBJECTS.map(({ name }) => new SequentialTest(limitOf(calibration, name)?.chance ?? 0.5));
    this.memory = [...this.#tests.map((test) => test.memory), this.#alarmed];
  }

  /** Takes a query, and gives the subjects whose evidence reaches `alarmAt` for the first time. */
  take(hits: Hits, alarmAt: number): Subject[] {
    const raised: Subject[] = [];
    for (const [at, test] of this.#tests.entries()) {
      const hit = hits[at] as number;
      if (hit < 0 || test.take(hit === 1) < alarmAt || this.#alarmed[at] === 1) continue;
      this.#alarmed[at] = 1;
      raised.push(SUBJECTS[at] as Subject);
    }
    return raised;
  }

  /** The strongest evidence, as a power of ten. */
  get strength(): number {
    return Math.log10(Math.max(...this.#tests.map((test) => test.evidence)));
  }

  get alarmed(): boolean {
    return this.#alarmed.includes(1);
  }

  /** Forgets all: after a person has looked. */
  clear(): void {
    for (const test of this.#tests) test.reset();
    this.#alarmed.fill(0);
  }
}

/** Exact rows that are remembered. */
const REPEATS = 512;

/** What is kept of one caller: at the most 64 KB. */
export class Panel {
  readonly suspicion: Suspicion;
  readonly account = new Account();
  readonly #calibration: Calibration;
  readonly #trackers: readonly (readonly [Monitor, Limit, Tracker] | undefined)[];
  readonly #digests = new Int32Array(REPEATS);
  readonly #seen = new Uint32Array(1);
  readonly #hits = new Int8Array(SUBJECTS.length);

  constructor(calibration: Calibration, frame: Frame, secret: Secret) {
    this.#calibration = calibration;
    this.suspicion = new Suspicion(calibration);
    this.#trackers = MONITORS.map((monitor) => {
      const limit = calibration.monitors[monitor.name];
      return limit === undefined ? undefined : [monitor, limit, monitor.start(frame, secret)];
    });
  }

  /** What must not be forgotten when a caller has long been quiet: the evidence, and what was learned. */
  get residue(): readonly Memory[] {
    return [...this.suspicion.memory, ...this.account.memory];
  }

  get memory(): readonly Memory[] {
    const trackers = this.#trackers.flatMap((one) => one?.[2].memory ?? []);
    return [...this.residue, this.#digests, this.#seen, ...trackers];
  }

  get bytes(): number {
    return this.memory.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Whether the caller sent this very row lately; if not, it is remembered. */
  isRepeat(digest: number): boolean {
    const seen = this.#seen[0] as number;
    const known = this.#digests.indexOf(digest);
    if (known >= 0 && known < seen) return true;
    this.#digests[seen % REPEATS] = digest;
    this.#seen[0] = seen + 1;
    return false;
  }

  /** What is strange about a query. The array is used again for the next one. */
  hits(reading: Reading, neighbour: Neighbour | undefined): Hits {
    for (const [at, one] of this.#trackers.entries()) {
      if (one === undefined) this.#hits[at] = -1;
      else {
        const [, limit, tracker] = one;
        const among = tracker.among;
        this.#hits[at] = compared(tracker.score(reading), limit, reading.label, among);
      }
    }
    const near = neighbour === undefined ? Number.NEGATIVE_INFINITY : nearness(neighbour.distance);
    this.#hits[MONITORS.length] = compared(
      near,
      this.#calibration.across,
      reading.label,
      neighbour?.among,
    );
    return this.#hits;
  }
}

function compared(
  score: number | undefined,
  limit: Limit,
  label: number,
  among: number | undefined,
): -1 | 0 | 1 {
  if (score === undefined) return -1;
  const threshold = thresholdOf(limit, label, among);
  return threshold === undefined ? -1 : score > threshold ? 1 : 0;
}

const limitOf = (calibration: Calibration, name: string): Limit | undefined =>
  name === ACROSS.name ? calibration.across : calibration.monitors[name];
