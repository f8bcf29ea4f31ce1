import type { Attack, Job, Outcome } from './attack.ts';
import { sent } from './ball.ts';
import { errs, margin } from './losses.ts';
import { project } from './norms.ts';
import { Progress, rowOf } from './rows.ts';
import { clip } from './space.ts';

// One feature at a time, up or down, kept where the right class loses: Guo, Gardner, You, Wilson, Weinberger: Simple
// black-box adversarial attacks, ICML 2019.

interface Walker {
  readonly at: number;
  readonly original: Float32Array;
  readonly order: Int32Array;
  row: Float32Array;
  ahead: number;
  next: number;
  sign: 1 | -1;
}

async function walk(job: Job): Promise<Outcome> {
  const { victim, rows, labels, norm, epsilon, space, random } = job;
  const { features, classes } = victim;
  const { queries = 5000, step = 0.2 } = job.settings;
  const progress = new Progress(job);
  const free = [...space.fixed.keys()].filter((at) => space.fixed[at] !== 1);
  for await (const right of progress.batches()) {
    let walkers: Walker[] = right.map((at) => {
      const original = rowOf(rows, features, at);
      const order = random.shuffle(Int32Array.from(free));
      return {
        at,
        original,
        order,
        row: original.slice(),
        ahead: Number.POSITIVE_INFINITY,
        next: 0,
        sign: 1,
      };
    });
    for (let used = 1; used < queries && walkers.length > 0 && !progress.stopped; used++) {
      const tried = walkers.map((walker) => propose(walker));
      const asked = new Float32Array(tried.length * features);
      for (const [index, row] of tried.entries()) asked.set(row, index * features);
      const scores = await victim.scores(asked);
      walkers = walkers.filter((walker, index) => {
        const { at } = walker;
        progress.outcome.queries[at] = (progress.outcome.queries[at] ?? 0) + 1;
        const [own, label] = [rowOf(scores, classes, index), labels[at] as number];
        if (errs(own, label)) {
          progress.found(at, tried[index] as Float32Array);
          return false;
        }
        const ahead = margin(own, label);
        const better = ahead < walker.ahead;
        if (better) {
          walker.row = tried[index] as Float32Array;
          walker.ahead = ahead;
        }
        // The other way first, then the next feature.
        if (better || walker.sign === -1) {
          walker.next += 1;
          walker.sign = 1;
        } else walker.sign = -1;
        return free.length > 0;
      });
    }
    progress.done(right.length);
  }
  return progress.outcome;

  function propose({ row, original, order, next, sign }: Walker): Float32Array {
    const moved = row.slice();
    const at = order[next % order.length] as number;
    moved[at] = (moved[at] as number) + sign * step * (space.unit[at] as number);
    project(norm, space, moved, original, epsilon);
    clip(space, moved, original);
    return sent(job, moved, original);
  }
}

export const simba: Attack = {
  name: 'simba',
  title: 'Simple black-box attack',
  source: 'Guo, Gardner, You, Wilson, Weinberger: Simple black-box adversarial attacks, ICML 2019',
  access: 'scores',
  norms: ['L2', 'Linf'],
  seeks: 'within',
  defaults: { queries: 5000, step: 0.2 },
  run: walk,
};
