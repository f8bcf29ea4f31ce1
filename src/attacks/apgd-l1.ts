import type { Job } from './attack.ts';
import { randomStart, sent } from './ball.ts';
import { intoL1Box } from './boxed.ts';
import { errs, type Loss } from './losses.ts';
import { deltaOf, lengthOf, onLargest } from './norms.ts';
import { lossGradients, type Progress, rowOf } from './rows.ts';
import { roomOf } from './space.ts';

// Auto-PGD for L1: Croce and Hein: Mind the box: l1-APGD for sparse adversarial attacks on image classifiers, ICML 2021. The
// projection is onto the ball and the box together, steps are as sparse as the best change so far asks for, and the first
// steps are within larger budgets that shrink to the real one.

/** Budgets, as multiples, and the shares of all steps that are spent within them. */
const STAGES = [
  [3, 0.3],
  [2, 0.3],
  [1, 0.4],
] as const;
/** Progress is looked at after this share of steps. */
const LOOK = 0.04;
/** The first step is along this share of features. */
const FIRST_SHARE = 0.2;
/** A change that became sparser than this asks for sparser steps, of this factor; else steps shrink, down to a tenth. */
const [SPARSER, FACTOR, SHRINK, LEAST] = [0.95, 1.5, 1.5, 0.1];

interface Climber {
  readonly at: number;
  readonly original: Float32Array;
  readonly up: Float32Array;
  readonly down: Float32Array;
  /** Changes, in units. */
  current: Float32Array;
  best: Float32Array;
  bestGradient: Float32Array;
  bestLoss: number;
  /** Features that a step is along, the step as a share of the budget, and the changed features at the last look. */
  along: number;
  size: number;
  changed: number;
}

/** One run from a random start, for rows that the model still gets right. Returns those that are left. */
export async function runL1(
  job: Job,
  progress: Progress,
  places: readonly number[],
  loss: Loss,
): Promise<number[]> {
  const { victim, rows, labels, epsilon, space, settings } = job;
  const { features, classes } = victim;
  const { steps = 100 } = settings;
  let climbers = places.map((at): Climber => {
    const original = rowOf(rows, features, at);
    const start = original.slice();
    randomStart(job, start, original);
    const current = deltaOf(space, start, original);
    return {
      at,
      original,
      ...roomOf(space, original),
      current,
      best: current,
      bestGradient: new Float32Array(features),
      bestLoss: Number.NEGATIVE_INFINITY,
      along: Math.max(1, Math.round(FIRST_SHARE * features)),
      size: 1,
      changed: features,
    };
  });
  for (const [multiple, share] of STAGES) {
    const budget = multiple * epsilon;
    const count = Math.max(1, Math.round(share * steps));
    const look = Math.max(1, Math.round(LOOK * steps));
    for (const climber of climbers) begin(climber, budget, multiple === STAGES[0][0]);
    for (let step = 0; step <= count && climbers.length > 0 && !progress.stopped; step++) {
      const asked = new Float32Array(climbers.length * features);
      for (const [index, climber] of climbers.entries()) {
        const row = rowOf(asked, features, index);
        for (let part = 0; part < features; part++)
          row[part] =
            (climber.original[part] as number) +
            (climber.current[part] as number) * (space.unit[part] as number);
        row.set(sent({ ...job, epsilon: budget }, row, climber.original));
      }
      const of = climbers.map(({ at }) => at);
      const { scores, gradient, losses } = await lossGradients(job, asked, of, loss);
      climbers = climbers.filter((climber, index) => {
        progress.outcome.queries[climber.at] = (progress.outcome.queries[climber.at] as number) + 1;
        const wrong = errs(rowOf(scores, classes, index), labels[climber.at] as number);
        // Within a larger budget an error is only a sign of the way.
        if (wrong && lengthOf('L1', climber.current) <= epsilon * (1 + 1e-5)) {
          progress.found(climber.at, rowOf(asked, features, index));
          return false;
        }
        const slope = rowOf(gradient, features, index).slice();
        if (lengthOf('L1', slope) === 0) progress.outcome.zeroGradients[climber.at] = 1;
        const value = losses[index] as number;
        if (value > climber.bestLoss)
          Object.assign(climber, { bestLoss: value, best: climber.current, bestGradient: slope });
        const back = step > 0 && step % look === 0 && adapt(climber);
        move(climber, back ? climber.bestGradient : slope, budget);
        return true;
      });
    }
  }
  return climbers.map(({ at }) => at);

  /** Into a smaller budget: the best so far is projected, and is to be beaten anew. */
  function begin(climber: Climber, budget: number, first: boolean): void {
    if (!first) {
      climber.current = climber.best.slice();
      climber.along = Math.max(1, Math.round(lengthOf('L0', climber.current) / FACTOR));
    }
    intoL1Box(climber.current, budget, climber.up, climber.down);
    climber.bestLoss = Number.NEGATIVE_INFINITY;
    climber.size = 1;
  }

  /** Whether the climber goes back to its best, to go on from there in sparser steps. */
  function adapt(climber: Climber): boolean {
    const changed = lengthOf('L0', climber.best);
    const sparser = changed / Math.max(1, climber.changed) < SPARSER;
    climber.changed = changed;
    climber.along = Math.max(1, Math.round(changed / FACTOR));
    climber.size = sparser ? 1 : Math.max(LEAST, climber.size / SHRINK);
    if (sparser) climber.current = climber.best;
    return sparser;
  }

  function move(climber: Climber, slope: Float32Array, budget: number): void {
    const step = slope.map((part, at) => {
      const here = climber.current[at] as number;
      // A feature at its bound cannot go on, and would take the place of one that can.
      const room = part > 0 ? (climber.up[at] as number) - here : (climber.down[at] as number) + here;
      return space.fixed[at] === 1 || room <= 0 ? 0 : part * (space.unit[at] as number);
    });
    onLargest(step, Math.min(features, climber.along), climber.size * budget);
    for (let part = 0; part < features; part++)
      step[part] = (step[part] as number) + (climber.current[part] as number);
    intoL1Box(step, budget, climber.up, climber.down);
    climber.current = step;
  }
}
