import { AggregatorRegistry, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Json } from '../base/json.ts';
import type { Usage } from '../exchange/exchange.ts';

/**
 * Models and teams with a label of their own. Where the settings name models by a pattern, callers choose the names; so
 * do others with teams, where tokens name them. Every value of a label takes memory for as long as the process runs.
 */
const NAMES = 200;

/** A caller on the ladder of a model that is watched. */
interface Standing {
  readonly model: string;
  readonly stance: string;
  /** For a person. */
  readonly waits: boolean;
}

/** What an operator watches, in Prometheus' form. No label takes a value that a stranger can choose. */
export class Metrics {
  readonly registry = new Registry();
  readonly #models = new Set<string>();
  readonly #teams = new Set<string>();
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
  readonly #pseudonyms = new Counter({
    name: 'gatehouse_pseudonyms_total',
    help: 'Values that got a stand-in (prompt) or were given back (reply), by reason.',
    labelNames: ['reason', 'direction'],
    registers: [this.registry],
  });
  readonly #tokens = new Counter({
    name: 'gatehouse_tokens_total',
    help: 'Tokens settled, by model, team and direction.',
    labelNames: ['model', 'team', 'direction'],
    registers: [this.registry],
  });

  readonly #undelivered = new Counter({
    name: 'gatehouse_telemetry_dropped_total',
    help: 'Spans and metrics that the collector did not take, by signal.',
    labelNames: ['signal'],
    registers: [this.registry],
  });
  readonly #dollars = new Counter({
    name: 'gatehouse_cost_dollars_total',
    help: 'Cost settled, in US dollars, by model and team. For watching: exact sums are in the ledger.',
    labelNames: ['model', 'team'],
    registers: [this.registry],
  });
  readonly #alerts = new Counter({
    name: 'gatehouse_budget_alerts_total',
    help: 'Budgets of which so many percent are spent, by whose they are.',
    labelNames: ['per', 'percent'],
    registers: [this.registry],
  });
  readonly #attempts = new Counter({
    name: 'gatehouse_attempts_total',
    help: 'Attempts upstream, by upstream and outcome.',
    labelNames: ['upstream', 'outcome'],
    registers: [this.registry],
  });
  readonly #breakers = new Counter({
    name: 'gatehouse_breaker_changes_total',
    help: 'Circuit breakers of targets that opened, half-opened or closed.',
    labelNames: ['target', 'state'],
    registers: [this.registry],
  });

  readonly #suspects = new Counter({
    name: 'gatehouse_suspects_total',
    help: 'Episodes in which callers or strangers behaved as they should not, by check and action.',
    labelNames: ['check', 'action'],
    registers: [this.registry],
  });

  readonly #detections = new Counter({
    name: 'gatehouse_detections_total',
    help: 'Alerts of detections over time, by rule and level.',
    labelNames: ['rule', 'level'],
    registers: [this.registry],
  });

  readonly #monitorAlarms = new Counter({
    name: 'gatehouse_monitor_alarms_total',
    help: 'Alarms of monitors about who asks a model that classifies or scores, by model and monitor.',
    labelNames: ['model', 'monitor'],
    registers: [this.registry],
  });
  readonly #drifts = new Counter({
    name: 'gatehouse_monitor_drifts_total',
    help: 'Things that drifted in what a model is asked or answers, by model and test.',
    labelNames: ['model', 'test'],
    registers: [this.registry],
  });
  readonly #outcomes = new Counter({
    name: 'gatehouse_monitor_outcomes_total',
    help: 'Rows whose label came back, by model and whether it was what the model had said.',
    labelNames: ['model', 'right'],
    registers: [this.registry],
  });

  readonly #disagreement = new Histogram({
    name: 'gatehouse_prediction_disagreement',
    help: 'How far the models of a vote differ about what is asked, 0 to 1, by the prediction that is made of them.',
    labelNames: ['model'],
    buckets: [0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1],
    registers: [this.registry],
  });

  readonly #cache = new Counter({
    name: 'gatehouse_cache_total',
    help: 'Requests whose answer may be kept, by whether one was.',
    labelNames: ['result'],
    registers: [this.registry],
  });

  readonly #fed = new Counter({
    name: 'gatehouse_feed_delivered_total',
    help: 'Entries that the receiver of a feed has taken.',
    labelNames: ['feed'],
    registers: [this.registry],
  });
  readonly #dead = new Counter({
    name: 'gatehouse_feed_dead_total',
    help: 'Entries that the receiver of a feed has refused.',
    labelNames: ['feed'],
    registers: [this.registry],
  });
  /** Entries of the ledger that feeds have still to look at, by feed. */
  feedLags: () => Iterable<readonly [string, number]> = () => [];

  constructor(state: {
    open: () => number;
    ledgerSize: () => number;
    ledgerOpen: () => boolean;
    /** Undefined where the ledger has no witnesses. */
    ledgerCosigned?: (() => number) | undefined;
    /** Callers on the ladders of models that are watched. */
    standing?: (() => readonly Standing[]) | undefined;
  }) {
    /** @param aggregator over all processes of a gateway */
    const gauge = (name: string, help: string, aggregator: 'sum' | 'max' | 'min', read: () => number) =>
      new Gauge({
        name,
        help,
        aggregator,
        registers: [this.registry],
        collect() {
          this.set(read());
        },
      });
    gauge('gatehouse_open_requests', 'Requests in progress.', 'sum', state.open);
    gauge('gatehouse_ledger_entries', 'Entries in the audit ledger.', 'max', state.ledgerSize);
    gauge('gatehouse_ledger_open', '1 while the audit ledger takes entries.', 'min', () =>
      state.ledgerOpen() ? 1 : 0,
    );
    if (state.ledgerCosigned !== undefined)
      gauge(
        'gatehouse_ledger_cosigned_entries',
        'Entries that a quorum of witnesses has cosigned.',
        'max',
        state.ledgerCosigned,
      );
    const lags = (): Iterable<readonly [string, number]> => this.feedLags();
    new Gauge({
      name: 'gatehouse_feed_lag_entries',
      help: 'Entries of the audit ledger that a feed has still to look at.',
      labelNames: ['feed'],
      aggregator: 'max',
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [feed, lag] of lags()) this.set({ feed }, lag);
      },
    });
    const { standing } = state;
    if (standing !== undefined) {
      new Gauge({
        name: 'gatehouse_monitor_callers',
        help: 'Callers whom an alarm was about, by model and how they are answered.',
        labelNames: ['model', 'stance'],
        registers: [this.registry],
        collect() {
          this.reset();
          for (const { model, stance } of standing()) this.inc({ model, stance });
        },
      });
      new Gauge({
        name: 'gatehouse_monitor_waiting',
        help: 'Callers who wait for a person to allow a rung of the ladder, by model.',
        labelNames: ['model'],
        registers: [this.registry],
        collect() {
          this.reset();
          for (const { model, waits } of standing()) this.inc({ model }, waits ? 1 : 0);
        },
      });
    }
    gauge('process_resident_memory_bytes', 'Resident memory.', 'sum', () => process.memoryUsage.rss());
  }

  /** In Prometheus' form, together with what worker processes have counted (`getMetricsAsJSON`). */
  async exposition(workers: readonly Json[]): Promise<string> {
    if (workers.length === 0) return this.registry.metrics();
    const all = [await this.registry.getMetricsAsJSON(), ...workers];
    return AggregatorRegistry.aggregate(all as unknown as object[][]).metrics();
  }

  ended(operation: string, model: string, outcome: string, seconds: number): void {
    this.#requests.inc({ operation, model: label(this.#models, model), outcome });
    this.#seconds.observe({ operation }, seconds);
  }

  /** Telemetry that a collector did not take. */
  undelivered(signal: string, count: number): void {
    this.#undelivered.inc({ signal }, count);
  }

  /** Entries that a feed's receiver has taken, and refused. */
  fed(feed: string, delivered: number, refused: number): void {
    this.#fed.inc({ feed }, delivered);
    this.#dead.inc({ feed }, refused);
  }

  refused(code: string): void {
    this.#refusals.inc({ code });
  }

  attempted(upstream: string, outcome: string): void {
    this.#attempts.inc({ upstream, outcome });
  }

  cached(result: 'hit' | 'miss'): void {
    this.#cache.inc({ result });
  }

  breaker(target: string, state: string): void {
    this.#breakers.inc({ target, state });
  }

  guards(direction: 'prompt' | 'reply', ms: number): void {
    this.#guardSeconds.observe({ direction }, ms / 1000);
  }

  suspected(check: string, action: string): void {
    this.#suspects.inc({ check, action });
  }

  detected(rule: string, level: string): void {
    this.#detections.inc({ rule, level });
  }

  alarmed(model: string, monitor: string): void {
    this.#monitorAlarms.inc({ model, monitor });
  }

  drifted(model: string, test: string): void {
    this.#drifts.inc({ model, test });
  }

  /** Rows whose label came back. */
  outcome(model: string, right: number, wrong: number): void {
    this.#outcomes.inc({ model, right: 'true' }, right);
    this.#outcomes.inc({ model, right: 'false' }, wrong);
  }

  /** @param by the mean over the rows of a question */
  disagreed(model: string, by: number): void {
    this.#disagreement.observe({ model }, by);
  }

  pseudonyms(direction: 'prompt' | 'reply', reason: string, count: number): void {
    this.#pseudonyms.inc({ reason, direction }, count);
  }

  found(reason: string, action: string): void {
    this.#findings.inc({ reason, action });
  }

  /** @param cost in nano-dollars; undefined where the model has no price */
  charged(named: string, whose: string, { input, output }: Usage, cost: number | undefined): void {
    const model = label(this.#models, named);
    const team = label(this.#teams, whose);
    this.#tokens.inc({ model, team, direction: 'input' }, input);
    this.#tokens.inc({ model, team, direction: 'output' }, output);
    if (cost !== undefined) this.#dollars.inc({ model, team }, cost / 1e9);
  }

  budgetSpent(per: string, percent: number): void {
    this.#alerts.inc({ per, percent: String(percent) });
  }
}

/** The first names that are met; all others are `other`. */
function label(known: Set<string>, name: string): string {
  if (known.has(name)) return name;
  if (known.size >= NAMES) return 'other';
  known.add(name);
  return name;
}
