import type { ModelCalibration } from '../../defences/calibration.ts';
import { AccuracyWatch, type Drift } from '../../monitors/drift.ts';
import type { Secret } from '../../monitors/secret.ts';
import { DEFAULTS, type Observation, Watch } from '../../monitors/watch.ts';
import type { PredictionRule } from '../../policy/predictions.ts';
import { Answered } from './answered.ts';
import type { Asked } from './desk.ts';
import { type Known, Ladder } from './ladder.ts';

/** A model that is watched, and what it is watched by. */
export interface Watched {
  readonly model: string;
  readonly calibration: Pick<ModelCalibration, 'monitors' | 'accuracy'>;
  /** The key of its monitors. */
  readonly secret: Secret;
  /** The same for the same calibration under the same key. */
  readonly digest: string;
}

type Budget = PredictionRule['budget'];

const budgetOf = ({ queries, bits }: Budget) => ({
  queries: queries ?? DEFAULTS.budget.queries,
  bits: bits ?? DEFAULTS.budget.bits,
});

/** Bytes of what tells one key of monitors from another. */
export const KEY_MARK = 32;

/** Callers whose names are known by their ids; the one who has been quiet longest is forgotten first. */
const NAMES = 10_000;
/** A thing that goes on to drift is told of again after so long, in milliseconds. */
const AGAIN = 3_600_000;

/** All that is kept of one model that is watched: its monitors, its ladder, and what was answered lately. */
export class Lookout {
  readonly model: string;
  readonly digest: string;
  /** The same for the same key of monitors, and says nothing of it. */
  readonly keyMark: Buffer;
  readonly ladder: Ladder;
  readonly answered: Answered;
  readonly #watch: Watch;
  readonly #budget: ReturnType<typeof budgetOf>;
  readonly #accuracy: AccuracyWatch | undefined;
  readonly #names = new Map<string, Known>();
  /** When a thing was said to drift. */
  readonly #drifts = new Map<string, number>();
  /** Something was seen since it was saved. */
  seen = false;
  /** Somebody came to stand elsewhere since it was saved. */
  moved = false;

  /**
   * @param before of the same model. Who stands where is kept in any case: calibrating anew frees nobody. What the monitors
   * remember is, where they have the same key.
   */
  constructor({ model, calibration, secret, digest }: Watched, budget: Budget, before?: Lookout) {
    this.model = model;
    this.digest = digest;
    this.keyMark = Buffer.from(secret.seal('which key'), 'base64url');
    this.#budget = budgetOf(budget);
    this.ladder = before?.ladder ?? new Ladder();
    this.answered = before?.answered ?? new Answered();
    this.#watch = new Watch(calibration.monitors, secret, { budget: this.#budget });
    if (before?.keyMark.equals(this.keyMark)) this.#watch.load(before.#watch.save());
    this.#accuracy = calibration.accuracy && new AccuracyWatch(calibration.accuracy.share);
    this.seen = before !== undefined;
    this.moved = before?.moved ?? false;
  }

  /** It would be made as it is. */
  isOf({ digest }: Watched, budget: Budget): boolean {
    const { queries, bits } = budgetOf(budget);
    return this.digest === digest && this.#budget.queries === queries && this.#budget.bits === bits;
  }

  /** One row of a question. Throws RangeError where it has another length than the model was calibrated with. */
  observe({ caller, rows, features, scores, classes, disagreement, exact }: Asked, at: number): Observation {
    this.seen = true;
    const size = ((exact?.length ?? 0) * features) / rows.length;
    return this.#watch.observe({
      caller: caller.id,
      ...(caller.team !== '' && { team: caller.team }),
      row: rows.slice(at * features, (at + 1) * features),
      scores: scores.subarray(at * classes, (at + 1) * classes),
      disagreement: disagreement?.[at],
      exact: exact?.subarray(at * size, (at + 1) * size),
    });
  }

  about(caller: string): ReturnType<Watch['about']> {
    return this.#watch.about(caller);
  }

  /** Evidence against a caller is forgotten, so that what they do from now on raises alarms again. */
  clear(caller: string, team = ''): void {
    this.#watch.clear(caller);
    if (team !== '') this.#watch.clearTeam(team);
    this.seen = true;
  }

  clearTeam(team: string): void {
    this.#watch.clearTeam(team);
    this.seen = true;
  }

  /** Only what has not been told lately. */
  news(drifts: readonly Drift[], now: number): Drift[] {
    return drifts.filter(({ test, of }) => {
      const name = `${test} ${of}`;
      if (now - (this.#drifts.get(name) ?? Number.NEGATIVE_INFINITY) < AGAIN) return false;
      this.#drifts.set(name, now);
      return true;
    });
  }

  /** Whether the model was right, row by row; what has drifted by it. */
  outcome(rights: readonly boolean[]): Drift[] {
    return rights.flatMap((right) => this.#accuracy?.take(right) ?? []);
  }

  meet({ id, name, team }: Known): void {
    this.#names.delete(id);
    this.#names.set(id, { id, name, team });
    const [oldest] = this.#names.keys();
    if (this.#names.size > NAMES && oldest !== undefined) this.#names.delete(oldest);
  }

  knownAs = (id: string): Known => this.#names.get(id) ?? this.ladder.get(id) ?? { id, name: '', team: '' };

  save(): Uint8Array {
    return this.#watch.save();
  }

  /** Throws Problem or RangeError for what is of another key, or of other monitors; then nothing of it is used. */
  load(bytes: Uint8Array): void {
    this.#watch.load(bytes);
  }
}

/** The class of the highest score of each row. */
export function labelsOf({ scores, classes }: Pick<Asked, 'scores' | 'classes'>): Uint32Array {
  return Uint32Array.from({ length: scores.length / classes }, (_, row) => {
    const own = scores.subarray(row * classes, (row + 1) * classes);
    return own.reduce((best, score, at) => (score > (own[best] as number) ? at : best), 0);
  });
}
