import { type Answer, type Asking, rowByRow, type Target } from './asking.ts';
import type { Attack, Job } from './attack.ts';
import { randomStart } from './ball.ts';
import { toPlane } from './boxed.ts';
import { drawNearer } from './nearer.ts';
import { deltaOf, distance, lengthOf } from './norms.ts';
import { rowOf } from './rows.ts';
import { roomOf } from './space.ts';
import { put } from './starts.ts';

// The least change, by steps to the plane on which the right class and another are alike, drawn towards the row: Croce and
// Hein: Minimally distorted adversarial examples with a fast adaptive boundary attack, ICML 2020. The targeted form
// (FAB-T), which asks for one gradient a step: towards each of the likeliest classes in turn.

/** Most of the way towards the row itself; steps beyond the plane; how far back after a row is found. */
const [BIAS, BEYOND, BACK] = [0.1, 1.05, 0.9];

function* adapt(target: Target, job: Job): Asking<void> {
  const { victim, norm, space, settings } = job;
  const { steps = 100, targets = 9, restarts = 1, halvings = 8 } = settings;
  const { original, label } = target;
  const { scores }: Answer = yield { rows: original };
  const others = [...scores.keys()]
    .filter((other) => other !== label)
    .sort((a, b) => (scores[b] as number) - (scores[a] as number))
    .slice(0, targets);
  let best: Float32Array | undefined;
  let reach = Number.POSITIVE_INFINITY;
  for (let restart = 0; restart < Math.max(1, restarts); restart++)
    for (const other of others) {
      let row: Float32Array = original.slice();
      if (restart > 0) {
        const epsilon = Math.min(job.epsilon, reach) / 2;
        randomStart({ ...job, epsilon, random: target.random }, row, original);
      }
      for (let step = 0; step < steps; step++) {
        const answer: Answer = yield { rows: row, cotangentOf: towards(other, label) };
        const gap = (answer.scores[label] as number) - (answer.scores[other] as number);
        if (target.wrong(answer)) {
          const far = distance(norm, space, row, original);
          if (far < reach) {
            [best, reach] = [row, far];
            target.found(row);
          }
          row = put(job, middle(original, row, BACK), original);
          continue;
        }
        const slope = inUnits(job, rowOf(answer.gradient, victim.features, 0));
        if (lengthOf('L1', slope) === 0) {
          target.flat();
          break;
        }
        row = next(job, original, row, slope, gap);
      }
    }
  if (best !== undefined) yield* drawNearer(target, job, best, halvings);
}

/** The gradient of what the other class is ahead by. */
const towards =
  (other: number, label: number) =>
  (scores: Float32Array): Float32Array => {
    const cotangent = new Float32Array(scores.length);
    cotangent[other] = 1;
    cotangent[label] = -1;
    return cotangent;
  };

const inUnits = ({ space }: Job, gradient: Float32Array): Float32Array =>
  gradient.map((part, at) => (space.fixed[at] === 1 ? 0 : part * (space.unit[at] as number)));

const middle = (from: Float32Array, to: Float32Array, share: number): Float32Array =>
  from.map((value, at) => value + share * ((to[at] as number) - value));

/** Between the steps to the plane from here and from the row itself, the nearer of the two counting more. */
function next(
  job: Job,
  original: Float32Array,
  row: Float32Array,
  slope: Float32Array,
  gap: number,
): Float32Array {
  const { norm, space } = job;
  const here = roomOf(space, row);
  const home = roomOf(space, original);
  const away = deltaOf(space, row, original);
  // What the plane through here is off, as seen from the row itself.
  let farther = gap;
  for (let at = 0; at < slope.length; at++) farther += (slope[at] as number) * (away[at] as number);
  const fromHere = toPlane(norm, slope, gap, here.up, here.down);
  const fromHome = toPlane(norm, slope, farther, home.up, home.down);
  const [near, far] = [lengthOf(norm, fromHere), lengthOf(norm, fromHome)].map((length) =>
    Math.max(length, 1e-8),
  );
  const bias = Math.min((near as number) / ((near as number) + (far as number)), BIAS);
  const moved = original.map((value, at) => {
    const ahead = (away[at] as number) + BEYOND * (fromHere[at] as number);
    const change = (1 - bias) * ahead + bias * BEYOND * (fromHome[at] as number);
    return value + change * (space.unit[at] as number);
  });
  return put(job, moved, original);
}

export const fab: Attack = {
  name: 'fab',
  title: 'Fast adaptive boundary attack, targeted',
  source:
    'Croce and Hein: Minimally distorted adversarial examples with a fast adaptive boundary attack, ICML 2020',
  access: 'gradients',
  norms: ['Linf', 'L2', 'L1'],
  seeks: 'least',
  defaults: { steps: 100, targets: 9, restarts: 1, halvings: 8 },
  run: rowByRow(adapt),
};
