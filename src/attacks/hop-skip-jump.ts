import type { Attack, Job, Outcome } from './attack.ts';
import { errs } from './losses.ts';
import { deltaOf, distance, lengthOf } from './norms.ts';
import { BATCH, Progress, rowOf } from './rows.ts';
import { clip, isDiscrete, snap } from './space.ts';

// From decisions alone: a row on the other side is drawn to the boundary, the gradient there is guessed from which of many
// neighbours are still wrong, and a step is taken along it. Chen, Jordan, Wainwright: HopSkipJumpAttack, S&P 2020.

/** How far apart neighbours are, as a share of the distance; a thousandth finds the boundary, a hundredth its slope. */
const WIDTH = 0.01;
/** How exactly the boundary is found, as a share of the distance. */
const PRECISION = 1e-4;

/** What asks about one row, and counts. */
class Asker {
  readonly job: Job;
  readonly original: Float32Array;
  readonly #label: number;
  #left: number;

  constructor(job: Job, at: number, queries: number) {
    this.job = job;
    this.original = rowOf(job.rows, job.victim.features, at);
    this.#label = job.labels[at] as number;
    this.#left = queries;
  }

  get left(): number {
    return this.#left;
  }

  /** For each row, whether the model errs. Rows are put into bounds first, and, of discrete spaces, snapped. */
  async wrong(rows: readonly Float32Array[]): Promise<boolean[]> {
    const { victim, space } = this.job;
    const answers: boolean[] = [];
    for (let from = 0; from < rows.length; from += BATCH) {
      const part = rows.slice(from, from + BATCH);
      const asked = new Float32Array(part.length * victim.features);
      for (const [index, row] of part.entries()) {
        if (isDiscrete(space)) snap(space, row, this.original);
        else clip(space, row, this.original);
        asked.set(row, index * victim.features);
      }
      const scores = await victim.scores(asked);
      this.#left -= part.length;
      for (const index of part.keys()) answers.push(errs(rowOf(scores, victim.classes, index), this.#label));
    }
    return answers;
  }
}

/** Between two rows: at 0 the one, at 1 the other. For Linf, the other, no farther than that share of the distance. */
function between({ original, job }: Asker, far: Float32Array, share: number, reach: number): Float32Array {
  const { norm, space } = job;
  return far.map((value, at) => {
    const from = original[at] as number;
    if (norm !== 'Linf') return from + share * (value - from);
    const most = share * reach * (space.unit[at] as number);
    return from + Math.max(-most, Math.min(most, value - from));
  });
}

/** The nearest row towards `far` that is still wrong, by halving. */
async function toBoundary(asker: Asker, far: Float32Array, precision: number): Promise<Float32Array> {
  const reach = distance(asker.job.norm, asker.job.space, far, asker.original);
  let [low, high, best] = [0, 1, far];
  while (high - low > precision && asker.left > 0) {
    const middle = (low + high) / 2;
    const row = between(asker, far, middle, reach);
    const [wrong] = await asker.wrong([row]);
    if (wrong) [high, best] = [middle, row];
    else low = middle;
  }
  return best;
}

/** A row at random that the model gets wrong. */
async function start(asker: Asker): Promise<Float32Array | undefined> {
  const { space, random } = asker.job;
  for (let turn = 0; turn < 100 && asker.left > 0; turn++) {
    const row = space.lower.map((lower, at) =>
      space.fixed[at] === 1
        ? (asker.original[at] as number)
        : random.between(lower, space.upper[at] as number),
    );
    const [wrong] = await asker.wrong([row]);
    if (wrong) return row;
  }
  return undefined;
}

/** The direction, in units, into which more neighbours are wrong. */
async function guess(asker: Asker, row: Float32Array, count: number, width: number): Promise<Float32Array> {
  const { space, random } = asker.job;
  const neighbours: Float32Array[] = [];
  for (let index = 0; index < count; index++) {
    const along = row.map((_, at) => (space.fixed[at] === 1 ? 0 : random.normal()));
    const length = lengthOf('L2', along);
    neighbours.push(
      row.map((value, at) => value + (width * (along[at] as number) * (space.unit[at] as number)) / length),
    );
  }
  const wrong = await asker.wrong(neighbours);
  // The mean is taken off, so that it says something where nearly all are the same.
  const share = wrong.filter(Boolean).length / count;
  const direction = new Float32Array(row.length);
  for (const [index, neighbour] of neighbours.entries()) {
    const weight = share === 0 ? -1 : share === 1 ? 1 : (wrong[index] ? 1 : -1) - (2 * share - 1);
    const delta = deltaOf(space, neighbour, row);
    for (let at = 0; at < row.length; at++)
      direction[at] = (direction[at] as number) + weight * (delta[at] as number);
  }
  if (asker.job.norm === 'Linf') return direction.map(Math.sign);
  const length = lengthOf('L2', direction);
  return direction.map((part) => (length > 0 ? part / length : 0));
}

/** One row; what was found nearest, or undefined. */
async function jump(asker: Asker, progress: Progress): Promise<Float32Array | undefined> {
  const { norm, space, settings } = asker.job;
  const { samples = 100, most = 1000 } = settings;
  const first = await start(asker);
  if (first === undefined) return undefined;
  let row = await toBoundary(asker, first, PRECISION);
  let best = row;
  for (let turn = 1; asker.left > 0 && !progress.stopped; turn++) {
    const far = distance(norm, space, row, asker.original);
    if (far === 0) break;
    const width = turn === 1 ? 0.1 : WIDTH * far;
    const count = Math.min(Math.floor(samples * Math.sqrt(turn)), most, asker.left);
    if (count < 2) break;
    const direction = await guess(asker, row, count, width);
    // As long as the step ends on the right side, halved.
    let size = far / Math.sqrt(turn);
    let next: Float32Array | undefined;
    while (asker.left > 0 && size > far * 1e-4) {
      const tried = row.map(
        (value, at) => value + size * (direction[at] as number) * (space.unit[at] as number),
      );
      const [wrong] = await asker.wrong([tried]);
      if (wrong) {
        next = tried;
        break;
      }
      size /= 2;
    }
    if (next === undefined) continue;
    row = await toBoundary(asker, next, PRECISION);
    if (distance(norm, space, row, asker.original) < distance(norm, space, best, asker.original)) best = row;
  }
  return best;
}

async function attack(job: Job): Promise<Outcome> {
  const { queries = 5000 } = job.settings;
  const progress = new Progress(job);
  for await (const right of progress.batches())
    for (const at of right) {
      if (progress.stopped) break;
      const asker = new Asker(job, at, queries - 1);
      const best = await jump(asker, progress);
      progress.outcome.queries[at] = queries - asker.left;
      if (best !== undefined) progress.found(at, best);
      progress.done();
    }
  return progress.outcome;
}

export const hopSkipJump: Attack = {
  name: 'hop-skip-jump',
  title: 'HopSkipJump',
  source:
    'Chen, Jordan, Wainwright: HopSkipJumpAttack: a query-efficient decision-based attack, IEEE S&P 2020',
  access: 'decisions',
  norms: ['L2', 'Linf'],
  seeks: 'least',
  defaults: { queries: 5000, samples: 100, most: 1000 },
  run: attack,
};
