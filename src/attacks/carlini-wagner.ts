import type { Attack, Job, Outcome } from './attack.ts';
import { errs, type Loss, runnerUp } from './losses.ts';
import { lengthOf } from './norms.ts';
import { lossGradients, Progress, rowOf } from './rows.ts';
import { clip, isDiscrete, snap } from './space.ts';

// Carlini and Wagner: Towards evaluating the robustness of neural networks, S&P 2017. Least ‖δ‖² + c · lead, over a
// variable w with x = the middle of the box + half its width · tanh w, by Adam; c by binary search for each row.

/** Adam's constants (Kingma and Ba, 2015). */
const [FIRST, SECOND, TINY] = [0.9, 0.999, 1e-8];

/** A row on its way, through all tries of c. */
interface Seeker {
  readonly at: number;
  readonly original: Float32Array;
  best: Float32Array | undefined;
  bestLength: number;
  least: number;
  most: number;
  weight: number;
}

/** Never more than this: what is searched for is doubled no further. */
const HEAVIEST = 1e10;

async function optimise(job: Job): Promise<Outcome> {
  const { victim, rows } = job;
  const { tries = 5, weight = 0.01 } = job.settings;
  const progress = new Progress(job);
  for await (const right of progress.batches()) {
    const seekers: Seeker[] = right.map((at) => ({
      at,
      original: rowOf(rows, victim.features, at),
      best: undefined,
      bestLength: Number.POSITIVE_INFINITY,
      least: 0,
      most: HEAVIEST,
      weight,
    }));
    for (let turn = 0; turn < tries && !progress.stopped; turn++) {
      const found = await descend(job, progress, seekers);
      for (const [index, seeker] of seekers.entries()) {
        if (found[index]) seeker.most = Math.min(seeker.most, seeker.weight);
        else seeker.least = Math.max(seeker.least, seeker.weight);
        seeker.weight = seeker.most < HEAVIEST ? (seeker.least + seeker.most) / 2 : seeker.weight * 10;
      }
    }
    for (const { at, best } of seekers) if (best !== undefined) progress.found(at, best);
    progress.done(right.length);
  }
  return progress.outcome;
}

/** Adam from the rows themselves; says for which rows the model came to err. */
async function descend(job: Job, progress: Progress, seekers: readonly Seeker[]): Promise<boolean[]> {
  const { victim, space, labels } = job;
  const { features, classes } = victim;
  const { steps = 200, rate = 0.05, confidence = 0 } = job.settings;
  const middle = space.lower.map((lower, at) => (lower + (space.upper[at] as number)) / 2);
  const half = space.lower.map((lower, at) => Math.max(((space.upper[at] as number) - lower) / 2, 1e-12));
  const count = seekers.length;
  const inner = new Float32Array(count * features);
  for (const [index, { original }] of seekers.entries())
    for (let part = 0; part < features; part++) {
      const place = ((original[part] as number) - (middle[part] as number)) / (half[part] as number);
      inner[index * features + part] = Math.atanh(Math.max(-1, Math.min(1, place)) * 0.999999);
    }
  const [mean, square] = [new Float32Array(inner.length), new Float32Array(inner.length)];
  const found = seekers.map(() => false);
  const places = seekers.map(({ at }) => at);
  const pushed: Loss = (scores, label, cotangent) => {
    const other = runnerUp(scores, label);
    const ahead = (scores[label] as number) - (scores[other] as number);
    cotangent.fill(0);
    if (ahead > -confidence) {
      cotangent[label] = 1;
      cotangent[other] = -1;
    }
    return ahead;
  };
  for (let step = 1; step <= steps && !progress.stopped; step++) {
    const asked = new Float32Array(inner.length);
    for (const [index, { original }] of seekers.entries()) {
      const row = rowOf(asked, features, index);
      for (let part = 0; part < features; part++)
        row[part] =
          (middle[part] as number) +
          (half[part] as number) * Math.tanh(inner[index * features + part] as number);
      clip(space, row, original);
      if (isDiscrete(space)) snap(space, row, original);
    }
    const { scores, gradient } = await lossGradients(job, asked, places, pushed);
    for (const [index, seeker] of seekers.entries()) {
      const { at, original } = seeker;
      progress.outcome.queries[at] = (progress.outcome.queries[at] ?? 0) + 1;
      const row = rowOf(asked, features, index);
      const delta = row.map(
        (value, part) => (value - (original[part] as number)) / (space.unit[part] as number),
      );
      const length = lengthOf('L2', delta);
      if (errs(rowOf(scores, classes, index), labels[at] as number)) {
        found[index] = true;
        if (length < seeker.bestLength) {
          seeker.bestLength = length;
          seeker.best = row.slice();
        }
      }
      for (let part = 0; part < features; part++) {
        const place = index * features + part;
        const tanh = Math.tanh(inner[place] as number);
        const outer =
          (2 * (delta[part] as number)) / (space.unit[part] as number) +
          seeker.weight * (gradient[place] as number);
        const slope = space.fixed[part] === 1 ? 0 : outer * (half[part] as number) * (1 - tanh * tanh);
        const first = FIRST * (mean[place] as number) + (1 - FIRST) * slope;
        const second = SECOND * (square[place] as number) + (1 - SECOND) * slope * slope;
        mean[place] = first;
        square[place] = second;
        const speed = first / (1 - FIRST ** step) / (Math.sqrt(second / (1 - SECOND ** step)) + TINY);
        inner[place] = (inner[place] as number) - rate * speed;
      }
    }
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
  defaults: { steps: 200, tries: 5, rate: 0.05, weight: 0.01, confidence: 0 },
  run: optimise,
};
