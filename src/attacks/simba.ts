import { type Asking, rowByRow, type Target } from './asking.ts';
import type { Attack, Job } from './attack.ts';
import { sent } from './ball.ts';
import { margin } from './losses.ts';
import { project } from './norms.ts';
import { clip } from './space.ts';

// One feature at a time, up or down, kept where the right class loses: Guo, Gardner, You, Wilson, Weinberger: Simple
// black-box adversarial attacks, ICML 2019.

function* walk(target: Target, job: Job): Asking<void> {
  const { norm, epsilon, space } = job;
  const { queries = 5000, step = 0.2 } = job.settings;
  const { original, label, random } = target;
  const order = random.shuffle(
    Int32Array.from([...space.fixed.keys()].filter((at) => space.fixed[at] !== 1)),
  );
  let row: Float32Array = original.slice();
  let ahead = Number.POSITIVE_INFINITY;
  let idle = 0;
  let size = norm === 'L2' ? Math.min(step, epsilon / 4) : step;
  let gained = true;
  for (let turn = 0; order.length > 0; turn++) {
    const at = order[turn % order.length] as number;
    // The same again would come to the same.
    if (turn % order.length === 0 && !gained) size /= 2;
    if (turn % order.length === 0) gained = false;
    let changes = 0;
    for (const sign of [1, -1]) {
      const moved = row.slice();
      moved[at] = (moved[at] as number) + sign * size * (space.unit[at] as number);
      project(norm, space, moved, original, epsilon);
      clip(space, moved, original);
      const tried = sent(job, moved, original);
      if (tried[at] === row[at]) continue;
      if (target.queries >= queries) return;
      changes += 1;
      const answer = yield { rows: tried };
      if (target.wrong(answer)) return target.found(tried);
      const left = margin(answer.scores, label);
      if (left >= ahead) continue;
      row = tried;
      ahead = left;
      gained = true;
      break;
    }
    idle = changes === 0 ? idle + 1 : 0;
    // At the edge of the budget wherever it turns.
    if (idle >= order.length) return;
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
  run: rowByRow(walk),
};
