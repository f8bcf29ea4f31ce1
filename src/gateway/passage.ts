import { createHmac, type Hmac } from 'node:crypto';
import { Refusal, type RefusalCode } from '../base/refusal.ts';
import { type Dialect, NO_USAGE, type Operation } from '../dialects/dialect.ts';
import type { Prompt, Usage } from '../exchange/exchange.ts';
import type { Answer } from './answer.ts';
import type { Ask } from './ask.ts';
import type { Gate, House } from './house.ts';
import type { Inspection } from './inspect/channel.ts';
import type { Record } from './record.ts';

/** One request on its way through the house: what every stage of the path needs at hand. */
export interface Passage {
  readonly ask: Ask;
  readonly answer: Answer;
  readonly gate: Gate;
  readonly house: House;
  readonly record: Record;
}

/** A passage that has reached a model. */
export interface Conversation extends Passage {
  readonly dialect: Dialect;
  readonly operation: Operation;
  readonly prompt: Prompt;
  /** The guards on the reply. */
  readonly inspection: Inspection;
}

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
    if (usage !== undefined) this.#usage = this.#usage === undefined ? usage : larger(this.#usage, usage);
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
    if (this.#usage !== undefined) return this.complete ? this.#usage : larger(this.#usage, reserved);
    switch (this.#refusal) {
      case 'prompt_blocked':
      case 'media_refused':
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

const larger = (one: Usage, other: Usage): Usage => ({
  input: Math.max(one.input, other.input),
  output: Math.max(one.output, other.output),
});

/** Keyed digests: who holds the key can prove that a text is the one recorded; nobody can guess it from the ledger. */
export const digestOf = (gate: Gate, bytes: Uint8Array | string): string =>
  createHmac('sha256', gate.digestKey).update(bytes).digest('base64url');

export const openDigest = (gate: Gate): Hmac => createHmac('sha256', gate.digestKey);
