import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { Instruments, spansOf } from './conventions.ts';
import { deliver, type Post } from './delivery.ts';
import { type Attributes, formatMetrics, formatSpans, type Span } from './otlp.ts';
import type { Told } from './told.ts';
import { beginTrace, type Trace } from './trace.ts';

export interface TelemetryOptions {
  readonly service: string;
  readonly traces: boolean;
  readonly metrics: boolean;
  /** Share of requests whose spans are exported, 0 to 1. */
  readonly sample: number;
  /** Milliseconds between two exports of metrics. */
  readonly every: number;
  readonly post: Post;
  readonly clock: Clock;
  /** Told of what was not delivered. */
  readonly onDrop: (signal: Signal, count: number) => void;
  /** Called when nothing is sent any more. */
  readonly onClose?: () => void;
  /** Milliseconds that spans wait for more. */
  readonly linger?: number;
}

export type Signal = 'traces' | 'metrics';

/** Spans that may wait; more are dropped. */
const QUEUE = 8192;

/** Spans in one body, at the most. */
const BATCH = 512;

const ATTEMPTS = 5;

/** Milliseconds that the last export may take. */
const LAST_WORDS = 3000;

/**
 * Exports spans and metrics to a collector (OTLP over HTTP, in JSON). A request only leaves a note of its end here: what
 * a collector does, or does not, holds nobody up. What it does not take is dropped and counted, never kept without bound.
 */
export class Telemetry {
  readonly #options: TelemetryOptions;
  readonly #resource: Attributes;
  readonly #instruments = new Instruments();
  readonly #started: number;
  readonly #metering: NodeJS.Timeout | undefined;
  #queue: Span[] = [];
  #lingering: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #reporting: Promise<void> | undefined;
  #closed = false;
  /** Ends the pauses between attempts. */
  #hurry: () => void = () => {};
  readonly #hurried: Promise<false>;

  constructor(options: TelemetryOptions) {
    this.#options = options;
    this.#started = options.clock.now();
    // Each process is an instance of its own, so that their sums are not taken for one another's.
    this.#resource = { 'service.name': options.service, 'service.instance.id': randomUUID() };
    this.#hurried = new Promise((resolve) => {
      this.#hurry = () => resolve(false);
    });
    if (options.metrics) this.#metering = setInterval(() => this.#report(), options.every).unref();
  }

  /** @param traceparent the client's header */
  begin(traceparent: string | string[] | undefined): Trace {
    const { traces, sample } = this.#options;
    const given = typeof traceparent === 'string' ? traceparent : undefined;
    return beginTrace(given, traces && Math.random() < sample);
  }

  /** A request has ended. */
  ended(told: Told): void {
    if (this.#closed) return;
    if (this.#options.metrics) this.#instruments.record(told);
    if (told.trace.sampled) this.#enqueue(spansOf(told));
  }

  /** Exports what there is, once, for as long as {@link LAST_WORDS}. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#metering);
    clearTimeout(this.#lingering);
    this.#hurry();
    const late = new Promise<void>((resolve) => setTimeout(resolve, LAST_WORDS).unref());
    const last = async () => {
      await Promise.all([this.#sending, this.#reporting]);
      if (this.#options.metrics) this.#report();
      await Promise.all([this.#send(), this.#reporting]);
    };
    await Promise.race([last(), late]);
    this.#options.onClose?.();
  }

  #enqueue(spans: readonly Span[]): void {
    if (this.#queue.length + spans.length > QUEUE) {
      this.#options.onDrop('traces', spans.length);
      return;
    }
    this.#queue.push(...spans);
    if (this.#queue.length >= BATCH) this.#flush();
    else this.#lingering ??= setTimeout(() => this.#flush(), this.#options.linger ?? 2000).unref();
  }

  #flush(): void {
    clearTimeout(this.#lingering);
    this.#lingering = undefined;
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
  }

  async #send(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, BATCH);
      await this.#deliver('traces', formatSpans(this.#resource, batch), batch.length);
    }
  }

  #report(): void {
    // The next one has all that this one would have.
    if (this.#reporting !== undefined) return;
    const metrics = this.#instruments.collect();
    if (metrics.length === 0) return;
    const body = formatMetrics(this.#resource, metrics, this.#started, this.#options.clock.now());
    this.#reporting = this.#deliver('metrics', body, metrics.length).finally(() => {
      this.#reporting = undefined;
    });
  }

  async #deliver(signal: Signal, body: string, items: number): Promise<void> {
    const attempts = this.#closed ? 1 : ATTEMPTS;
    const wait = (ms: number) => this.#wait(ms);
    const rejected = await deliver(this.#options.post, `/v1/${signal}`, body, { attempts, wait });
    if (rejected !== 0) this.#options.onDrop(signal, rejected ?? items);
  }

  async #wait(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const passed = new Promise<true>((resolve) => {
      timer = setTimeout(() => resolve(true), ms).unref();
    });
    return Promise.race([passed, this.#hurried]).finally(() => clearTimeout(timer));
  }
}
