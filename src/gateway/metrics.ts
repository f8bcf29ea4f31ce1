import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * Models with a label of their own. Where the settings name models by a pattern, callers choose the names, and every
 * value of a label takes memory for as long as the process runs.
 */
const MODELS = 200;

/** What an operator watches, in Prometheus' form. No label takes a value that a stranger can choose. */
export class Metrics {
  readonly registry = new Registry();
  readonly #models = new Set<string>();
  readonly #requests = new Counter({
    name: 'gatehouse_requests_total',
    help: 'Requests ended, by operation, model and outcome.',
    labelNames: ['operation', 'model', 'outcome'],
    registers: [this.registry],
  });
  readonly #refusals = new Counter({
    name: 'gatehouse_refusals_total',
    help: 'Requests refused, by code.',
    labelNames: ['code'],
    registers: [this.registry],
  });
  readonly #seconds = new Histogram({
    name: 'gatehouse_request_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['operation'],
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 15, 60, 300],
    registers: [this.registry],
  });
  readonly #guardSeconds = new Histogram({
    name: 'gatehouse_guard_seconds',
    help: 'Time in guards, per prompt or reply.',
    labelNames: ['direction'],
    buckets: [0.00005, 0.0002, 0.001, 0.005, 0.02, 0.1, 1],
    registers: [this.registry],
  });
  readonly #findings = new Counter({
    name: 'gatehouse_findings_total',
    help: 'Findings of guards, by reason and action.',
    labelNames: ['reason', 'action'],
    registers: [this.registry],
  });
  readonly #tokens = new Counter({
    name: 'gatehouse_tokens_total',
    help: 'Tokens settled, by model and direction.',
    labelNames: ['model', 'direction'],
    registers: [this.registry],
  });

  constructor(state: { open: () => number; ledgerSize: () => number; ledgerOpen: () => boolean }) {
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(read());
        },
      });
    gauge('gatehouse_open_requests', 'Requests in progress.', state.open);
    gauge('gatehouse_ledger_entries', 'Entries in the audit ledger.', state.ledgerSize);
    gauge('gatehouse_ledger_open', '1 while the audit ledger takes entries.', () =>
      state.ledgerOpen() ? 1 : 0,
    );
    gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss());
  }

  ended(operation: string, model: string, outcome: string, seconds: number): void {
    this.#requests.inc({ operation, model: this.#label(model), outcome });
    this.#seconds.observe({ operation }, seconds);
  }

  refused(code: string): void {
    this.#refusals.inc({ code });
  }

  guards(direction: 'prompt' | 'reply', ms: number): void {
    this.#guardSeconds.observe({ direction }, ms / 1000);
  }

  found(reason: string, action: string): void {
    this.#findings.inc({ reason, action });
  }

  tokens(name: string, input: number, output: number): void {
    const model = this.#label(name);
    this.#tokens.inc({ model, direction: 'input' }, input);
    this.#tokens.inc({ model, direction: 'output' }, output);
  }

  /** The first names that are met; all others are `other`. */
  #label(model: string): string {
    if (this.#models.has(model)) return model;
    if (this.#models.size >= MODELS) return 'other';
    this.#models.add(model);
    return model;
  }
}
