import { type Answer, type Asking, rowByRow, type Target } from './asking.ts';
import type { Attack, Job } from './attack.ts';
import { margin } from './losses.ts';
import { drawNearer } from './nearer.ts';
import { deltaOf } from './norms.ts';
import { rowOf } from './rows.ts';
import { put } from './starts.ts';

// Carlini and Wagner's loss, |δ|² + c · lead, with the slope of some features at a time guessed from scores on both sides:
// Chen, Zhang, Sharma, Yi, Hsieh: ZOO: zeroth order optimization based black-box attacks, AISec 2017. Each feature has an
// Adam of its own (Kingma and Ba, 2015); c grows until the row is wrong and falls after.

const [FIRST, SECOND, TINY] = [0.9, 0.999, 1e-8];
/** What c is changed by, and what a step is after each time. */
const [HEAVIER, LIGHTER] = [1.5, 0.9];

function* descend(target: Target, job: Job): Asking<void> {
  const { space, victim, settings } = job;
  const { features, classes } = victim;
  const { queries = 10_000, samples = 64, width = 1e-3, rate = 0.02, weight = 1, halvings = 8 } = settings;
  const { original, label, random } = target;
  const free = Int32Array.from([...space.fixed.keys()].filter((at) => space.fixed[at] !== 1));
  const mean = new Float64Array(features);
  const square = new Float64Array(features);
  const turns = new Int32Array(features);
  let row = original.slice() as Float32Array;
  let heavy = weight;
  let next = free.length;
  while (free.length > 0) {
    const count = Math.min(samples, free.length, (queries - halvings - target.queries - 1) >> 1);
    if (count < 1) break;
    if (next + count > free.length) {
      random.shuffle(free);
      next = 0;
    }
    const some = free.subarray(next, next + count);
    next += count;
    // Both sides of each feature, and last the row itself.
    const rows = new Float32Array((2 * count + 1) * features);
    for (let index = 0; index <= 2 * count; index++) rows.set(row, index * features);
    for (const [index, at] of some.entries()) {
      const move = width * (space.unit[at] as number);
      rows[2 * index * features + at] = (row[at] as number) + move;
      rows[(2 * index + 1) * features + at] = (row[at] as number) - move;
    }
    rows.set(put(job, row.slice(), original), 2 * count * features);
    const answer: Answer = yield { rows };
    if (target.wrong(answer, 2 * count)) {
      target.found(rowOf(rows, features, 2 * count));
      heavy *= LIGHTER;
    } else heavy *= HEAVIER;
    const aheadAt = (place: number) => Math.max(0, margin(rowOf(answer.scores, classes, place), label));
    const delta = deltaOf(space, row, original);
    const stepped = row.slice();
    let flat = true;
    for (const [index, at] of some.entries()) {
      const rise = (aheadAt(2 * index) - aheadAt(2 * index + 1)) / (2 * width);
      if (rise !== 0) flat = false;
      const slope = 2 * (delta[at] as number) + Math.min(heavy, 1e6) * rise;
      turns[at] = (turns[at] as number) + 1;
      mean[at] = FIRST * (mean[at] as number) + (1 - FIRST) * slope;
      square[at] = SECOND * (square[at] as number) + (1 - SECOND) * slope * slope;
      const age = turns[at] as number;
      const speed =
        (mean[at] as number) /
        (1 - FIRST ** age) /
        (Math.sqrt((square[at] as number) / (1 - SECOND ** age)) + TINY);
      stepped[at] = (row[at] as number) - rate * speed * (space.unit[at] as number);
    }
    if (flat && target.nearest === undefined) target.flat();
    row = stepped.map((value, at) =>
      Math.max(space.lower[at] as number, Math.min(space.upper[at] as number, value)),
    );
  }
  if (target.nearest !== undefined) yield* drawNearer(target, job, target.nearest, halvings);
}

export const zoo: Attack = {
  name: 'zoo',
  title: 'Zeroth order optimization',
  source:
    'Chen, Zhang, Sharma, Yi, Hsieh: ZOO: zeroth order optimization based black-box attacks to deep neural networks, AISec 2017',
  access: 'scores',
  norms: ['L2'],
  seeks: 'least',
  defaults: { queries: 10_000, samples: 64, width: 1e-3, rate: 0.02, weight: 1, halvings: 8 },
  run: rowByRow(descend),
};
