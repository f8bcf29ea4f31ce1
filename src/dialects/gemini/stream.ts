import { isObject, type JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Prompt, StreamEvent } from '../../exchange/exchange.ts';
import type { Slot } from '../../exchange/part.ts';
import { type WireEvent, writeEvent } from '../../wire/sse.ts';
import type { StreamReader } from '../dialect.ts';
import { parseEvent } from '../events.ts';
import { Reading } from '../reading.ts';
import { readBody } from '../shape.ts';
import { candidatesOf, chunk } from './chunk.ts';
import { errorBody } from './errors.ts';
import { readUsage } from './reply.ts';

/** A chunk that goes out when the next one does, or the answer ends. */
interface Held {
  readonly wire: string;
  readonly finishing: readonly number[];
}
const NOTHING: Held = { wire: '', finishing: [] };

/**
 * Reads the chunks of one streamed answer. The API has no closing event: an answer is complete when every candidate
 * has said why it finished and the connection is closed. So the chunk that says it is held until then, and an answer
 * whose end could not be recorded never looks complete.
 */
export class ContentStream implements StreamReader {
  readonly #prompt: Prompt;
  readonly #channels = new Map<string, number>();
  readonly #begun = new Set<number>();
  readonly #finished = new Set<number>();
  /** The prompt was not answered at all. */
  #blocked = false;
  #held = NOTHING;
  /** The last chunk that was written, and the candidates that the client knows to be finished. */
  #written: JsonObject | undefined;
  readonly #closed = new Set<number>();

  constructor(prompt: Prompt) {
    this.#prompt = prompt;
  }

  read(event: WireEvent): StreamEvent {
    const body = parseEvent(event);
    if (event.event === 'error' || (body.error ?? null) !== null) throw failure(body);
    const reading = new Reading('upstream', this.#channels);
    readBody(chunk, body, reading);
    const { slots, opaque } = reading;
    const candidates = candidatesOf(body);
    const finishing = candidates
      .filter((one) => this.#follow(one, reading))
      .map((one) => one.index as number);
    if (isObject(body.promptFeedback)) this.#blocked ||= (body.promptFeedback.blockReason ?? null) !== null;

    const [first] = candidates;
    const complete = this.#isComplete();
    const own = first === undefined || candidates.length > 1 || complete ? '' : `/candidates/${first.index}`;
    const text =
      first !== undefined && candidates.length === 1 && !complete ? onlyText(body, first, slots) : undefined;
    return {
      slots,
      opaque,
      tools: reading.tools.called,
      lane: text?.path ?? own,
      divisible: text !== undefined,
      ends: finishing.map((at) => `/candidates/${at}/*`),
      last: false,
      usage: readUsage(body.usageMetadata),
      write: () => this.#write(body, finishing, complete),
    };
  }

  /** Keeps count of what a candidate has said. True where it is finished now. */
  #follow(one: JsonObject, reading: Reading): boolean {
    const at = one.index as number;
    const path = `/candidates/${at}`;
    const { parts } = isObject(one.content) ? one.content : {};
    if (this.#finished.has(at) && Array.isArray(parts) && parts.length > 0)
      reading.refuse(path, 'There is more after the candidate was finished.');
    this.#begun.add(at);
    if ((one.finishReason ?? null) === null || this.#finished.has(at)) return false;
    this.#finished.add(at);
    return true;
  }

  #isComplete(): boolean {
    if (this.#begun.size === 0) return this.#blocked;
    return this.#finished.size === this.#begun.size;
  }

  #write(body: JsonObject, finishing: readonly number[], complete: boolean): string {
    const wire = writeEvent({ data: JSON.stringify(body) });
    this.#written = body;
    const before = this.#release(complete ? { wire, finishing } : NOTHING);
    if (complete) return before;
    for (const at of finishing) this.#closed.add(at);
    return before + wire;
  }

  #release(next: Held): string {
    const { wire, finishing } = this.#held;
    for (const at of finishing) this.#closed.add(at);
    this.#held = next;
    return wire;
  }

  end(): StreamEvent | undefined {
    if (!this.#isComplete()) return undefined;
    const write = () => this.#release(NOTHING);
    return {
      slots: [],
      opaque: [],
      lane: '',
      divisible: false,
      ends: ['/*'],
      last: true,
      usage: undefined,
      write,
    };
  }

  cut(refusal: Refusal, requestId: string): string {
    const open = Array.from({ length: this.#prompt.choices }, (_, at) => at).filter(
      (at) => !this.#closed.has(at),
    );
    if (open.length === 0) return '';
    const body = {
      candidates: open.map((index) => ({
        content: { role: 'model', parts: [] },
        finishReason: 'PROHIBITED_CONTENT',
        finishMessage: refusal.message,
        index,
      })),
      modelVersion: this.#written?.modelVersion ?? this.#prompt.model,
      responseId: this.#written?.responseId ?? requestId,
    };
    return writeEvent({ data: JSON.stringify(body) });
  }

  fail(refusal: Refusal, requestId: string): string {
    return writeEvent({ data: JSON.stringify(errorBody(refusal, requestId)) });
  }
}

/** Fields of a chunk that are said anew each time, so that saying them twice does no harm. */
const AGAIN = new Set(['candidates', 'usageMetadata', 'modelVersion', 'responseId', 'createTime']);

/** The one piece of text that a chunk holds and nothing besides: it may be sent in pieces. */
function onlyText(body: JsonObject, one: JsonObject, slots: readonly Slot[]): Slot | undefined {
  const { content, index: _, ...more } = one;
  const { role: __, parts, ...rest } = isObject(content) ? content : {};
  const part = Array.isArray(parts) && parts.length === 1 ? parts[0] : undefined;
  const alone =
    Object.keys(body).every((name) => AGAIN.has(name)) &&
    Object.keys({ ...more, ...rest }).length === 0 &&
    isObject(part) &&
    Object.keys(part).every((name) => name === 'text' || name === 'thought');
  const pieces = slots.filter(({ delta }) => delta);
  return alone && pieces.length === 1 ? pieces[0] : undefined;
}

/** Its text is not shown: it may hold anything, and nobody has read it. */
function failure({ error }: JsonObject): Refusal {
  const code = isObject(error) ? error.code : undefined;
  if (code === 429) return new Refusal('upstream_rate_limited');
  return new Refusal(code === 503 ? 'upstream_overloaded' : 'upstream_failed');
}
