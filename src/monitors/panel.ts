import type { Neighbour } from './across-callers.ts';
import { type Calibration, type Limit, thresholdOf } from './calibration.ts';
import type { Frame, Reading } from './frame.ts';
import { MONITORS } from './index.ts';
import type { Memory, Monitor, Tracker } from './monitor.ts';
import type { Secret } from './secret.ts';
import { nearness } from './sketch.ts';
import { Standing } from './standing.ts';
import { type Hits, SUBJECTS } from './suspicion.ts';

/** Exact rows that are remembered. */
const REPEATS = 2048;

/** What is kept of one caller: at the most 64 KB. */
export class Panel {
  /** By which the caller is known in what all callers asked. */
  readonly tag: number;
  /** What is left of it when the caller has long been quiet. */
  readonly standing: Standing;
  readonly #calibration: Calibration;
  readonly #trackers: readonly (readonly [Monitor, Limit, Tracker] | undefined)[];
  readonly #digests = new Int32Array(REPEATS);
  readonly #seen = new Uint32Array(1);
  readonly #hits = new Int8Array(SUBJECTS.length);

  constructor(calibration: Calibration, frame: Frame, secret: Secret, tag: number) {
    this.tag = tag;
    this.#calibration = calibration;
    this.standing = new Standing(calibration);
    this.#trackers = MONITORS.map((monitor) => {
      const limit = calibration.monitors[monitor.name];
      return limit === undefined ? undefined : [monitor, limit, monitor.start(frame, secret)];
    });
  }

  /** The standing first. */
  get memory(): readonly Memory[] {
    const trackers = this.#trackers.flatMap((one) => one?.[2].memory ?? []);
    return [...this.standing.memory, this.#digests, this.#seen, ...trackers];
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
        const { among } = tracker;
        this.#hits[at] = compared(tracker.score(reading), limit, reading.label, among);
      }
    }
    const near = neighbour === undefined ? Number.NEGATIVE_INFINITY : nearness(neighbour.distance);
    const { across } = this.#calibration;
    this.#hits[MONITORS.length] = compared(near, across, reading.label, neighbour?.among);
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
