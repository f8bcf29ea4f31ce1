import type { Attack, Job, Outcome } from './attack.ts';
import { errs } from './losses.ts';
import { lengthOf } from './norms.ts';
import { Progress, rowOf } from './rows.ts';
import { clip, isDiscrete, snap } from './space.ts';

// The nearest place where a model that is taken as linear would err, again and again: Moosavi-Dezfooli, Fawzi, Frossard:
// DeepFool, CVPR 2016.

/** A row's scores, and the gradient of each of its likeliest classes. */
async function slopes(
  { victim, settings }: Job,
  row: Float32Array,
): Promise<{ scores: Float32Array; classes: number[]; gradient: Float32Array }> {
  const { classes, features } = victim;
  const count = Math.min(settings.classes ?? 10, classes);
  const repeated = new Float32Array(count * features);
  for (let index = 0; index < count; index++) repeated.set(row, index * features);
  let likely: number[] = [];
  if (victim.gradients === undefined) throw new TypeError('the model gives no gradients');
  const { scores, gradient } = await victim.gradients(repeated, (made) => {
    const own = rowOf(made, classes, 0);
    likely = [...own.keys()].sort((a, b) => (own[b] as number) - (own[a] as number)).slice(0, count);
    const cotangent = new Float32Array(made.length);
    for (const [index, label] of likely.entries()) cotangent[index * classes + label] = 1;
    return cotangent;
  });
  return { scores: rowOf(scores, classes, 0), classes: likely, gradient };
}

async function nearest(job: Job): Promise<Outcome> {
  const { victim, rows, labels, norm, space } = job;
  const { features } = victim;
  const { steps = 50, overshoot = 0.02 } = job.settings;
  const progress = new Progress(job);
  for await (const right of progress.batches())
    for (const at of right) {
      if (progress.stopped) break;
      const original = rowOf(rows, features, at);
      const moved = new Float32Array(features);
      let row = original.slice();
      for (let step = 0; step <= steps; step++) {
        const known = await slopes(job, row);
        progress.outcome.queries[at] = (progress.outcome.queries[at] ?? 0) + known.classes.length;
        const label = labels[at] as number;
        if (errs(known.scores, label)) {
          progress.found(at, row);
          break;
        }
        const push = nearestPlane(job, known, label);
        if (push === undefined) {
          progress.outcome.zeroGradients[at] = 1;
          break;
        }
        for (let part = 0; part < features; part++)
          moved[part] = (moved[part] as number) + (push[part] as number);
        row = original.map((value, part) => value + (1 + overshoot) * (moved[part] as number));
        clip(space, row, original);
        if (isDiscrete(space)) snap(space, row, original);
      }
      progress.done();
    }
  return progress.outcome;

  /** The step to the nearest of the planes on which another class is as likely; in the numbers of the row. */
  function nearestPlane(
    { norm: measure }: Job,
    { scores, classes, gradient }: Awaited<ReturnType<typeof slopes>>,
    label: number,
  ): Float32Array | undefined {
    const own = classes.indexOf(label);
    let best: { distance: number; difference: Float32Array; gap: number; length: number } | undefined;
    for (const [index, other] of classes.entries()) {
      if (other === label || own < 0) continue;
      const difference = new Float32Array(features);
      for (let part = 0; part < features; part++)
        if (space.fixed[part] !== 1)
          difference[part] =
            ((gradient[index * features + part] as number) - (gradient[own * features + part] as number)) *
            (space.unit[part] as number);
      // The distance to a plane in a norm is measured with its dual.
      const length = lengthOf(measure === 'Linf' ? 'L1' : 'L2', difference);
      const gap = (scores[label] as number) - (scores[other] as number) + 1e-4;
      if (length > 0 && gap / length < (best?.distance ?? Number.POSITIVE_INFINITY))
        best = { distance: gap / length, difference, gap, length };
    }
    if (best === undefined) return undefined;
    const { difference, gap, length } = best;
    return difference.map(
      (part, index) =>
        (norm === 'Linf' ? (Math.sign(part) * gap) / length : (part * gap) / length ** 2) *
        (space.unit[index] as number),
    );
  }
}

export const deepfool: Attack = {
  name: 'deepfool',
  title: 'DeepFool',
  source:
    'Moosavi-Dezfooli, Fawzi, Frossard: DeepFool: a simple and accurate method to fool deep neural networks, CVPR 2016',
  access: 'gradients',
  norms: ['L2', 'Linf'],
  seeks: 'least',
  defaults: { steps: 50, overshoot: 0.02, classes: 10 },
  run: nearest,
};
