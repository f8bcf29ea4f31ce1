import { nextTick } from 'node:process';
import { Problem } from '../../base/problem.ts';
import { batchKey, joined, rowsBetween, rowsOf, sizeOf } from '../../tensors/batch.ts';
import type { Tensor, Tensors } from '../../tensors/tensor.ts';
import { ModelProcess } from './model-process.ts';
import { PredictionFailed } from './prediction-failed.ts';
import { rowsStandAlone } from './rows-stand-alone.ts';
import type { Port } from './session.ts';
import { type Job, Waiting } from './waiting.ts';

/** What is told of a model at work, for whoever counts. */
export interface ServingWatch {
  /** Questions were run together: how many rows, how long each question had waited, and how long the run took, in seconds. */
  ran(rows: number, waited: readonly number[], took: number): void;
  /** A question has ended, with its answer or without. */
  ended(how: 'answered' | PredictionFailed['reason']): void;
  /** A process has ended, and another takes its place. */
  restarted(): void;
}

export interface ServingOptions {
  /** Processes that each hold the model; default 1. */
  readonly workers?: number | undefined;
  /** Threads of one run; default 1. */
  readonly threads?: number | undefined;
  /** Rows of waiting questions that are run together at most; 1: each alone. Default 32. */
  readonly batchRows?: number | undefined;
  /** Rows that may wait; more are refused. Default 4096. */
  readonly queueRows?: number | undefined;
  /** Bytes that may wait, of all their tensors; more are refused, unless nothing else waits. Default 256 MiB. */
  readonly queueBytes?: number | undefined;
  /** Bytes of an answer, of all its tensors; longer ones fail. Default 64 MiB. */
  readonly replyBytes?: number | undefined;
  /** Milliseconds from the question to its answer. Default 10,000. */
  readonly timeout?: number | undefined;
  /** Bytes of memory of a process, looked at after each run: one that has more is replaced. Default 4 GiB. */
  readonly memory?: number | undefined;
  readonly watch?: ServingWatch | undefined;
}

type Settings = Required<{ [K in Exclude<keyof ServingOptions, 'watch'>]: number }>;

/** Questions that a model is tried with at the start, about. */
const PROBES = 12;

/** How long after a process could not be started the next try is: milliseconds. */
const AGAIN = 1000;

/**
 * A model that answers many callers, in processes of its own. Questions that wait are run together, where the model treats each
 * row alone (that is tried at the start); a process that ends, hangs or has grown is replaced; {@link close} lets what was
 * asked be answered.
 */
export class ServedModel {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Rows of several questions are run together. */
  readonly batches: boolean;
  readonly #model: Uint8Array;
  readonly #settings: Settings;
  readonly #processes = new Map<ModelProcess, readonly Job[]>();
  readonly #idle: ModelProcess[] = [];
  readonly #queue: Waiting;
  readonly #watch: ServingWatch | undefined;
  /** It is about to look at what waits. */
  #waking = false;
  #closed: Promise<void> | undefined;
  #answered: (() => void) | undefined;

  private constructor(
    model: Uint8Array,
    settings: Settings,
    watch: ServingWatch | undefined,
    first: ModelProcess,
    batches: boolean,
  ) {
    this.#model = model;
    this.#settings = settings;
    this.#queue = new Waiting(settings.queueRows, settings.queueBytes);
    this.#watch = watch;
    this.inputs = first.inputs;
    this.outputs = first.outputs;
    this.batches = batches;
  }

  /** Opens a model and runs it. Rejects with Problem('usage') where it cannot be opened. */
  static async start(model: Uint8Array, options: ServingOptions = {}): Promise<ServedModel> {
    const settings: Settings = {
      workers: options.workers ?? 1,
      threads: options.threads ?? 1,
      batchRows: options.batchRows ?? 32,
      queueRows: options.queueRows ?? 4096,
      queueBytes: options.queueBytes ?? 256 * 2 ** 20,
      replyBytes: options.replyBytes ?? 64 * 2 ** 20,
      timeout: options.timeout ?? 10_000,
      memory: options.memory ?? 4 * 2 ** 30,
    };
    const opened = await Promise.allSettled(
      Array.from({ length: settings.workers }, () => ModelProcess.open(model, settings.threads)),
    );
    const processes = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const [first] = processes;
    const failed = opened.find((one) => one.status === 'rejected');
    if (first === undefined || failed !== undefined) {
      for (const process of processes) process.kill();
      throw failed?.reason ?? new RangeError('a model is served by one process or more');
    }
    // One that ends, or hangs, when it is tried is no model to serve; nothing of it stays behind.
    const tried = setTimeout(() => first.kill(), settings.timeout * PROBES);
    let batches: boolean;
    try {
      batches = settings.batchRows > 1 && (await rowsStandAlone(first));
    } catch {
      for (const process of processes) process.kill();
      throw new Problem('usage', 'the model ends its process, or hangs, when it is tried');
    } finally {
      clearTimeout(tried);
    }
    const served = new ServedModel(model, settings, options.watch, first, batches);
    for (const process of processes) served.#adopt(process);
    return served;
  }

  /**
   * What the model makes of its inputs. Rejects with {@link PredictionFailed}.
   *
   * @param wanted outputs by name; default: all
   * @param onGone calls back when nobody waits for the answer any more: what has not begun by then is not run
   */
  predict(
    feeds: Tensors,
    wanted?: readonly string[],
    onGone: (act: () => void) => void = () => {},
  ): Promise<ReadonlyMap<string, Tensor>> {
    if (this.#closed !== undefined) return this.#refuse('closed', 'the model is being taken down');
    const rows = rowsOf(feeds);
    const bytes = sizeOf(feeds);
    // What need not wait takes no room.
    if (!this.#queue.takes(rows ?? 1, bytes)) this.#next();
    if (!this.#queue.takes(rows ?? 1, bytes)) return this.#refuse('busy', 'too much waits for the model');
    const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<string, Tensor>>();
    const alone = !this.batches || rows === undefined;
    const key = alone ? '' : `${batchKey(feeds)}|${JSON.stringify(wanted ?? null)}`;
    const timer = setTimeout(() => this.#late(job), this.#settings.timeout);
    const about = { feeds, wanted, key, rows: rows ?? 1, bytes, asked: performance.now() };
    const job: Job = { ...about, resolve, reject, timer, alone, over: false };
    this.#queue.add(job);
    onGone(() => this.#gone(job));
    this.#wake();
    return promise;
  }

  #refuse(reason: PredictionFailed['reason'], message: string): Promise<never> {
    this.#watch?.ended(reason);
    return Promise.reject(new PredictionFailed(reason, message));
  }

  /** Answers what has been asked, takes nothing more, and ends the processes. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    if (this.#busy()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#answered = resolve;
      await promise;
    }
    await Promise.all(
      [...this.#processes.keys()].map((process) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        process.onEnd(resolve);
        process.kill();
        return promise;
      }),
    );
  }

  #busy(): boolean {
    return this.#queue.length > 0 || [...this.#processes.values()].some((jobs) => jobs.length > 0);
  }

  #adopt(process: ModelProcess): void {
    this.#processes.set(process, []);
    process.onEnd(() => this.#lost(process));
    this.#free(process);
  }

  #free(process: ModelProcess): void {
    this.#processes.set(process, []);
    this.#idle.push(process);
    this.#next();
    if (!this.#busy()) this.#answered?.();
  }

  /** When everything else of this moment was asked, too: what comes together is run together. */
  #wake(): void {
    if (this.#waking) return;
    this.#waking = true;
    nextTick(() => {
      this.#waking = false;
      this.#next();
    });
  }

  /** Hands what waits to idle processes. */
  #next(): void {
    while (this.#queue.length > 0) {
      const process = this.#idle.pop();
      if (process === undefined) return;
      void this.#run(process, this.#queue.next(this.#settings.batchRows));
    }
  }

  async #run(process: ModelProcess, jobs: readonly Job[]): Promise<void> {
    this.#processes.set(process, jobs);
    const began = performance.now();
    try {
      const most = this.#settings.replyBytes * jobs.length;
      const answer = await process.ask(joined(jobs.map(({ feeds }) => feeds)), jobs[0]?.wanted, most);
      this.#ran(jobs, began);
      if ('failed' in answer) this.#apart(jobs, answer.failed);
      else if (jobs.length === 1 || hasRows(answer.results, jobs)) this.#give(jobs, answer.results);
      else this.#apart(jobs, 'model');
      if (answer.memory > this.#settings.memory) {
        this.#processes.set(process, []);
        process.kill();
      } else this.#free(process);
    } catch {
      // It has ended, or cannot be told: {@link #lost} sees to what it was asked.
      process.kill();
    }
  }

  #ran(jobs: readonly Job[], began: number): void {
    const waited = jobs.map(({ asked }) => (began - asked) / 1000);
    this.#watch?.ran(rowsIn(jobs), waited, (performance.now() - began) / 1000);
  }

  /** One question may spoil the others that it ran with: each is tried by itself, and fails by itself. */
  #apart(jobs: readonly Job[], reason: keyof typeof FAILED): void {
    if (jobs.length === 1) this.#fail(jobs, reason, FAILED[reason]);
    else for (const job of jobs) if (!job.over) this.#queue.add(Object.assign(job, { alone: true }));
  }

  #give(jobs: readonly Job[], results: ReadonlyMap<string, Tensor>): void {
    let from = 0;
    for (const job of jobs) {
      const [start, end] = [from, from + job.rows];
      from = end;
      const own =
        jobs.length === 1
          ? results
          : new Map([...results].map(([name, tensor]) => [name, rowsBetween(tensor, start, end)]));
      // Of a batch only the whole was weighed.
      if (jobs.length > 1 && sizeOf(own) > this.#settings.replyBytes)
        this.#fail([job], 'reply', FAILED.reply);
      else if (this.#done(job, 'answered')) job.resolve(own);
    }
  }

  /** Nobody waits for it. What runs already goes on: it cannot be stopped alone. */
  #gone(job: Job): void {
    if (!this.#queue.remove(job)) return;
    this.#fail([job], 'gone', 'nobody waits for the answer');
    if (!this.#busy()) this.#answered?.();
  }

  /** A question is out of time. Where it runs, its process hangs, and is replaced. */
  #late(job: Job): void {
    this.#queue.remove(job);
    this.#fail([job], 'timeout', 'the model took too long');
    for (const [process, jobs] of this.#processes) if (jobs.includes(job)) process.kill();
    if (!this.#busy()) this.#answered?.();
  }

  /** A process has ended: another takes its place. */
  #lost(process: ModelProcess): void {
    const jobs = this.#processes.get(process) ?? [];
    this.#processes.delete(process);
    this.#apart(jobs, 'model');
    const idle = this.#idle.indexOf(process);
    if (idle >= 0) this.#idle.splice(idle, 1);
    if (!this.#busy()) this.#answered?.();
    if (this.#closed === undefined || this.#busy()) {
      this.#watch?.restarted();
      this.#replace();
    }
    this.#next();
  }

  #replace(): void {
    ModelProcess.open(this.#model, this.#settings.threads).then(
      (process) => {
        // Whoever closed it meanwhile waits for no more than what was asked.
        if (this.#closed !== undefined && !this.#busy()) process.kill();
        else this.#adopt(process);
      },
      // It could be opened before. What waits meanwhile has its own time.
      () => setTimeout(() => this.#closed === undefined && this.#replace(), AGAIN).unref(),
    );
  }

  #fail(jobs: readonly Job[], reason: PredictionFailed['reason'], message: string): void {
    for (const job of jobs) if (this.#done(job, reason)) job.reject(new PredictionFailed(reason, message));
  }

  /** True the first time. */
  #done(job: Job, how: 'answered' | PredictionFailed['reason']): boolean {
    if (job.over) return false;
    job.over = true;
    clearTimeout(job.timer);
    this.#watch?.ended(how);
    return true;
  }
}

const FAILED = {
  model: 'the model does not take these inputs, or its process ended',
  reply: 'the answer is longer than it may be',
} as const;

const rowsIn = (jobs: readonly Job[]): number => jobs.reduce((sum, { rows }) => sum + rows, 0);

/** Whether each output has a row for each row that was asked: of another size nobody knows which is whose. */
const hasRows = (results: ReadonlyMap<string, Tensor>, jobs: readonly Job[]): boolean => {
  const rows = rowsIn(jobs);
  return [...results.values()].every(({ dims }) => dims[0] === rows);
};
