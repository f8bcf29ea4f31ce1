import { type Answer, type Asking, rowByRow, type Target } from './asking.ts';
import type { Attack, Job } from './attack.ts';
import { toPlane } from './boxed.ts';
import { drawNearer } from './nearer.ts';
import { lengthOf } from './norms.ts';
import { rowOf } from './rows.ts';
import { roomOf } from './space.ts';
import { put } from './starts.ts';

// The nearest place where a model that is taken as linear would err, again and again: Moosavi-Dezfooli, Fawzi, Frossard:
// DeepFool, CVPR 2016.

function* nearest(target: Target, job: Job): Asking<void> {
  const { space, victim } = job;
  const { features } = victim;
  const { steps = 50, overshoot = 0.02, halvings = 8 } = job.settings;
  const { original } = target;
  const count = Math.max(2, Math.min(job.settings.classes ?? 10, victim.classes));
  // Where the steps lead, and what is asked about: a little beyond.
  const reached = original.slice();
  let row: Float32Array = original.slice();
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
    const push = nearestPlane(job, reached, target.label, answer, likely);
    if (push === undefined) return target.flat();
    for (let part = 0; part < features; part++)
      reached[part] = (reached[part] as number) + (push[part] as number) * (space.unit[part] as number);
    const beyond = original.map(
      (value, part) => value + (1 + overshoot) * ((reached[part] as number) - value),
    );
    row = put(job, beyond, original);
  }
}

const likeliest = (scores: Float32Array, count: number): number[] =>
  [...scores.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number)).slice(0, count);

/** More than on the plane, where two classes are alike: by this share of their scores. */
const TIE = 1e-5;

/**
 * The step to the nearest of the planes on which another class is as likely, in units: as far as the box allows, which
 * the paper leaves out. A feature at its bound cannot go on, so others go farther (as in `fab.ts`).
 */
function nearestPlane(
  { norm, space, victim: { features } }: Job,
  row: Float32Array,
  label: number,
  { scores, gradient }: Answer,
  classes: readonly number[],
): Float32Array | undefined {
  const { up, down } = roomOf(space, row);
  const own = classes.indexOf(label);
  let best: Float32Array | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, other] of classes.entries()) {
    if (other === label || own < 0) continue;
    const slope = new Float32Array(features);
    for (let part = 0; part < features; part++)
      if (space.fixed[part] !== 1)
        slope[part] =
          ((gradient[index * features + part] as number) - (gradient[own * features + part] as number)) *
          (space.unit[part] as number);
    const [here, there] = [scores[label] as number, scores[other] as number];
    const gap = here - there + TIE * (Math.abs(here) + Math.abs(there));
    const push = toPlane(norm, slope, gap, up, down);
    let covered = 0;
    for (let part = 0; part < features; part++) covered += (slope[part] as number) * (push[part] as number);
    // Where the plane lies outside the box, as if it went on like that.
    const far = (lengthOf(norm, push) * gap) / covered;
    if (covered > 0 && far < least) [best, least] = [push, far];
  }
  return best;
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
