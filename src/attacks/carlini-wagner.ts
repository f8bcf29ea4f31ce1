import { type Answer, type Asking, rowByRow, type Target } from './asking.ts';
import type { Attack, Job } from './attack.ts';
import { drawNearer } from './nearer.ts';
import { deltaOf, lengthOf } from './norms.ts';
import { rowOf } from './rows.ts';
import { clip } from './space.ts';
import { put } from './starts.ts';

// Carlini and Wagner: Towards evaluating the robustness of neural networks, S&P 2017. Least |δ|² + c · lead by Adam; the box
// is kept by projection, the first of the three ways of section 5.2: under the third, tanh, features at their bounds, such
// as the black of digits, have next to no slope. c is searched for by factors, then between what was too little and what
// was enough; each try goes on from the best row so far, in steps that get smaller.

/** Adam's constants (Kingma and Ba, 2015). */
const [FIRST, SECOND, TINY] = [0.9, 0.999, 1e-8];
/** c is multiplied or divided by this, until it is known from both sides. */
const FACTOR = 10;
/** The last steps are this share of the first. */
const SMALLEST = 0.02;

function* optimise(target: Target, job: Job): Asking<void> {
  const { tries = 4, targets = 3, weight = 0.3, halvings = 8 } = job.settings;
  const { original } = target;
  const others = yield* nearestClasses(target, job);
  for (const other of others.slice(0, targets)) {
    let [less, more, heavy] = [0, Number.POSITIVE_INFINITY, weight];
    let best: Float32Array | undefined;
    for (let turn = 0; turn < tries; turn++) {
      const found: Float32Array | undefined = yield* descend(target, job, {
        heavy,
        other,
        from: best ?? original,
      });
      if (found !== undefined) [more, best] = [heavy, found];
      else less = heavy;
      if (less === 0) heavy = more / FACTOR;
      else heavy = more === Number.POSITIVE_INFINITY ? less * FACTOR : Math.sqrt(less * more);
    }
  }
  if (target.nearest !== undefined) yield* drawNearer(target, job, target.nearest, halvings);
}

/** Classes whose planes are asked for: of those that are less likely none is the nearest. */
const PLANES = 9;

/** Other classes, the one first whose plane is the nearest, were the model linear: the likeliest is not always. */
function* nearestClasses(target: Target, job: Job): Asking<number[]> {
  const { space, victim } = job;
  const { features, classes } = victim;
  const { original, label } = target;
  const { scores }: Answer = yield { rows: original };
  const likely = [...scores.keys()]
    .filter((other) => other !== label)
    .sort((a, b) => (scores[b] as number) - (scores[a] as number))
    .slice(0, PLANES);
  const repeated = new Float32Array(likely.length * features);
  for (const index of likely.keys()) repeated.set(original, index * features);
  const { gradient }: Answer = yield {
    rows: repeated,
    cotangentOf: (made) => {
      const cotangent = new Float32Array(made.length);
      for (const [index, other] of likely.entries()) {
        cotangent[index * classes + other] = 1;
        cotangent[index * classes + label] = -1;
      }
      return cotangent;
    },
  };
  const far = new Map(
    likely.map((other, index) => {
      const slope = rowOf(gradient, features, index).map((part, at) =>
        space.fixed[at] === 1 ? 0 : part * (space.unit[at] as number),
      );
      const gap = (scores[label] as number) - (scores[other] as number);
      return [other, gap / Math.max(lengthOf('L2', slope), 1e-12)] as const;
    }),
  );
  return likely.sort((a, b) => (far.get(a) as number) - (far.get(b) as number));
}

interface Descent {
  /** c. */
  readonly heavy: number;
  readonly other: number;
  readonly from: Float32Array;
}

/** One run of Adam towards another class; the nearest row on the way that the model gets wrong. */
function* descend(
  target: Target,
  job: Job,
  { heavy, other, from }: Descent,
): Asking<Float32Array | undefined> {
  const { space } = job;
  const { unit, fixed } = space;
  const { steps = 100, rate = 0.02, confidence = 0 } = job.settings;
  const { original, label } = target;
  const count = original.length;
  const row: Float32Array = from.slice();
  const [mean, square] = [new Float32Array(count), new Float32Array(count)];
  let found: Float32Array | undefined;
  let reach = Number.POSITIVE_INFINITY;
  const pushed = (scores: Float32Array): Float32Array => {
    const cotangent = new Float32Array(scores.length);
    if ((scores[label] as number) - (scores[other] as number) > -confidence) {
      cotangent[label] = 1;
      cotangent[other] = -1;
    }
    return cotangent;
  };
  for (let step = 1; step <= steps; step++) {
    const asked = put(job, row.slice(), original);
    const answer: Answer = yield { rows: asked, cotangentOf: pushed };
    const delta = deltaOf(space, asked, original);
    const far = lengthOf('L2', delta);
    if (target.wrong(answer) && far < reach) {
      [found, reach] = [asked, far];
      target.found(asked);
    }
    const pace = rate * (SMALLEST + ((1 - SMALLEST) * (1 + Math.cos((Math.PI * step) / steps))) / 2);
    const [age, older] = [1 - FIRST ** step, 1 - SECOND ** step];
    for (let at = 0; at < count; at++) {
      if (fixed[at] === 1) continue;
      const slope =
        2 * (delta[at] as number) + heavy * (answer.gradient[at] as number) * (unit[at] as number);
      const first = FIRST * (mean[at] as number) + (1 - FIRST) * slope;
      const second = SECOND * (square[at] as number) + (1 - SECOND) * slope * slope;
      mean[at] = first;
      square[at] = second;
      const speed = first / age / (Math.sqrt(second / older) + TINY);
      row[at] = (row[at] as number) - pace * speed * (unit[at] as number);
    }
    clip(space, row, original);
  }
  return found;
}

export const carliniWagner: Attack = {
  name: 'cw',
  title: 'Carlini and Wagner',
  source: 'Carlini and Wagner: Towards evaluating the robustness of neural networks, IEEE S&P 2017',
  access: 'gradients',
  norms: ['L2'],
  seeks: 'least',
  defaults: { steps: 100, tries: 4, targets: 3, rate: 0.02, weight: 0.3, confidence: 0, halvings: 8 },
  run: rowByRow(optimise),
};
