import { type Answer, type Asking, rowByRow, type Target } from './asking.ts';
import type { Attack, Job } from './attack.ts';
import { drawNearer } from './nearer.ts';
import { lengthOf } from './norms.ts';
import { rowOf } from './rows.ts';
import { clip, isDiscrete, snap } from './space.ts';

// The nearest place where a model that is taken as linear would err, again and again: Moosavi-Dezfooli, Fawzi, Frossard:
// DeepFool, CVPR 2016.

function* nearest(target: Target, job: Job): Asking<void> {
  const { space, victim } = job;
  const { features } = victim;
  const { steps = 50, overshoot = 0.02, halvings = 8 } = job.settings;
  const { original } = target;
  const count = Math.max(2, Math.min(job.settings.classes ?? 10, victim.classes));
  const moved = new Float32Array(features);
  let row = original.slice();
  for (let step = 0; step <= steps; step++) {
    let likely: number[] = [];
    const repeated = new Float32Array(count * features);
    for (let index = 0; index < count; index++) repeated.set(row, index * features);
    const answer: Answer = yield {
      rows: repeated,
      cotangentOf: (scores) => {
        likely = likeliest(rowOf(scores, victim.classes, 0), count);
        const cotangent = new Float32Array(scores.length);
        for (const [index, label] of likely.entries()) cotangent[index * victim.classes + label] = 1;
        return cotangent;
      },
    };
    if (target.wrong(answer)) {
      target.found(row);
      yield* drawNearer(target, job, row, halvings);
      return;
    }
    const push = nearestPlane(job, target.label, answer, likely);
    if (push === undefined) return target.flat();
    for (let part = 0; part < features; part++)
      moved[part] = (moved[part] as number) + (push[part] as number);
    row = original.map((value, part) => value + (1 + overshoot) * (moved[part] as number));
    clip(space, row, original);
    if (isDiscrete(space)) snap(space, row, original);
  }
}

const likeliest = (scores: Float32Array, count: number): number[] =>
  [...scores.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number)).slice(0, count);

/** The step to the nearest of the planes on which another class is as likely; in the numbers of the row. */
function nearestPlane(
  { norm, space, victim: { features } }: Job,
  label: number,
  { scores, gradient }: Answer,
  classes: readonly number[],
): Float32Array | undefined {
  const own = classes.indexOf(label);
  let best: { difference: Float32Array; gap: number; length: number } | undefined;
  for (const [index, other] of classes.entries()) {
    if (other === label || own < 0) continue;
    const difference = new Float32Array(features);
    for (let part = 0; part < features; part++)
      if (space.fixed[part] !== 1)
        difference[part] =
          ((gradient[index * features + part] as number) - (gradient[own * features + part] as number)) *
          (space.unit[part] as number);
    // The distance to a plane in a norm is measured with its dual.
    const length = lengthOf(norm === 'Linf' ? 'L1' : 'L2', difference);
    const gap = (scores[label] as number) - (scores[other] as number) + 1e-4;
    if (length > 0 && gap / length < (best === undefined ? Number.POSITIVE_INFINITY : best.gap / best.length))
      best = { difference, gap, length };
  }
  if (best === undefined) return undefined;
  const { difference, gap, length } = best;
  return difference.map(
    (part, index) =>
      (norm === 'Linf' ? (Math.sign(part) * gap) / length : (part * gap) / length ** 2) *
      (space.unit[index] as number),
  );
}

export const deepfool: Attack = {
  name: 'deepfool',
  title: 'DeepFool',
  source:
    'Moosavi-Dezfooli, Fawzi, Frossard: DeepFool: a simple and accurate method to fool deep neural networks, CVPR 2016',
  access: 'gradients',
  norms: ['L2', 'Linf'],
  seeks: 'least',
  defaults: { steps: 50, overshoot: 0.02, classes: 10, halvings: 8 },
  run: rowByRow(nearest),
};
