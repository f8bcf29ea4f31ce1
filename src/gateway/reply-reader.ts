import type { Refusal } from '../base/refusal.ts';
import type { StreamReader, Translator, WireEvent } from '../dialects/dialect.ts';
import type { AnswerEvent } from '../exchange/conversation.ts';
import type { StreamEvent, Usage } from '../exchange/exchange.ts';

/** Reads a streamed answer: the events for the client that one event of the upstream's gives. */
export interface ReplyReader extends Pick<StreamReader, 'cut' | 'fail'> {
  read(event: WireEvent): readonly StreamEvent[];
  /** The connection has closed: the last events, or undefined where the answer is not complete. */
  end(): readonly StreamEvent[] | undefined;
}

/** Both sides speak the same dialect. */
export class DirectReader implements ReplyReader {
  readonly #reader: StreamReader;

  constructor(reader: StreamReader) {
    this.#reader = reader;
  }

  read(event: WireEvent): readonly StreamEvent[] {
    return [this.#reader.read(event)];
  }

  end(): readonly StreamEvent[] | undefined {
    const last = this.#reader.end?.();
    return last && [last];
  }

  cut(refusal: Refusal, requestId: string): string {
    return this.#reader.cut(refusal, requestId);
  }

  fail(refusal: Refusal, requestId: string): string {
    return this.#reader.fail(refusal, requestId);
  }
}

/** What the upstream says, written for the client and read as the client will read it. */
export class TranslatedReader implements ReplyReader {
  readonly #from: StreamReader;
  readonly #to: StreamReader;
  readonly #said: ReturnType<Translator['readStream']>;
  readonly #write: (event: AnswerEvent) => readonly StreamEvent[];

  constructor(
    from: StreamReader,
    to: StreamReader,
    said: ReturnType<Translator['readStream']>,
    write: (event: AnswerEvent) => readonly StreamEvent[],
  ) {
    this.#from = from;
    this.#to = to;
    this.#said = said;
    this.#write = write;
  }

  read(event: WireEvent): readonly StreamEvent[] {
    const { usage } = this.#from.read(event);
    return this.#pass(this.#said.read(event), usage);
  }

  end(): readonly StreamEvent[] | undefined {
    const last = this.#from.end?.();
    return last && this.#pass(this.#said.end?.() ?? [], last.usage);
  }

  #pass(said: readonly AnswerEvent[], usage: Usage | undefined): readonly StreamEvent[] {
    const events = said.flatMap(this.#write);
    // A client whose API has no closing event hears the end when the connection closes.
    const closed = said.at(-1)?.kind === 'end' && events.at(-1)?.last !== true ? this.#to.end?.() : undefined;
    if (closed !== undefined) events.push(closed);
    return [...(usage === undefined ? [] : [usageOnly(usage)]), ...events.map(unmetered)];
  }

  cut(refusal: Refusal, requestId: string): string {
    return this.#to.cut(refusal, requestId);
  }

  fail(refusal: Refusal, requestId: string): string {
    return this.#to.fail(refusal, requestId);
  }
}

/** What is metered is what the upstream reports: a client's dialect may have to say zero where nobody knows. */
const unmetered = (event: StreamEvent): StreamEvent =>
  event.usage === undefined ? event : { ...event, usage: undefined };

const usageOnly = (usage: Usage): StreamEvent => ({
  slots: [],
  opaque: [],
  lane: '/usage',
  divisible: false,
  ends: [],
  last: false,
  usage,
  write: () => '',
});
