import { Counter, Histogram, type Registry } from 'prom-client';
import type { ServingWatch } from '../../runtime/onnx/served-model.ts';

const SECONDS = [0.0005, 0.002, 0.005, 0.02, 0.1, 0.5, 2, 10];

/** How models that run here are at work, in Prometheus' form. Labels are models that the settings name. */
export class ServingMetrics {
  readonly #questions: Counter<'model' | 'end'>;
  readonly #rows: Counter<'model'>;
  readonly #batches: Histogram<'model'>;
  readonly #waits: Histogram<'model'>;
  readonly #runs: Histogram<'model'>;
  readonly #restarts: Counter<'model'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#questions = new Counter({
      name: 'gatehouse_prediction_questions_total',
      help: 'Questions to models that run here, by model and how they ended: answered, busy, closed, gone, model, reply, timeout.',
      labelNames: ['model', 'end'],
      registers,
    });
    this.#rows = new Counter({
      name: 'gatehouse_prediction_rows_total',
      help: 'Rows that models ran, by model.',
      labelNames: ['model'],
      registers,
    });
    this.#batches = new Histogram({
      name: 'gatehouse_prediction_batch_rows',
      help: 'Rows of a run, by model.',
      labelNames: ['model'],
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 1024],
      registers,
    });
    this.#waits = new Histogram({
      name: 'gatehouse_prediction_wait_seconds',
      help: 'Time until the run of a question began, by model.',
      labelNames: ['model'],
      buckets: SECONDS,
      registers,
    });
    this.#runs = new Histogram({
      name: 'gatehouse_prediction_run_seconds',
      help: 'Time of a run, the way to the process of the model and back included, by model.',
      labelNames: ['model'],
      buckets: SECONDS,
      registers,
    });
    this.#restarts = new Counter({
      name: 'gatehouse_prediction_restarts_total',
      help: 'Processes of models that ended and were replaced, by model.',
      labelNames: ['model'],
      registers,
    });
  }

  /** Whoever counts for one model; all of it is there from the start, at nought. */
  of(model: string): ServingWatch {
    const rows = this.#rows.labels({ model });
    const batches = this.#batches.labels({ model });
    const waits = this.#waits.labels({ model });
    const runs = this.#runs.labels({ model });
    const restarts = this.#restarts.labels({ model });
    rows.inc(0);
    restarts.inc(0);
    return {
      ran(count, waited, took) {
        rows.inc(count);
        batches.observe(count);
        runs.observe(took);
        for (const seconds of waited) waits.observe(seconds);
      },
      ended: (end) => this.#questions.inc({ model, end }),
      restarted: () => restarts.inc(),
    };
  }
}
