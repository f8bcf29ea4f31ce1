import type { Tensor, Tensors } from '../../tensors/tensor.ts';
import type { PredictionFailed } from './prediction-failed.ts';

/** A question to a model, until it is answered. */
export interface Job {
  readonly feeds: Tensors;
  readonly wanted: readonly string[] | undefined;
  /** What it shares with those that it can be run with. */
  readonly key: string;
  readonly rows: number;
  /** Of its tensors. */
  readonly bytes: number;
  /** When it was asked, milliseconds. */
  readonly asked: number;
  readonly resolve: (results: ReadonlyMap<string, Tensor>) => void;
  readonly reject: (error: PredictionFailed) => void;
  readonly timer: NodeJS.Timeout;
  /** It is run by itself. */
  alone: boolean;
  over: boolean;
}

/** Questions that wait for a process, in order. */
export class Waiting {
  readonly #mostRows: number;
  readonly #mostBytes: number;
  readonly #list: Job[] = [];
  #rows = 0;
  #bytes = 0;

  constructor(mostRows: number, mostBytes: number) {
    this.#mostRows = mostRows;
    this.#mostBytes = mostBytes;
  }

  get length(): number {
    return this.#list.length;
  }

  /** Whether there is room. One that is larger than all the room for bytes is let in where nothing else waits. */
  takes(rows: number, bytes: number): boolean {
    const heavy = this.#bytes > 0 && this.#bytes + bytes > this.#mostBytes;
    return !heavy && this.#rows + rows <= this.#mostRows;
  }

  add(job: Job): void {
    this.#list.push(job);
    this.#rows += job.rows;
    this.#bytes += job.bytes;
  }

  /** False where it does not wait. */
  remove(job: Job): boolean {
    const at = this.#list.indexOf(job);
    if (at >= 0) this.#take(at);
    return at >= 0;
  }

  /** The first, and those behind it that can be run with it, up to so many rows. */
  next(batchRows: number): Job[] {
    const first = this.#take(0);
    if (first === undefined) return [];
    const jobs = [first];
    let { rows } = first;
    const most = first.alone ? 0 : batchRows;
    for (let at = 0; at < this.#list.length && rows < most; ) {
      const job = this.#list[at];
      const fits = job !== undefined && !job.alone && job.key === first.key && rows + job.rows <= most;
      const taken = fits ? this.#take(at) : undefined;
      if (taken === undefined) at += 1;
      else {
        jobs.push(taken);
        rows += taken.rows;
      }
    }
    return jobs;
  }

  #take(at: number): Job | undefined {
    const [job] = this.#list.splice(at, 1);
    this.#rows -= job?.rows ?? 0;
    this.#bytes -= job?.bytes ?? 0;
    return job;
  }
}
