import type { Hmac } from 'node:crypto';
import { Refusal } from '../base/refusal.ts';
import type { WireEvent } from '../dialects/dialect.ts';
import type { StreamEvent } from '../exchange/exchange.ts';
import { SseReader } from '../wire/sse.ts';
import { authorizeTools } from './authorize.ts';
import { openDigest } from './digest.ts';
import type { Sink, UpstreamAnswer } from './forward.ts';
import { StreamInspection } from './inspect/stream.ts';
import type { UsageMeter } from './meter.ts';
import type { Talk } from './passage.ts';
import { type Ending, outcomeOf } from './record.ts';
import { fromUpstream, mediaType } from './reply.ts';
import type { ReplyReader } from './reply-reader.ts';
import { holdReply } from './review/hold.ts';

/**
 * A streamed answer. Each event is read, inspected and sent as soon as its text is clear; the last bytes wait until
 * the closing entry is durable. A guard's block ends the stream the way the dialect ends streams.
 * @returns the refusal that ended it early, already said to the client where the stream had begun.
 */
export function passStream(
  talk: Talk,
  upstream: UpstreamAnswer,
  meter: UsageMeter,
): Promise<Refusal | undefined> {
  const reader = talk.bridge.readStream();
  if (reader === undefined || mediaType(upstream) !== 'text/event-stream') {
    upstream.abort();
    throw new Refusal('upstream_invalid', {
      hint: 'The answer to a streaming request is not an event stream.',
    });
  }
  return new Promise((resolve) => {
    const reply = new StreamReply(talk, reader, meter, resolve);
    talk.answer.onGone(() => {
      reply.error(new Refusal('client_gone'));
      upstream.abort();
    });
    upstream.pipe(reply);
  });
}

/** Characters that are digested at a time: a call costs more than the few that one event has. */
const DIGESTED = 8 * 1024;

class StreamReply implements Sink {
  readonly #talk: Talk;
  readonly #reader: ReplyReader;
  readonly #meter: UsageMeter;
  readonly #done: (refusal: Refusal | undefined) => void;
  readonly #sse: SseReader;
  readonly #guards: StreamInspection;
  readonly #digest: Hmac;
  #undigested = '';
  /** A guard may find something for people to decide on: nothing leaves before all of it is read. */
  readonly #whole: boolean;
  #over = false;

  constructor(
    talk: Talk,
    reader: ReplyReader,
    meter: UsageMeter,
    done: (refusal: Refusal | undefined) => void,
  ) {
    const { limits } = talk.house.settings;
    this.#talk = talk;
    this.#reader = reader;
    this.#meter = meter;
    this.#done = done;
    this.#sse = new SseReader({ maxEvent: limits.event });
    this.#guards = new StreamInspection(talk.inspection, limits.reply);
    this.#digest = openDigest(talk.gate);
    this.#whole = talk.house.watch.duty.reply.some(({ action }) => action.reply === 'review');
  }

  data(chunk: Buffer): void | Promise<void> {
    if (this.#over) return undefined;
    return this.#read(
      fromUpstream(() => this.#sse.push(chunk)),
      0,
    );
  }

  #read(events: readonly WireEvent[], from: number): void | Promise<void> {
    for (let i = from; i < events.length; i++) {
      const read = fromUpstream(() => this.#reader.read(events[i] as WireEvent));
      const waiting = this.#takeAll(read, 0);
      if (read.at(-1)?.last) return waiting;
      // A guard needs time: the events behind wait for it.
      if (waiting !== undefined) return waiting.then(() => this.#read(events, i + 1));
    }
    return this.#send();
  }

  #takeAll(events: readonly StreamEvent[], from: number): void | Promise<void> {
    for (let i = from; i < events.length; i++) {
      const waiting = this.#take(events[i] as StreamEvent);
      if (waiting !== undefined) return waiting.then(() => this.#takeAll(events, i + 1));
    }
    return undefined;
  }

  /** Gives an event to the policy and to the guards; the last one also ends the answer. */
  #take(event: StreamEvent): void | Promise<void> {
    this.#meter.see(event.usage);
    this.#meter.hear(event.slots);
    if (event.kept !== undefined) this.#talk.own?.(event.kept);
    this.#meter.complete = event.last;
    const decided = authorizeTools(this.#talk, this.#talk.asker, 'tool.call', event.tools);
    return decided === undefined ? this.#inspect(event) : decided.then(() => this.#inspect(event));
  }

  #inspect(event: StreamEvent): void | Promise<void> {
    const sent = event.last ? this.#send() : undefined;
    // Waited for below, unless a guard blocks first.
    sent?.catch(() => {});
    const waiting = this.#guards.push(event);
    return event.last ? Promise.all([sent, waiting]).then(() => this.#complete()) : waiting;
  }

  /** Sends what has become clear, in one write; a promise where the client is slower. */
  #send(): void | Promise<void> {
    if (this.#whole) {
      if (this.#guards.ready <= this.#talk.house.settings.limits.reply) return undefined;
      throw new Refusal('upstream_invalid', { hint: 'The reply is longer than what may be held.' });
    }
    const cleared = this.#guards.take();
    if (cleared.value === '') return undefined;
    const kept = this.#keep(cleared.value);
    const sent = this.#talk.answer.write(cleared);
    return kept === undefined ? sent : Promise.all([kept, sent]).then(() => {});
  }

  /** Into the digest, and into sealed content where that is wanted. */
  #keep(text: string): void | Promise<void> {
    this.#undigested += text;
    if (this.#undigested.length >= DIGESTED) this.#updateDigest();
    return this.#talk.record.content?.push(text);
  }

  /** The closing entry first, then the last bytes. */
  async #complete(): Promise<void> {
    this.#over = true;
    const { answer, record } = this.#talk;
    const last = this.#guards.take();
    try {
      await holdReply(this.#talk, last, 'text/event-stream');
      await this.#keep(last.value);
      await record.content?.finish();
    } catch (error) {
      this.#over = false;
      return this.error(error instanceof Refusal ? error : new Refusal('internal', { cause: error }));
    }
    try {
      await record.end('completed', this.#facts(answer.bytes + Buffer.byteLength(last.value)));
    } catch {
      return this.#close(new Refusal('ledger_unavailable'));
    }
    answer.end(last);
    this.#done(undefined);
  }

  /** The connection is closed: too soon, unless the API ends its streams that way. */
  async end(): Promise<void> {
    if (this.#over) return;
    fromUpstream(() => this.#sse.end());
    const last = fromUpstream(() => this.#reader.end());
    if (last === undefined) throw new Refusal('upstream_cut');
    await this.#takeAll(last, 0);
  }

  /** Before anything has left, the request is refused as any other; afterwards the stream is ended in its dialect. */
  error(refusal: Refusal): void {
    if (this.#over) return;
    this.#over = true;
    const { answer, record } = this.#talk;
    if (!answer.started) {
      this.#done(refusal);
      return;
    }
    // Before the closing entry, which says what is charged.
    this.#meter.failed(refusal);
    // What was clear before the refusal is clear still.
    this.#send()?.catch(() => {});
    record.end(outcomeOf(refusal, true), { code: refusal.code, ...this.#facts(answer.bytes) }).then(
      () => this.#close(refusal),
      () => this.#close(new Refusal('ledger_unavailable')),
    );
  }

  #close(refusal: Refusal): void {
    const { answer, ask } = this.#talk;
    const byGuard = refusal.code === 'reply_blocked' || refusal.code === 'guard_failed';
    if (answer.started) {
      answer.end(byGuard ? this.#reader.cut(refusal, ask.id) : this.#reader.fail(refusal, ask.id));
    }
    this.#done(refusal);
  }

  #updateDigest(): void {
    this.#digest.update(this.#undigested);
    this.#undigested = '';
  }

  #facts(bytes: number): Ending {
    this.#updateDigest();
    return {
      status: 200,
      usage: this.#meter.usage ?? null,
      reply: { bytes, digest: this.#digest.digest('base64url') },
    };
  }
}
