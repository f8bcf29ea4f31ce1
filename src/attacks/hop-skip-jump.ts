import { type Answer, type Asking, rowByRow, type Target } from './asking.ts';
import type { Attack, Job } from './attack.ts';
import { drawNearer } from './nearer.ts';
import { distance, lengthOf } from './norms.ts';
import type { Random } from './random.ts';
import { rowOf } from './rows.ts';
import type { Space } from './space.ts';
import { firstWrong, put } from './starts.ts';

// From decisions alone: a row on the other side is drawn to the boundary, the gradient there is guessed from which of many
// neighbours are still wrong, and a step is taken along it. Chen, Jordan, Wainwright: HopSkipJumpAttack, S&P 2020.

/**
 * How far off neighbours are, as a share of the distance. The paper's, 1 / the number of features, is narrower than the
 * boundary is exact where features are few; a hundredth measured better.
 */
const WIDTH = 0.01;
/** Halvings to the boundary: a ten-thousandth of the distance. */
const HALVINGS = 13;
/** Questions for each number that is guessed of a picture. */
const QUESTIONS = 20;
/** A step is halved no more often than this. */
const SHORTER = 12;

/**
 * The side of the blocks in which pictures are changed, so that as few numbers are to be guessed as the questions can tell:
 * gradients of pictures are smooth. Li, Xu, Zhang, Yang, Li: QEBA, CVPR 2020, in space. 1 is the paper's attack.
 */
function blockFor({ space: { image, features } }: Job, queries: number): number {
  if (image === undefined) return 1;
  const most = Math.max(1, Math.min(image.height, image.width) >> 2);
  return Math.min(most, Math.ceil(Math.sqrt(features / (queries / QUESTIONS))));
}

/** Noise: one normal number for each block of each channel, the blocks laid at a place at random. */
function noise(random: Random, { image, fixed }: Space, row: Float32Array, block: number): void {
  if (image === undefined || block === 1) {
    for (let at = 0; at < row.length; at++) row[at] = fixed[at] === 1 ? 0 : random.normal();
    return;
  }
  const { channels, height, width } = image;
  const [down, right] = [random.below(block), random.below(block)];
  const across = Math.ceil((width + right) / block);
  const cells = new Float64Array(across);
  for (let line = 0; line < channels * height; line++) {
    const inChannel = line % height;
    if (inChannel === 0 || (inChannel + down) % block === 0)
      for (let cell = 0; cell < across; cell++) cells[cell] = random.normal();
    for (let column = 0; column < width; column++) {
      const at = line * width + column;
      row[at] = fixed[at] === 1 ? 0 : (cells[Math.floor((column + right) / block)] as number);
    }
  }
}

/** The direction, in units, into which more neighbours are wrong; undefined where they tell nothing. */
function* slopeAt(
  target: Target,
  job: Job,
  row: Float32Array,
  count: number,
  { width, block }: { readonly width: number; readonly block: number },
): Asking<Float32Array | undefined> {
  const { space, victim, norm } = job;
  const { features } = victim;
  const asked = new Float32Array(count * features);
  for (let index = 0; index < count; index++) {
    const neighbour = rowOf(asked, features, index);
    noise(target.random, space, neighbour, block);
    const stretch = width / Math.max(lengthOf('L2', neighbour), 1e-12);
    for (let part = 0; part < features; part++)
      neighbour[part] =
        (row[part] as number) + (neighbour[part] as number) * stretch * (space.unit[part] as number);
    put(job, neighbour, target.original);
  }
  const answer: Answer = yield { rows: asked };
  const wrong = Array.from({ length: count }, (_, index) => (target.wrong(answer, index) ? 1 : -1));
  // The mean is taken off, so that it says something where nearly all are the same; not where all are.
  const mean = wrong.reduce<number>((sum, one) => sum + one, 0) / count;
  const same = Math.abs(mean) === 1;
  const direction = new Float32Array(features);
  for (let index = 0; index < count; index++) {
    const weight = (wrong[index] as number) - (same ? 0 : mean);
    for (let part = 0; part < features; part++)
      direction[part] =
        (direction[part] as number) +
        (weight * ((asked[index * features + part] as number) - (row[part] as number))) /
          (space.unit[part] as number);
  }
  if (norm === 'Linf') return direction.map(Math.sign);
  const length = lengthOf('L2', direction);
  return length > 0 ? direction.map((part) => part / length) : undefined;
}

function* jump(target: Target, job: Job): Asking<void> {
  const { norm, space, settings } = job;
  const { queries = 5000, samples = 100, most = 10_000, block = 0 } = settings;
  const { original } = target;
  const first = yield* firstWrong(target, job, queries);
  if (first === undefined) return;
  let row = yield* drawNearer(target, job, first, Math.min(HALVINGS, queries - target.queries));
  for (let turn = 1; ; turn++) {
    const far = distance(norm, space, row, original);
    const left = queries - target.queries;
    const count = Math.min(Math.floor(samples * Math.sqrt(turn)), most, left - 1);
    if (!(far > 0) || count < 2) break;
    const width = turn === 1 ? 0.1 * Math.min(1, far) : WIDTH * far;
    const look = { width, block: block > 0 ? block : blockFor(job, queries) };
    const direction = yield* slopeAt(target, job, row, count, look);
    if (direction === undefined) continue;
    // As long as the step ends on the right side, halved.
    let next: Float32Array | undefined;
    let size = far / Math.sqrt(turn);
    for (let tries = 0; tries < SHORTER && next === undefined && target.queries < queries; tries++) {
      const step = size;
      const tried = put(
        job,
        row.map((value, at) => value + step * (direction[at] as number) * (space.unit[at] as number)),
        original,
      );
      if (target.wrong(yield { rows: tried })) next = tried;
      size /= 2;
    }
    if (next === undefined) continue;
    const halvings = Math.max(0, Math.min(HALVINGS, queries - target.queries));
    row = yield* drawNearer(target, job, next, halvings);
  }
}

export const hopSkipJump: Attack = {
  name: 'hop-skip-jump',
  title: 'HopSkipJump',
  source:
    'Chen, Jordan, Wainwright: HopSkipJumpAttack: a query-efficient decision-based attack, IEEE S&P 2020',
  access: 'decisions',
  norms: ['L2', 'Linf'],
  seeks: 'least',
  defaults: { queries: 5000, samples: 100, most: 10_000, block: 0 },
  run: rowByRow(jump),
};
