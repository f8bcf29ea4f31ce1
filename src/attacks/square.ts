import { type Asking, rowByRow, type Target } from './asking.ts';
import type { Attack, Job } from './attack.ts';
import { sent } from './ball.ts';
import { margin } from './losses.ts';
import type { Random } from './random.ts';
import { proposeWindows } from './square-windows.ts';

// Random search with squares: Andriushchenko, Croce, Flammarion, Hein: Square attack, ECCV 2020. Of an image a square is
// changed at once; of a row of features, some features at random.

/** The share of features that is changed at once: halved at the places of the paper, for a budget of `queries`. */
export function shareAt(step: number, queries: number, start: number): number {
  const scaled = Math.floor((step / queries) * 10_000);
  const halved = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000].filter((point) => scaled > point).length;
  return start / 2 ** halved;
}

/** The row moved by the whole budget, up or down, at the features given. In place; whether that changed anything. */
function moved(
  { space, epsilon }: Job,
  row: Float32Array,
  original: Float32Array,
  at: number,
  sign: number,
): boolean {
  if (space.fixed[at] === 1) return false;
  const was = original[at] as number;
  const aim = was + sign * epsilon * (space.unit[at] as number);
  const least = Math.min(space.lower[at] as number, was);
  const most = Math.max(space.upper[at] as number, was);
  const before = row[at];
  row[at] = aim < least ? least : aim > most ? most : aim;
  return row[at] !== before;
}

/** The first step: stripes of an image from top to bottom, and features at random, each up or down. */
function stripes(job: Job, random: Random, original: Float32Array): Float32Array {
  const row = original.slice();
  const { image } = job.space;
  if (image === undefined) for (const at of row.keys()) moved(job, row, original, at, random.sign());
  else
    for (let channel = 0; channel < image.channels; channel++)
      for (let column = 0; column < image.width; column++) {
        const sign = random.sign();
        for (let line = 0; line < image.height; line++)
          moved(job, row, original, (channel * image.height + line) * image.width + column, sign);
      }
  return row;
}

/** Tries to find a square whose change shows; then a question would be wasted. */
const REDRAWN = 20;

/** The best row with a square of it changed. */
function proposal(
  job: Job,
  random: Random,
  best: Float32Array,
  original: Float32Array,
  share: number,
): Float32Array {
  const row = best.slice();
  for (let turn = 0; turn < REDRAWN; turn++) if (changeSquare(job, random, row, original, share)) break;
  return row;
}

function changeSquare(
  job: Job,
  random: Random,
  row: Float32Array,
  original: Float32Array,
  share: number,
): boolean {
  const { image } = job.space;
  let changed = false;
  const move = (at: number, sign: number) => {
    changed = moved(job, row, original, at, sign) || changed;
  };
  if (image === undefined) {
    const count = Math.max(1, Math.round(share * row.length));
    for (let turn = 0; turn < count; turn++) move(random.below(row.length), random.sign());
    return changed;
  }
  const { channels, height, width } = image;
  const side = Math.max(1, Math.min(Math.round(Math.sqrt(share * height * width)), height - 1, width - 1));
  const top = random.below(height - side + 1);
  const left = random.below(width - side + 1);
  for (let channel = 0; channel < channels; channel++) {
    const sign = random.sign();
    for (let line = top; line < top + side; line++)
      for (let column = left; column < left + side; column++)
        move((channel * height + line) * width + column, sign);
  }
  return changed;
}

function* search(target: Target, job: Job): Asking<void> {
  const { queries = 5000, share = 0.8 } = job.settings;
  const { original, label, random } = target;
  let best = original;
  let ahead = Number.POSITIVE_INFINITY;
  // The first question was that of the row itself.
  for (let step = 1; step < queries; step++) {
    const part = shareAt(step, queries, share);
    const tried =
      job.norm === 'L2' || job.norm === 'L1'
        ? proposeWindows(job, job.norm, random, best, original, part)
        : step === 1
          ? stripes(job, random, original)
          : proposal(job, random, best, original, part);
    const asked = sent(job, tried, original);
    const answer = yield { rows: asked };
    if (target.wrong(answer)) return target.found(asked);
    const left = margin(answer.scores, label);
    if (left >= ahead) continue;
    ahead = left;
    best = tried;
  }
}

export const square: Attack = {
  name: 'square',
  title: 'Square attack',
  source:
    'Andriushchenko, Croce, Flammarion, Hein: Square attack: a query-efficient black-box attack, ECCV 2020',
  access: 'scores',
  norms: ['Linf', 'L2', 'L1'],
  seeks: 'within',
  defaults: { queries: 5000, share: 0.8 },
  run: rowByRow(search),
};
