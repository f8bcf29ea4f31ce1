import { Problem } from '../../base/problem.ts';
import { batchKey, joined, rowsBetween, rowsOf, sizeOf } from '../../tensors/batch.ts';
import type { Tensor, Tensors } from '../../tensors/tensor.ts';
import { ModelProcess } from './model-process.ts';
import { rowsStandAlone } from './rows-stand-alone.ts';
import type { Port } from './session.ts';

/** A prediction that could not be made. Says nothing of what was asked. */
export class PredictionFailed extends Error {
  override readonly name = 'PredictionFailed';
  /** `busy`: too much waits; `model`: the model does not take it, or its process ended. */
  readonly reason: 'busy' | 'timeout' | 'closed' | 'model';
  constructor(reason: PredictionFailed['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
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
  /** Milliseconds from the question to its answer. Default 10,000. */
  readonly timeout?: number | undefined;
  /** Bytes of memory of a process, looked at after each run: one that has more is replaced. Default 4 GiB. */
  readonly memory?: number | undefined;
}

type Settings = Required<{ [K in keyof ServingOptions]: number }>;

interface Job {
  readonly feeds: Tensors;
  readonly wanted: readonly string[] | undefined;
  /** What it shares with those that it can be run with. */
  readonly key: string;
  readonly rows: number;
  /** Of its tensors. */
  readonly bytes: number;
  readonly resolve: (results: ReadonlyMap<string, Tensor>) => void;
  readonly reject: (error: PredictionFailed) => void;
  readonly timer: NodeJS.Timeout;
  /** It is run by itself. */
  alone: boolean;
  over: boolean;
}

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
  readonly #queue: Job[] = [];
  #waiting = 0;
  #waitingBytes = 0;
  #closed: Promise<void> | undefined;
  #answered: (() => void) | undefined;

  private constructor(model: Uint8Array, settings: Settings, first: ModelProcess, batches: boolean) {
    this.#model = model;
    this.#settings = settings;
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
    const served = new ServedModel(model, settings, first, batches);
    for (const process of processes) served.#adopt(process);
    return served;
  }

  /**
   * What the model makes of its inputs. Rejects with {@link PredictionFailed}.
   *
   * @param wanted outputs by name; default: all
   */
  predict(feeds: Tensors, wanted?: readonly string[]): Promise<ReadonlyMap<string, Tensor>> {
    if (this.#closed !== undefined)
      return Promise.reject(new PredictionFailed('closed', 'the model is being taken down'));
    const rows = rowsOf(feeds);
    const bytes = sizeOf(feeds);
    const { queueRows, queueBytes } = this.#settings;
    const heavy = this.#waitingBytes > 0 && this.#waitingBytes + bytes > queueBytes;
    if (heavy || this.#waiting + (rows ?? 1) > queueRows)
      return Promise.reject(new PredictionFailed('busy', 'too many rows wait for the model'));
    const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<string, Tensor>>();
    const alone = !this.batches || rows === undefined;
    const key = alone ? '' : `${batchKey(feeds)}|${JSON.stringify(wanted ?? null)}`;
    const timer = setTimeout(() => this.#late(job), this.#settings.timeout);
    const about = { feeds, wanted, key, rows: rows ?? 1, bytes };
    const job: Job = { ...about, resolve, reject, timer, alone, over: false };
    this.#wait(job);
    this.#next();
    return promise;
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

  #wait(job: Job): void {
    this.#queue.push(job);
    this.#waiting += job.rows;
    this.#waitingBytes += job.bytes;
  }

  /** Takes a question out of the queue. */
  #take(at: number): Job | undefined {
    const [job] = this.#queue.splice(at, 1);
    this.#waiting -= job?.rows ?? 0;
    this.#waitingBytes -= job?.bytes ?? 0;
    return job;
  }

  /** Hands what waits to idle processes: the first question, and those after it that can be run with it. */
  #next(): void {
    while (this.#queue.length > 0) {
      const process = this.#idle.pop();
      if (process === undefined) return;
      const first = this.#take(0);
      if (first === undefined) return;
      const jobs = [first];
      let { rows } = first;
      const most = first.alone ? 0 : this.#settings.batchRows;
      for (let at = 0; at < this.#queue.length && rows < most; ) {
        const job = this.#queue[at];
        const fits = job !== undefined && !job.alone && job.key === first.key && rows + job.rows <= most;
        const taken = fits ? this.#take(at) : undefined;
        if (taken === undefined) at += 1;
        else {
          jobs.push(taken);
          rows += taken.rows;
        }
      }
      void this.#run(process, jobs);
    }
  }

  async #run(process: ModelProcess, jobs: readonly Job[]): Promise<void> {
    this.#processes.set(process, jobs);
    try {
      const answer = await process.ask(joined(jobs.map(({ feeds }) => feeds)), jobs[0]?.wanted);
      if (answer !== undefined && (jobs.length === 1 || hasRows(answer.results, jobs)))
        this.#give(jobs, answer.results);
      else this.#apart(jobs, 'the model does not take these inputs');
      if ((answer?.memory ?? 0) > this.#settings.memory) {
        this.#processes.set(process, []);
        process.kill();
      } else this.#free(process);
    } catch {
      // It has ended, or cannot be told: {@link #lost} sees to what it was asked.
      process.kill();
    }
  }

  /** One question may spoil the others that it ran with: each is tried by itself, and fails by itself. */
  #apart(jobs: readonly Job[], message: string): void {
    if (jobs.length === 1) this.#fail(jobs, 'model', message);
    else for (const job of jobs) if (!job.over) this.#wait(Object.assign(job, { alone: true }));
  }

  #give(jobs: readonly Job[], results: ReadonlyMap<string, Tensor>): void {
    let from = 0;
    for (const job of jobs) {
      const [start, end] = [from, from + job.rows];
      from = end;
      if (!this.#done(job)) continue;
      job.resolve(
        jobs.length === 1
          ? results
          : new Map([...results].map(([name, tensor]) => [name, rowsBetween(tensor, start, end)])),
      );
    }
  }

  /** A question is out of time. Where it runs, its process hangs, and is replaced. */
  #late(job: Job): void {
    const at = this.#queue.indexOf(job);
    if (at >= 0) this.#take(at);
    this.#fail([job], 'timeout', 'the model took too long');
    for (const [process, jobs] of this.#processes) if (jobs.includes(job)) process.kill();
    if (!this.#busy()) this.#answered?.();
  }

  /** A process has ended: another takes its place. */
  #lost(process: ModelProcess): void {
    const jobs = this.#processes.get(process) ?? [];
    this.#processes.delete(process);
    this.#apart(jobs, 'the process of the model ended');
    const idle = this.#idle.indexOf(process);
    if (idle >= 0) this.#idle.splice(idle, 1);
    if (!this.#busy()) this.#answered?.();
    if (this.#closed === undefined || this.#busy()) this.#replace();
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
    for (const job of jobs) if (this.#done(job)) job.reject(new PredictionFailed(reason, message));
  }

  /** True the first time. */
  #done(job: Job): boolean {
    if (job.over) return false;
    job.over = true;
    clearTimeout(job.timer);
    return true;
  }
}

/** Whether each output has a row for each row that was asked: of another size nobody knows which is whose. */
const hasRows = (results: ReadonlyMap<string, Tensor>, jobs: readonly Job[]): boolean => {
  const rows = jobs.reduce((sum, job) => sum + job.rows, 0);
  return [...results.values()].every(({ dims }) => dims[0] === rows);
};
