import { runL1 } from './apgd-l1.ts';
import type { Attack, Job, Norm, Outcome } from './attack.ts';
import { randomStart, sent } from './ball.ts';
import { scoresOf } from './logits.ts';
import { dlr, errs, type Loss, logOdds, targetedDlr } from './losses.ts';
import { lengthOf, project, steepest } from './norms.ts';
import { BATCH, lossGradients, Progress, rowOf } from './rows.ts';
import { clip } from './space.ts';

// Auto-PGD: Croce and Hein, Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free attacks,
// ICML 2020. Steps begin at twice the budget and are halved, from the best place so far, where the loss gets stuck.

const MOMENTUM = 0.75;
/** The share of steps between two checkpoints that must have raised the loss. */
const RISING = 0.75;

/** Steps after which progress is looked at: w₀ = 0, w₁ = 0.22, then each interval 0.03 shorter, down to 0.06. */
export function checkpoints(steps: number): ReadonlySet<number> {
  const points = new Set<number>();
  let [last, point] = [0, 0.22];
  while (point <= 1) {
    points.add(Math.ceil(point * steps));
    [last, point] = [point, point + Math.max(point - last - 0.03, 0.06)];
  }
  return points;
}

/** A row on its way. */
interface Climber {
  readonly at: number;
  readonly original: Float32Array;
  current: Float32Array;
  previous: Float32Array;
  best: Float32Array;
  bestGradient: Float32Array;
  bestLoss: number;
  lastLoss: number;
  /** The best loss and the step size at the last checkpoint. */
  checkedLoss: number;
  checkedSize: number;
  size: number;
  rises: number;
}

/** One run from a start, for rows that the model still gets right. Returns those that are left. */
async function run(
  job: Job,
  progress: Progress,
  places: readonly number[],
  loss: Loss,
  randomly: boolean,
): Promise<number[]> {
  const { victim, rows, labels, norm, epsilon, space } = job;
  const { features, classes } = victim;
  const steps = job.settings.steps ?? 100;
  if (norm === 'L1') return runL1(job, progress, places, loss);
  const points = checkpoints(steps);
  let climbers: Climber[] = places.map((at) => {
    const original = rowOf(rows, features, at);
    const current = original.slice();
    if (randomly) randomStart(job, current, original);
    return {
      at,
      original,
      current,
      previous: current.slice(),
      best: current.slice(),
      bestGradient: new Float32Array(features),
      bestLoss: Number.NEGATIVE_INFINITY,
      lastLoss: Number.NEGATIVE_INFINITY,
      checkedLoss: Number.NEGATIVE_INFINITY,
      checkedSize: 2 * epsilon,
      size: 2 * epsilon,
      rises: 0,
    };
  });
  let since = 0;
  for (let step = 0; step <= steps && climbers.length > 0 && !progress.stopped; step++) {
    const asked = new Float32Array(climbers.length * features);
    for (const [index, { current, original }] of climbers.entries())
      asked.set(sent(job, current, original), index * features);
    const of = climbers.map(({ at }) => at);
    const { scores, gradient, losses } = await lossGradients(job, asked, of, loss);
    const left: Climber[] = [];
    for (const [index, climber] of climbers.entries()) {
      progress.outcome.queries[climber.at] = (progress.outcome.queries[climber.at] ?? 0) + 1;
      if (errs(rowOf(scores, classes, index), labels[climber.at] as number)) {
        progress.found(climber.at, rowOf(asked, features, index));
        continue;
      }
      left.push(climber);
      const slope = rowOf(gradient, features, index).slice();
      if (lengthOf('L1', slope) === 0) progress.outcome.zeroGradients[climber.at] = 1;
      const risen = (losses[index] as number) > climber.lastLoss;
      climber.lastLoss = losses[index] as number;
      if (risen && step > 0) climber.rises += 1;
      if (climber.lastLoss > climber.bestLoss) {
        climber.bestLoss = climber.lastLoss;
        climber.best = climber.current.slice();
        climber.bestGradient = slope;
      }
      const from = points.has(step) && stuck(climber, since) ? climber.bestGradient : slope;
      if (points.has(step)) climber.rises = 0;
      move(climber, from, step === 0);
    }
    if (points.has(step)) since = 0;
    since += 1;
    climbers = left;
  }
  return climbers.map(({ at }) => at);

  /** Looks at the progress since the last checkpoint; where there was too little, the step is halved and the row goes back to its best. */
  function stuck(climber: Climber, interval: number): boolean {
    const few = climber.rises < RISING * interval;
    const still = climber.checkedSize === climber.size && climber.checkedLoss === climber.bestLoss;
    climber.checkedLoss = climber.bestLoss;
    climber.checkedSize = climber.size;
    if (!few && !still) return false;
    climber.size /= 2;
    climber.current = climber.best.slice();
    climber.previous = climber.best.slice();
    return true;
  }

  function move(climber: Climber, slope: Float32Array, first: boolean): void {
    const { current, previous, original } = climber;
    const aim = current.slice();
    const direction = steepest(norm, space, slope, climber.size, current);
    for (let part = 0; part < features; part++)
      aim[part] = (aim[part] as number) + (direction[part] as number);
    project(norm, space, aim, original, epsilon);
    clip(space, aim, original);
    if (!first) {
      for (let part = 0; part < features; part++) {
        const here = current[part] as number;
        aim[part] =
          here +
          MOMENTUM * ((aim[part] as number) - here) +
          (1 - MOMENTUM) * (here - (previous[part] as number));
      }
      project(norm, space, aim, original, epsilon);
      clip(space, aim, original);
    }
    climber.previous = current;
    climber.current = aim;
  }
}

const NORMS: readonly Norm[] = ['Linf', 'L2', 'L1'];
const SOURCE =
  'Croce and Hein: Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free attacks, ICML 2020';

/** Runs from several starts, with a loss for each. */
async function attackWith(job: Job, losses: readonly Loss[]): Promise<Outcome> {
  const progress = new Progress(job);
  for await (const right of progress.batches()) {
    let left = right;
    for (const loss of losses) if (left.length > 0) left = await run(job, progress, left, loss, true);
    progress.done(right.length);
  }
  return progress.outcome;
}

const repeated = (loss: Loss, job: Job): Loss[] =>
  Array.from({ length: Math.max(1, job.settings.restarts ?? 1) }, () => loss);

export const apgdCe: Attack = {
  name: 'apgd-ce',
  title: 'Auto-PGD on the cross-entropy',
  source: SOURCE,
  access: 'gradients',
  norms: NORMS,
  seeks: 'within',
  defaults: { steps: 100, restarts: 1 },
  run: (job) => attackWith(job, repeated(logOdds, job)),
};

export const apgdDlr: Attack = {
  name: 'apgd-dlr',
  title: 'Auto-PGD on the difference of logits ratio',
  source: SOURCE,
  access: 'gradients',
  norms: NORMS,
  seeks: 'within',
  defaults: { steps: 100, restarts: 1 },
  run: (job) => attackWith(job, repeated(dlr, job)),
};

export const apgdTargeted: Attack = {
  name: 'apgd-t',
  title: 'Auto-PGD towards each of the next classes',
  source: SOURCE,
  access: 'gradients',
  norms: NORMS,
  seeks: 'within',
  defaults: { steps: 100, targets: 9 },
  run: async (job) => {
    const { victim } = job;
    const count = Math.min(job.settings.targets ?? 9, victim.classes - 1);
    const order = await nextClasses(job);
    const losses = Array.from({ length: count }, (_, rank) =>
      targetedDlr((at) => order[at * (victim.classes - 1) + rank] as number),
    );
    return attackWith(job, losses);
  },
};

/** For each row the classes that are not right, the likeliest first, as the model sees the row itself. */
async function nextClasses({ victim, rows, labels }: Job): Promise<Int32Array> {
  const { features, classes } = victim;
  const order = new Int32Array(labels.length * (classes - 1));
  for (let from = 0; from < labels.length; from += BATCH) {
    const scores = await scoresOf(victim, rows.subarray(from * features, (from + BATCH) * features));
    for (let index = 0; index < scores.length / classes; index++) {
      const row = rowOf(scores, classes, index);
      const others = [...row.keys()].filter((other) => other !== labels[from + index]);
      others.sort((a, b) => (row[b] as number) - (row[a] as number));
      order.set(others, (from + index) * (classes - 1));
    }
  }
  return order;
}
