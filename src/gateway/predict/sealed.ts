import { Problem } from '../../base/problem.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Contract } from '../../contracts/contract.ts';
import { misfit } from '../../contracts/fits.ts';
import { Receipt } from '../../ledger/receipt.ts';
import { PredictionFailed } from '../../runtime/onnx/prediction-failed.ts';
import { ServedModel } from '../../runtime/onnx/served-model.ts';
import type { SealedSource } from '../../settings/predictions.ts';
import type { Settings } from '../../settings/settings.ts';
import type { RegisteredModel } from '../../store/model-steps.ts';
import type { Log } from '../log.ts';
import type { ModelShelf } from '../model-shelf.ts';
import type { Predicting, Predictor } from './predictor.ts';
import type { ServingMetrics } from './serving-metrics.ts';

/** What sealed models are opened with. */
export interface SealedParts {
  readonly shelf: Pick<ModelShelf, 'bytes'> | undefined;
  readonly registry: {
    standing(reference: string): RegisteredModel | undefined;
    standingById(id: string): RegisteredModel | undefined;
  };
  readonly settings: Settings;
  readonly log: Log;
  readonly serving: Pick<ServingMetrics, 'of'>;
  /** Milliseconds, from any start. */
  readonly tick: () => number;
}

interface Running extends Predicting {
  readonly id: string;
  readonly served: ServedModel;
  /** Who is with it. */
  guests: number;
}

/** Milliseconds until a model that could not be started is tried again. */
const AGAIN = 5000;

/**
 * A sealed model that runs here. Which version may be used is asked of the registry before each question: one that was
 * revoked answers nothing more. When another is activated it is started beside the old one and takes its place when it can
 * answer; the old one ends behind its last answer.
 */
export class SealedPredictor implements Predictor {
  readonly #name: string;
  readonly #source: SealedSource;
  readonly #timeout: number;
  readonly #contract: Contract;
  readonly #parts: SealedParts;
  #running: Running | undefined;
  #starting: { readonly id: string; readonly running: Promise<Running> } | undefined;
  #failed: { readonly id: string; readonly at: number } | undefined;
  #closed = false;

  constructor(
    { name, timeout }: { readonly name: string; readonly timeout: number },
    source: SealedSource,
    contract: Contract,
    parts: SealedParts,
  ) {
    this.#name = name;
    this.#source = source;
    this.#timeout = timeout;
    this.#contract = contract;
    this.#parts = parts;
  }

  async use<T>(act: (predicting: Predicting) => Promise<T>): Promise<T> {
    const now = this.#now();
    // Whoever runs already is held before anything else can happen.
    const running = now instanceof Promise ? await now : now;
    running.guests += 1;
    try {
      // It may have been revoked while it was started.
      const state = this.#parts.registry.standingById(running.id)?.state;
      if (state !== 'active' && state !== 'approved') throw new Refusal('model_unknown');
      return await act(running);
    } finally {
      running.guests -= 1;
      if (running !== this.#running && running.guests === 0) running.served.close().catch(() => {});
    }
  }

  #now(): Running | Promise<Running> {
    const wanted = this.#wanted();
    if (wanted === undefined || !this.#mayAnswer(wanted)) {
      this.#retire();
      throw new Refusal('model_unknown');
    }
    const running = this.#running;
    if (running?.id === wanted.id) return running;
    const next = this.#start(wanted);
    // The version before answers until its successor can, unless it was taken from use.
    if (running === undefined || this.#parts.registry.standingById(running.id)?.state !== 'approved') {
      this.#retire();
      return next;
    }
    next.catch(() => {});
    return running;
  }

  ready(): boolean {
    const wanted = this.#wanted();
    return this.#running !== undefined && wanted !== undefined && this.#mayAnswer(wanted);
  }

  #mayAnswer({ state }: RegisteredModel): boolean {
    return state === 'active' || (state === 'approved' && this.#source.approved === true);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#starting?.running.catch(() => {});
    await this.#running?.served.close();
  }

  #wanted(): RegisteredModel | undefined {
    return this.#parts.registry.standing(this.#source.reference);
  }

  /** Nobody new comes to the one that runs; those who are there are answered first. */
  #retire(): void {
    const running = this.#running;
    this.#running = undefined;
    if (running?.guests === 0) running.served.close().catch(() => {});
  }

  /** Whoever asks for the same version waits for the same start. */
  #start(model: RegisteredModel): Promise<Running> {
    const { tick } = this.#parts;
    if (this.#starting?.id === model.id) return this.#starting.running;
    if (this.#closed || (this.#failed?.id === model.id && tick() - this.#failed.at < AGAIN))
      return Promise.reject(
        new Refusal('upstream_failed', { hint: 'The model is not running.', retryAfter: 5 }),
      );
    const running = this.#open(model).finally(() => {
      if (this.#starting?.running === running) this.#starting = undefined;
    });
    this.#starting = { id: model.id, running };
    return running;
  }

  async #open(model: RegisteredModel): Promise<Running> {
    const { shelf, settings, log, serving, tick } = this.#parts;
    const version = String(model.version);
    try {
      if (shelf === undefined)
        throw new Problem('usage', 'the settings have no vault, so there are no sealed models');
      const { workers, threads, batchRows, queueRows, memory, file } = this.#source;
      const bytes = await shelf.bytes(`${model.name}@${version}`, file, settings);
      const served = await ServedModel.start(bytes, {
        workers,
        threads,
        batchRows,
        queueRows,
        memory,
        timeout: this.#timeout,
        replyBytes: settings.limits.reply,
        watch: serving.of(this.#name),
      });
      const why = misfit(this.#contract, served.inputs);
      if (why !== undefined || this.#closed) {
        await served.close();
        throw new Problem('usage', why ?? 'the gateway is ending');
      }
      const running: Running = {
        id: model.id,
        version,
        guests: 0,
        served,
        outputs: served.outputs,
        async predict(receipt, inputs, wanted, { onGone }) {
          if (!Receipt.check(receipt)) throw new Refusal('internal');
          return served.predict(inputs, wanted, onGone).catch(refuse);
        },
      };
      this.#retire();
      this.#running = running;
      log('info', 'a model is being served', { model: this.#name });
      return running;
    } catch (error) {
      this.#failed = { id: model.id, at: tick() };
      // A Problem names files and versions of the operator's own, and why they are not used.
      const why = error instanceof Problem ? error.message : 'it failed';
      log('error', 'a model is not served', { model: this.#name, error: why });
      throw new Refusal('upstream_failed', { hint: 'The model is not running.', cause: error });
    }
  }
}

/** A prediction that failed, as callers are told of it. */
function refuse(error: unknown): never {
  if (!(error instanceof PredictionFailed)) throw error;
  const { reason } = error;
  if (reason === 'timeout') throw new Refusal('upstream_timeout');
  if (reason === 'gone') throw new Refusal('client_gone', { cause: error });
  if (reason === 'reply') throw new Refusal('upstream_invalid', { cause: error });
  if (reason === 'model') throw new Refusal('upstream_failed', { cause: error });
  throw new Refusal('upstream_overloaded', { retryAfter: 1, cause: error });
}
