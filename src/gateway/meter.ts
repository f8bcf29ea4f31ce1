import { Refusal, type RefusalCode } from '../base/refusal.ts';
import { NO_USAGE } from '../dialects/dialect.ts';
import type { Usage } from '../exchange/exchange.ts';
import type { Slot } from '../exchange/part.ts';
import { largerUsage } from '../exchange/usage.ts';
import { estimateWritten } from './estimate.ts';

/** What a request has used so far, for settling what was reserved for it. */
export class UsageMeter {
  /** The upstream may have seen the prompt: without a report from it, the estimate is what was used. */
  forwarded = false;
  /** The upstream began a reply, so that some of it may have been used. */
  answered = false;
  /** The reply came to its end, so what was reported is all there is. */
  complete = false;
  /** An answer is made whole or not at all, as predictions are: what was not answered has used nothing. */
  whole = false;
  readonly #reserved: Usage;
  /** Tokens of the text that came, as far as can be told from it. */
  #written = 0;
  #usage: Usage | undefined;
  #refusal: RefusalCode | undefined;

  constructor(reserved: Usage) {
    this.#reserved = reserved;
  }

  /** Streams report in parts: later, larger numbers win. */
  see(usage: Usage | undefined): void {
    if (usage !== undefined)
      this.#usage = this.#usage === undefined ? usage : largerUsage(this.#usage, usage);
  }

  /** Text of the answer, as it comes from the upstream, each once. */
  hear(slots: readonly Slot[]): void {
    this.#written += estimateWritten(slots);
  }

  get usage(): Usage | undefined {
    return this.#usage;
  }

  /** The request ended in this refusal. */
  failed(error: unknown): void {
    this.#refusal = error instanceof Refusal ? error.code : 'internal';
  }

  /**
   * What the caller pays: what was reported; the estimate where something was forwarded and nobody reported. A reply
   * that broke off has reported a part only (Anthropic's streams begin with an output of 1), so it costs no less than
   * the estimate: else a caller who always leaves before the end would use tokens that no quota counts. What the
   * caller's own text brought on (a guard's block, the model server's refusal) costs the request but no tokens;
   * what the gateway or the model server could not do costs nothing.
   */
  get charge(): Usage | 'nothing' {
    const estimate = this.#estimate;
    if (this.#usage !== undefined) return this.complete ? this.#usage : largerUsage(this.#usage, estimate);
    switch (this.#refusal) {
      case 'prompt_blocked':
      case 'media_refused':
      case 'no_target':
      case 'header_refused':
      case 'upstream_rejected':
        return NO_USAGE;
      case 'upstream_failed':
        return this.answered ? estimate : NO_USAGE;
      // Before forwarding: who drives a guard over its budget shall not do so for nothing.
      case 'guard_failed':
      case 'review_pending':
        return this.forwarded ? estimate : NO_USAGE;
      case 'upstream_unreachable':
      case 'upstream_auth':
      case 'upstream_rate_limited':
      case 'upstream_overloaded':
        return 'nothing';
      default:
        return this.forwarded ? estimate : 'nothing';
    }
  }
  /**
   * What was reserved, or the text that came where that is more: a server need not keep to the `max_tokens` that was
   * reserved for. What a model wrote and did not send (hidden reasoning, the rest after somebody left) nobody can see.
   */
  get #estimate(): Usage {
    if (this.whole) return NO_USAGE;
    const { input, output } = this.#reserved;
    return { input, output: Math.max(output, Math.ceil(this.#written)) };
  }
}
