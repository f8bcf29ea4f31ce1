import type { Attack, Job, Outcome } from './attack.ts';
import { sent } from './ball.ts';
import { errs, margin } from './losses.ts';
import { Progress, rowOf } from './rows.ts';
import { clip } from './space.ts';

// Random search with squares: Andriushchenko, Croce, Flammarion, Hein: Square attack, ECCV 2020. Of an image a square is
// changed at once; of a row of features, some features at random.

/** The share of features that is changed at once: halved at the places of the paper, for a budget of `queries`. */
export function shareAt(step: number, queries: number, start: number): number {
  const scaled = Math.floor((step / queries) * 10_000);
  const halved = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000].filter((point) => scaled > point).length;
  return start / 2 ** halved;
}

/** A row on its way: the best so far, and how far the right class is ahead there. */
interface Searcher {
  readonly at: number;
  readonly original: Float32Array;
  best: Float32Array;
  ahead: number;
}

/** The row moved by the whole budget, up or down, at the features given. */
function moved(
  { space, epsilon }: Job,
  row: Float32Array,
  original: Float32Array,
  at: number,
  sign: number,
): void {
  row[at] = (original[at] as number) + sign * epsilon * (space.unit[at] as number);
}

/** The first step: stripes of an image from top to bottom, and features at random, each up or down. */
function stripes(job: Job, original: Float32Array): Float32Array {
  const { space, random } = job;
  const row = original.slice();
  const { image } = space;
  if (image === undefined) for (const at of row.keys()) moved(job, row, original, at, random.sign());
  else
    for (let channel = 0; channel < image.channels; channel++)
      for (let column = 0; column < image.width; column++) {
        const sign = random.sign();
        for (let line = 0; line < image.height; line++)
          moved(job, row, original, (channel * image.height + line) * image.width + column, sign);
      }
  clip(space, row, original);
  return row;
}

/** The best row with a square of it changed. */
function proposal(job: Job, { best, original }: Searcher, share: number): Float32Array {
  const { space, random } = job;
  const row = best.slice();
  const { image } = space;
  if (image === undefined) {
    const count = Math.max(1, Math.round(share * row.length));
    for (let turn = 0; turn < count; turn++)
      moved(job, row, original, random.below(row.length), random.sign());
  } else {
    const { channels, height, width } = image;
    const side =
      Math.min(Math.max(1, Math.round(Math.sqrt(share * height * width))), height - 1, width - 1) || 1;
    const top = random.below(height - side + 1);
    const left = random.below(width - side + 1);
    for (let channel = 0; channel < channels; channel++) {
      const sign = random.sign();
      for (let line = top; line < top + side; line++)
        for (let column = left; column < left + side; column++)
          moved(job, row, original, (channel * height + line) * width + column, sign);
    }
  }
  clip(space, row, original);
  return row;
}

async function search(job: Job): Promise<Outcome> {
  const { victim, rows, labels } = job;
  const { features, classes } = victim;
  const { queries = 5000, share = 0.8 } = job.settings;
  const progress = new Progress(job);
  for await (const right of progress.batches()) {
    let searchers: Searcher[] = right.map((at) => ({
      at,
      original: rowOf(rows, features, at),
      best: rowOf(rows, features, at).slice(),
      ahead: Number.POSITIVE_INFINITY,
    }));
    // The first query was that of the row itself.
    for (let step = 1; step < queries && searchers.length > 0 && !progress.stopped; step++) {
      const tried = searchers.map((searcher) =>
        step === 1 ? stripes(job, searcher.original) : proposal(job, searcher, shareAt(step, queries, share)),
      );
      const asked = new Float32Array(tried.length * features);
      for (const [index, row] of tried.entries())
        asked.set(sent(job, row, (searchers[index] as Searcher).original), index * features);
      const scores = await victim.scores(asked);
      searchers = searchers.filter((searcher, index) => {
        const { at } = searcher;
        progress.outcome.queries[at] = (progress.outcome.queries[at] ?? 0) + 1;
        const own = rowOf(scores, classes, index);
        const label = labels[at] as number;
        if (errs(own, label)) {
          progress.found(at, rowOf(asked, features, index));
          return false;
        }
        const ahead = margin(own, label);
        if (ahead < searcher.ahead) {
          searcher.ahead = ahead;
          searcher.best = tried[index] as Float32Array;
        }
        return true;
      });
    }
    progress.done(right.length);
  }
  return progress.outcome;
}

export const square: Attack = {
  name: 'square',
  title: 'Square attack',
  source:
    'Andriushchenko, Croce, Flammarion, Hein: Square attack: a query-efficient black-box attack, ECCV 2020',
  access: 'scores',
  norms: ['Linf'],
  seeks: 'within',
  defaults: { queries: 5000, share: 0.8 },
  run: search,
};
