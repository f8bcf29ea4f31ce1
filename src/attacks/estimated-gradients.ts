import { type Asking, rowByRow, type Target } from './asking.ts';
import type { Attack, Job } from './attack.ts';
import { sent } from './ball.ts';
import { margin } from './losses.ts';
import { project, steepest } from './norms.ts';
import type { Random } from './random.ts';
import { rowOf } from './rows.ts';
import { clip } from './space.ts';

// Gradients guessed from scores: the lead of the right class is asked for on both sides of a row, along directions at random.

/** A part of a direction: a normal number, or a sign. */
type Part = (random: Random) => number;

/** Steps up a guessed gradient: the questions of one step are one. */
const stepping = (partOf: Part) =>
  function* walk(target: Target, job: Job): Asking<void> {
    const { norm, epsilon, space, victim } = job;
    const { features, classes } = victim;
    const { queries = 5000, samples = 25, width = 0.01, step = 0 } = job.settings;
    const size = step > 0 ? step : epsilon / 5;
    const { original, label, random } = target;
    const row = original.slice();
    const slope = new Float32Array(features);
    for (;;) {
      const count = Math.min(samples, Math.floor((queries - target.queries - 1) / 2));
      if (count < 1) return;
      const directions = new Float32Array(count * features);
      // Both sides of every direction, and last the row itself.
      const asked = new Float32Array((2 * count + 1) * features);
      for (let index = 0; index < count; index++) {
        const above = 2 * index * features;
        for (let part = 0; part < features; part++) {
          if (space.fixed[part] !== 1) directions[index * features + part] = partOf(random);
          const move = width * (directions[index * features + part] as number) * (space.unit[part] as number);
          asked[above + part] = (row[part] as number) + move;
          asked[above + features + part] = (row[part] as number) - move;
        }
        clip(space, rowOf(asked, features, 2 * index), original);
        clip(space, rowOf(asked, features, 2 * index + 1), original);
      }
      const tried = sent(job, row, original);
      asked.set(tried, 2 * count * features);
      const answer = yield { rows: asked };
      if (target.wrong(answer, 2 * count)) return target.found(tried.slice());
      slope.fill(0);
      for (let index = 0; index < count; index++) {
        const leadAt = (place: number) => margin(rowOf(answer.scores, classes, place), label);
        const rise = leadAt(2 * index + 1) - leadAt(2 * index);
        for (let part = 0; part < features; part++)
          slope[part] = (slope[part] as number) + rise * (directions[index * features + part] as number);
      }
      if (slope.every((part) => part === 0)) target.flat();
      // The directions were in units already.
      const inUnits = slope.map((part, at) => part / (space.unit[at] as number));
      const move = steepest(norm, space, inUnits, size, row);
      for (let part = 0; part < features; part++) row[part] = (row[part] as number) + (move[part] as number);
      project(norm, space, row, original, epsilon);
      clip(space, row, original);
    }
  };

const common = { access: 'scores', norms: ['Linf', 'L2'], seeks: 'within' } as const;

export const nes: Attack = {
  ...common,
  name: 'nes',
  title: 'Natural evolution strategies',
  source:
    'Ilyas, Engstrom, Athalye, Lin: Black-box adversarial attacks with limited queries and information, ICML 2018',
  defaults: { queries: 5000, samples: 25, width: 0.01, step: 0 },
  run: rowByRow(stepping((random) => random.normal())),
};

export const spsa: Attack = {
  ...common,
  name: 'spsa',
  title: 'Simultaneous perturbation stochastic approximation',
  source:
    'Uesato, O’Donoghue, van den Oord, Kohli: Adversarial risk and the dangers of evaluating against weak attacks, ICML 2018',
  defaults: { queries: 5000, samples: 25, width: 0.01, step: 0 },
  run: rowByRow(stepping((random) => random.sign())),
};
