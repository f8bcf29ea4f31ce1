import type { Attack, Job, Outcome } from './attack.ts';
import { sent } from './ball.ts';
import { errs, margin } from './losses.ts';
import { project, steepest } from './norms.ts';
import { Progress, rowOf } from './rows.ts';
import { clip } from './space.ts';

// Gradients guessed from scores: the lead of the right class is asked for on both sides of a row, along directions at random.

/** A direction: of normal numbers, or of signs. */
type Direction = (job: Job, into: Float32Array) => void;

const normals: Direction = ({ random }, into) => {
  for (const at of into.keys()) into[at] = random.normal();
};

const signs: Direction = ({ random }, into) => {
  for (const at of into.keys()) into[at] = random.sign();
};

/** Steps up a guessed gradient, row by row: the questions of one step are one batch. */
const stepping =
  (direction: Direction) =>
  async (job: Job): Promise<Outcome> => {
    const { victim, rows, labels, norm, epsilon, space } = job;
    const { features, classes } = victim;
    const { queries = 5000, samples = 25, width = 0.01, step = 0 } = job.settings;
    const size = step > 0 ? step : epsilon / 5;
    const progress = new Progress(job);
    for await (const right of progress.batches())
      for (const at of right) {
        const original = rowOf(rows, features, at);
        const label = labels[at] as number;
        const row = original.slice();
        let used = 1;
        while (used < queries && !progress.stopped) {
          const count = Math.min(samples, Math.floor((queries - used - 1) / 2));
          if (count < 1) break;
          const directions = new Float32Array(count * features);
          // Both sides of every direction, and last the row itself.
          const asked = new Float32Array((2 * count + 1) * features);
          for (let index = 0; index < count; index++) {
            const along = rowOf(directions, features, index);
            direction(job, along);
            for (let part = 0; part < features; part++) {
              const move =
                space.fixed[part] === 1 ? 0 : width * (along[part] as number) * (space.unit[part] as number);
              asked[2 * index * features + part] = (row[part] as number) + move;
              asked[(2 * index + 1) * features + part] = (row[part] as number) - move;
            }
          }
          const tried = sent(job, row, original);
          asked.set(tried, 2 * count * features);
          const scores = await victim.scores(asked);
          used += 2 * count + 1;
          progress.outcome.queries[at] = used;
          if (errs(rowOf(scores, classes, 2 * count), label)) {
            progress.found(at, tried);
            break;
          }
          const slope = new Float32Array(features);
          for (let index = 0; index < count; index++) {
            const [one, other] = [rowOf(scores, classes, 2 * index), rowOf(scores, classes, 2 * index + 1)];
            const rise = margin(other, label) - margin(one, label);
            const along = rowOf(directions, features, index);
            for (let part = 0; part < features; part++)
              slope[part] = (slope[part] as number) + rise * (along[part] as number);
          }
          const flat = slope.every((part) => part === 0);
          if (flat) progress.outcome.zeroGradients[at] = 1;
          // The directions were in units already.
          const inUnits = slope.map((part, index) => part / (space.unit[index] as number));
          const move = steepest(norm, space, inUnits, size);
          for (let part = 0; part < features; part++)
            row[part] = (row[part] as number) + (move[part] as number);
          project(norm, space, row, original, epsilon);
          clip(space, row, original);
        }
        progress.done();
      }
    return progress.outcome;
  };

const common = { access: 'scores', norms: ['Linf', 'L2'], seeks: 'within' } as const;

export const nes: Attack = {
  ...common,
  name: 'nes',
  title: 'Natural evolution strategies',
  source:
    'Ilyas, Engstrom, Athalye, Lin: Black-box adversarial attacks with limited queries and information, ICML 2018',
  defaults: { queries: 5000, samples: 25, width: 0.01, step: 0 },
  run: stepping(normals),
};

export const spsa: Attack = {
  ...common,
  name: 'spsa',
  title: 'Simultaneous perturbation stochastic approximation',
  source:
    'Uesato, O’Donoghue, van den Oord, Kohli: Adversarial risk and the dangers of evaluating against weak attacks, ICML 2018',
  defaults: { queries: 5000, samples: 25, width: 0.01, step: 0 },
  run: stepping(signs),
};
