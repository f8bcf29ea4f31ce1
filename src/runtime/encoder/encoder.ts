import { Worker } from 'node:worker_threads';
import { Problem } from '../../base/problem.ts';
import type { Classifier, Stretch } from '../../guards/classifier.ts';
import type { EncoderSettings } from '../../settings/encoders.ts';
import { type EncoderFiles, findFiles } from './files.ts';
import { type Piece, stretchesOf } from './stretches.ts';
import type { Ask, Said, ThreadData } from './thread.ts';

/** The encoder could not decide. Says nothing of the text. */
export class EncoderFailed extends Error {
  override readonly name = 'EncoderFailed';
}

/** A thread that says nothing for this many milliseconds is ended: its tokenizer may be lost in an expression. */
const STUCK = 30_000;

/** A text that waits for its stretches. */
interface Job {
  readonly pieces: readonly Piece[];
  readonly out: Stretch[];
  readonly chars: number;
  /** Pieces handed to a thread so far. */
  next: number;
  over: boolean;
  done(error?: Error): void;
}

interface Part {
  readonly job: Job;
  readonly index: number;
}

interface Thread {
  readonly worker: Worker;
  ready: boolean;
  /** What it reads at present. */
  parts: readonly Part[];
  watch: NodeJS.Timeout | undefined;
}

/**
 * A supplied encoder, in threads of its own. Its files are looked at at once; the threads start with {@link ready} or
 * the first text, and end with {@link close}. What waits is bounded, each text has its time, and the pieces of several
 * texts are run together; one long text does not keep the others waiting.
 */
export class Encoder implements Classifier {
  readonly name: string;
  readonly labels: readonly string[];
  readonly threshold: number;
  readonly #settings: EncoderSettings;
  readonly #files: EncoderFiles;
  readonly #threads = new Set<Thread>();
  readonly #jobs: Job[] = [];
  #waiting = 0;
  #asked = 0;
  #ready: Promise<void> | undefined;
  #closed = false;

  /** Throws `Problem('usage')` for files that cannot be used. */
  constructor(settings: EncoderSettings) {
    this.#settings = settings;
    this.#files = findFiles(settings);
    this.name = settings.name;
    this.labels = this.#files.labels;
    this.threshold = settings.threshold;
  }

  /** The model is loaded and was tried. Rejects with a Problem that says why it cannot be. */
  ready(): Promise<void> {
    if (this.#closed) return Promise.reject(new EncoderFailed('closed'));
    this.#ready ??= Promise.all(Array.from({ length: this.#settings.workers }, () => this.#start())).then(
      () => {},
    );
    return this.#ready;
  }

  classify(text: string): Promise<readonly Stretch[]> {
    if (this.#closed) return Promise.reject(new EncoderFailed('the encoder is closed'));
    const { queue, timeout } = this.#settings;
    if (this.#waiting + text.length > queue)
      return Promise.reject(new EncoderFailed('too much text waits for the encoder'));
    const { promise, resolve, reject } = Promise.withResolvers<readonly Stretch[]>();
    const pieces = stretchesOf(text, this.#files.maxTokens);
    const timer = setTimeout(() => job.done(new EncoderFailed('the encoder took too long')), timeout);
    const job: Job = {
      pieces,
      out: [],
      chars: text.length,
      next: 0,
      over: false,
      done: (error) => {
        if (job.over) return;
        job.over = true;
        clearTimeout(timer);
        this.#waiting -= job.chars;
        const at = this.#jobs.indexOf(job);
        if (at >= 0) this.#jobs.splice(at, 1);
        if (error === undefined) resolve(job.out.sort((a, b) => a.start - b.start));
        else reject(error);
      },
    };
    this.#waiting += text.length;
    this.#jobs.push(job);
    this.ready().catch((cause: unknown) =>
      job.done(new EncoderFailed('the encoder cannot be loaded', { cause })),
    );
    this.#feed();
    return promise;
  }

  /** Ends the threads; what waits is rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of [...this.#jobs]) job.done(new EncoderFailed('the encoder was closed'));
    await Promise.all([...this.#threads].map((thread) => this.#end(thread)));
  }

  #feed(): void {
    for (const thread of this.#threads) {
      if (!thread.ready || thread.parts.length > 0) continue;
      const parts = this.#take();
      if (parts.length === 0) return;
      thread.parts = parts;
      thread.watch = setTimeout(() => this.#lose(thread), STUCK).unref();
      const texts = parts.map(({ job, index }) => (job.pieces[index] as Piece).text);
      thread.worker.postMessage({ id: ++this.#asked, texts } satisfies Ask);
    }
  }

  /** A piece of each job in turn, so that short texts pass long ones. */
  #take(): Part[] {
    const parts: Part[] = [];
    while (parts.length < this.#settings.batch) {
      const job = this.#jobs.shift();
      if (job === undefined) break;
      parts.push({ job, index: job.next++ });
      if (job.next < job.pieces.length) this.#jobs.push(job);
    }
    return parts;
  }

  #answer(thread: Thread, scores: readonly (readonly number[])[] | undefined): void {
    clearTimeout(thread.watch);
    for (const [i, { job, index }] of thread.parts.entries()) {
      const { start, text } = job.pieces[index] as Piece;
      const said = scores?.[i];
      if (said === undefined) job.done(new EncoderFailed('the encoder failed'));
      else if (job.out.push({ start, end: start + text.length, scores: said }) === job.pieces.length)
        job.done();
    }
    thread.parts = [];
    this.#feed();
  }

  #start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const file = import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js';
    const workerData: ThreadData = { files: this.#files, threads: this.#settings.threads };
    const worker = new Worker(new URL(file, import.meta.url), { workerData, stdout: true, stderr: true });
    worker.unref();
    // While it loads, whoever waits keeps the process alive.
    const alive = setInterval(() => {}, 1000);
    const thread: Thread = { worker, ready: false, parts: [], watch: undefined };
    this.#threads.add(thread);
    const settle = (problem?: Problem): void => {
      clearInterval(alive);
      if (problem === undefined) resolve();
      else reject(problem);
    };
    worker.on('message', (said: Said) => {
      if ('ready' in said) {
        thread.ready = true;
        settle();
        this.#feed();
      } else if ('broken' in said) {
        settle(brokenProblem(this.name, said));
        void this.#end(thread);
      } else this.#answer(thread, 'scores' in said ? said.scores : undefined);
    });
    worker.on('error', () => this.#lose(thread));
    worker.on('exit', () => {
      settle(new Problem('environment', `encoders.${this.name}: its thread ended while it loaded`));
      this.#lose(thread);
    });
    return promise;
  }

  /** A thread that is gone or stuck: its texts fail, and another takes its place. */
  #lose(thread: Thread): void {
    if (!this.#threads.has(thread)) return;
    void this.#end(thread);
    this.#answer(thread, undefined);
    if (!this.#closed && thread.ready) this.#start().catch(() => {});
  }

  async #end(thread: Thread): Promise<void> {
    this.#threads.delete(thread);
    clearTimeout(thread.watch);
    await thread.worker.terminate();
  }
}

function brokenProblem(name: string, { broken, why }: Extract<Said, { broken: string }>): Problem {
  return broken === 'missing'
    ? new Problem(
        'environment',
        `encoders.${name} cannot be used: ${why}`,
        'They are optional dependencies: npm install onnxruntime-node @huggingface/tokenizers',
      )
    : new Problem('usage', `encoders.${name} cannot be used: ${why}`);
}
