import type { Job, Outcome } from './attack.ts';
import { gradientsOf, scoresOf } from './logits.ts';
import { errs, type Loss, logOdds } from './losses.ts';

// Rows laid end to end, and batches of them.

/** Rows in one question to the model. */
export const BATCH = 128;

export const rowOf = (rows: Float32Array, width: number, at: number): Float32Array =>
  rows.subarray(at * width, (at + 1) * width);

/** The rows at the places given, one after the other. */
export function gather(rows: Float32Array, width: number, places: readonly number[]): Float32Array {
  const out = new Float32Array(places.length * width);
  for (const [index, at] of places.entries()) out.set(rowOf(rows, width, at), index * width);
  return out;
}

/** Logits and gradients of a loss of each row; `places` says which of the job's rows they are made of. */
export async function lossGradients(
  { victim, labels }: Job,
  rows: Float32Array,
  places: readonly number[],
  loss: Loss,
): Promise<{ scores: Float32Array; gradient: Float32Array; losses: Float64Array }> {
  const { classes } = victim;
  const losses = new Float64Array(places.length);
  const cotangentOf = (scores: Float32Array) => {
    const cotangent = new Float32Array(scores.length);
    for (const [index, at] of places.entries()) {
      const row = rowOf(scores, classes, index);
      losses[index] = loss(row, labels[at] as number, rowOf(cotangent, classes, index), at);
    }
    return cotangent;
  };
  if (loss !== logOdds || victim.oddsGradients === undefined)
    return { ...(await gradientsOf(victim, rows, cotangentOf)), losses };
  const made = await victim.oddsGradients(
    rows,
    Int32Array.from(places, (at) => labels[at] as number),
  );
  cotangentOf(made.scores);
  return { ...made, losses };
}

/** What is known of each row while an attack goes on. */
export class Progress {
  readonly outcome: { -readonly [K in keyof Outcome]: Outcome[K] };
  readonly #job: Job;
  #done = 0;

  constructor(job: Job) {
    const count = job.labels.length;
    this.#job = job;
    this.outcome = {
      rows: job.rows.slice(),
      found: new Uint8Array(count),
      queries: new Int32Array(count),
      zeroGradients: new Uint8Array(count),
      stopped: false,
    };
  }

  /** Asked to stop: remembered, and true from then on. */
  get stopped(): boolean {
    if (this.#job.signal?.aborted) this.outcome.stopped = true;
    return this.outcome.stopped;
  }

  /** One row is as it will be. */
  done(count = 1): void {
    this.#done += count;
    this.#job.progress?.(this.#done, this.#job.labels.length);
  }

  /** The row at `at` makes the model err. */
  found(at: number, row: Float32Array): void {
    this.outcome.found[at] = 1;
    this.outcome.rows.set(row, at * row.length);
  }

  /** Batches of rows that the model gets right; those that it gets wrong already are marked as found. */
  async *batches(size = BATCH): AsyncGenerator<number[]> {
    const { victim, rows, labels } = this.#job;
    for (let from = 0; from < labels.length && !this.stopped; from += size) {
      const places = Array.from({ length: Math.min(size, labels.length - from) }, (_, index) => from + index);
      const scores = await scoresOf(victim, gather(rows, victim.features, places));
      const right: number[] = [];
      for (const [index, at] of places.entries()) {
        this.outcome.queries[at] = 1;
        if (errs(rowOf(scores, victim.classes, index), labels[at] as number)) {
          this.outcome.found[at] = 1;
          this.done();
        } else right.push(at);
      }
      if (right.length > 0) yield right;
    }
  }
}
