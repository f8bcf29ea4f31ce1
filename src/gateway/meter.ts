import { Refusal, type RefusalCode } from '../base/refusal.ts';
import { NO_USAGE } from '../dialects/dialect.ts';
import type { Usage } from '../exchange/exchange.ts';
import { largerUsage } from '../exchange/usage.ts';

/** What a request has used so far, for settling what was reserved for it. */
export class UsageMeter {
  /** The upstream may have seen the prompt: without a report from it, the estimate is what was used. */
  forwarded = false;
  /** The upstream began a reply, so that some of it may have been used. */
  answered = false;
  /** The reply came to its end, so what was reported is all there is. */
  complete = false;
  readonly #reserved: Usage;
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
    const reserved = this.#reserved;
    if (this.#usage !== undefined) return this.complete ? this.#usage : largerUsage(this.#usage, reserved);
    switch (this.#refusal) {
      case 'prompt_blocked':
      case 'media_refused':
      case 'no_target':
      case 'header_refused':
      case 'upstream_rejected':
        return NO_USAGE;
      case 'upstream_failed':
        return this.answered ? reserved : NO_USAGE;
      // Before forwarding: who drives a guard over its budget shall not do so for nothing.
      case 'guard_failed':
        return this.forwarded ? reserved : NO_USAGE;
      case 'upstream_unreachable':
      case 'upstream_auth':
      case 'upstream_rate_limited':
      case 'upstream_overloaded':
        return 'nothing';
      default:
        return this.forwarded ? reserved : 'nothing';
    }
  }
}
