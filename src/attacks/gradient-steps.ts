import type { Attack, Job, Norm, Outcome } from './attack.ts';
import { randomStart, sent } from './ball.ts';
import { errs, logOdds } from './losses.ts';
import { lengthOf, project, steepest } from './norms.ts';
import { gather, lossGradients, Progress, rowOf } from './rows.ts';
import { clip } from './space.ts';

// Attacks that go up the gradient of the loss in steps of one size: they differ in how many, from where, and in momentum.

async function climb(job: Job): Promise<Outcome> {
  const { victim, rows, labels, norm, epsilon, space } = job;
  const { steps = 1, restarts = 1, step = 0, momentum = 0, random = 0 } = job.settings;
  const size = step > 0 ? step : steps === 1 ? epsilon : (2.5 * epsilon) / steps;
  const { features, classes } = victim;
  const progress = new Progress(job);
  for await (const right of progress.batches()) {
    let left = right;
    for (let restart = 0; restart < Math.max(1, restarts) && left.length > 0; restart++) {
      let current = gather(rows, features, left);
      const velocity = new Float32Array(current.length);
      if (random !== 0 || restart > 0)
        for (const [index, at] of left.entries())
          randomStart(job, rowOf(current, features, index), rowOf(rows, features, at));
      for (let turn = 0; turn <= steps && left.length > 0 && !progress.stopped; turn++) {
        const asked = new Float32Array(current.length);
        for (const [index, at] of left.entries())
          asked.set(sent(job, rowOf(current, features, index), rowOf(rows, features, at)), index * features);
        const { scores, gradient } = await lossGradients(job, asked, left, logOdds);
        const kept: number[] = [];
        for (const [index, at] of left.entries()) {
          progress.outcome.queries[at] = (progress.outcome.queries[at] ?? 0) + 1;
          if (errs(rowOf(scores, classes, index), labels[at] as number)) {
            progress.found(at, rowOf(asked, features, index));
            continue;
          }
          kept.push(index);
          const row = rowOf(current, features, index);
          const slope = rowOf(gradient, features, index);
          const total = lengthOf('L1', slope);
          if (total === 0) progress.outcome.zeroGradients[at] = 1;
          const speed = rowOf(velocity, features, index);
          for (let part = 0; part < features; part++)
            speed[part] =
              momentum * (speed[part] as number) +
              (slope[part] as number) / (momentum > 0 ? Math.max(total, 1e-12) : 1);
          const move = steepest(norm, space, speed, size, row);
          const original = rowOf(rows, features, at);
          for (let part = 0; part < features; part++)
            row[part] = (row[part] as number) + (move[part] as number);
          project(norm, space, row, original, epsilon);
          clip(space, row, original);
        }
        if (kept.length < left.length) {
          current = gather(current, features, kept);
          velocity.set(gather(velocity, features, kept));
          left = kept.map((index) => left[index] as number);
        }
      }
    }
    progress.done(right.length);
  }
  return progress.outcome;
}

const NORMS: readonly Norm[] = ['Linf', 'L2', 'L1'];

export const fgsm: Attack = {
  name: 'fgsm',
  title: 'Fast gradient sign method',
  source: 'Goodfellow, Shlens, Szegedy: Explaining and harnessing adversarial examples, ICLR 2015',
  access: 'gradients',
  norms: NORMS,
  seeks: 'within',
  defaults: { steps: 1 },
  run: climb,
};

export const bim: Attack = {
  name: 'bim',
  title: 'Basic iterative method',
  source: 'Kurakin, Goodfellow, Bengio: Adversarial examples in the physical world, 2017',
  access: 'gradients',
  norms: NORMS,
  seeks: 'within',
  defaults: { steps: 10, step: 0 },
  run: climb,
};

export const pgd: Attack = {
  name: 'pgd',
  title: 'Projected gradient descent',
  source: 'Madry et al.: Towards deep learning models resistant to adversarial attacks, ICLR 2018',
  access: 'gradients',
  norms: NORMS,
  seeks: 'within',
  defaults: { steps: 40, step: 0, restarts: 1, random: 1 },
  run: climb,
};

export const miFgsm: Attack = {
  name: 'mi-fgsm',
  title: 'Momentum iterative method',
  source: 'Dong et al.: Boosting adversarial attacks with momentum, CVPR 2018',
  access: 'gradients',
  norms: NORMS,
  seeks: 'within',
  defaults: { steps: 10, step: 0, momentum: 1 },
  run: climb,
};
