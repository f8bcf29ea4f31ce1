import { isObject, type JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { StreamEvent, Usage } from '../../exchange/exchange.ts';
import type { Slot } from '../../exchange/part.ts';
import { largerUsage } from '../../exchange/usage.ts';
import { type WireEvent, writeEvent } from '../../wire/sse.ts';
import { NO_USAGE, type StreamReader } from '../dialect.ts';
import { parseEvent } from '../events.ts';
import { Reading } from '../reading.ts';
import { readBody } from '../shape.ts';
import { errorBody } from './errors.ts';
import * as shapes from './events.ts';
import { readUsage } from './reply.ts';

/** A block that has started and not stopped. */
interface Block {
  readonly index: number;
  readonly kind: string;
  /** Path of its channels. Text blocks share that of the first: clients join them, whatever stands between. */
  readonly channel: string;
}

/** How far an answer has come. */
interface Progress {
  started: boolean;
  block: Block | undefined;
  /** Why it stopped was said; only the end is left. */
  stopping: boolean;
}
const notStarted = (): Progress => ({ started: false, block: undefined, stopping: false });

const PING = writeEvent({ event: 'ping', data: '{"type": "ping"}' });

/** Reads the events of one streamed answer. They stay in strict order: all share the empty lane. */
export class MessageStream implements StreamReader {
  readonly #channels = new Map<string, number>();
  readonly #read = notStarted();
  /** As the client has seen it. */
  readonly #written = notStarted();
  #blocks = 0;
  /** The channel of the first text block, where each other one runs on. */
  #text: string | undefined;
  #usage: Usage = NO_USAGE;

  read(event: WireEvent): StreamEvent {
    const body = parseEvent(event);
    if (body.type === 'error') throw failure(body);
    const reading = new Reading('upstream', this.#channels);
    readBody(shapes.event, body, reading);
    const type = body.type as string;
    if (event.event !== type && event.event !== 'message')
      reading.refuse('/type', 'It is not the name of the event.');
    if (type === 'ping') return { ...QUIET, lane: '/ping', write: () => PING };

    const ends = this.#follow(type, body, reading);
    const block = this.#read.block;
    const { slots, opaque } = reading;
    return {
      slots,
      opaque,
      tools: reading.tools.called,
      lane: '',
      divisible: type === 'content_block_delta' && isDivisible(body, slots),
      ends,
      last: type === 'message_stop',
      usage: this.#count(body),
      write: () => this.#write(type, body, block),
    };
  }

  /** Checks that the event may come now, reads what is inside, and says which channels end with it. */
  #follow(type: string, body: JsonObject, reading: Reading): string[] {
    const at = this.#read;
    const fits = type === 'message_start' ? !at.started : at.started;
    if (!fits || (at.stopping && !type.startsWith('message_')))
      reading.refuse('/type', 'It comes out of order.');
    switch (type) {
      case 'message_start': {
        const { content } = body.message as JsonObject;
        if (!Array.isArray(content) || content.length > 0)
          reading.refuse('/message/content', 'It must be empty.');
        at.started = true;
        return [];
      }
      case 'content_block_start':
        this.#start(body, reading);
        return [];
      case 'content_block_delta':
        this.#delta(body, reading);
        return [];
      case 'content_block_stop': {
        const block = this.#opened(body, reading);
        at.block = undefined;
        return block.kind === 'text' ? [] : [`${block.channel}/*`];
      }
      default:
        if (at.block !== undefined) reading.refuse('/type', 'A block is still open.');
        at.stopping = true;
        return ['/content/*'];
    }
  }

  #start(body: JsonObject, reading: Reading): void {
    const index = body.index as number;
    if (this.#read.block !== undefined || index !== this.#blocks)
      reading.refuse('/index', 'It is out of order.');
    this.#blocks += 1;
    const inner = body.content_block as JsonObject;
    const own = `/content/${index}`;
    let channel = own;
    if (isObject(inner) && inner.type === 'text') {
      this.#text ??= own;
      channel = this.#text;
    }
    shapes.block(inner, body, 'content_block', channel, reading);
    this.#read.block = { index, kind: inner.type as string, channel };
  }

  #delta(body: JsonObject, reading: Reading): void {
    const block = this.#opened(body, reading);
    const inner = body.delta as JsonObject;
    shapes.delta(inner, body, 'delta', block.channel, reading);
    if (shapes.KIND_OF_DELTA[inner.type as string] !== block.kind) {
      reading.refuse('/delta/type', 'It does not fit its block.');
    }
  }

  #opened(body: JsonObject, reading: Reading): Block {
    const { block } = this.#read;
    if (block === undefined || block.index !== body.index)
      return reading.refuse('/index', 'It is out of order.');
    return block;
  }

  /** The whole usage so far: a later event may leave out what an earlier one said. */
  #count(body: JsonObject): Usage | undefined {
    const said = readUsage(isObject(body.message) ? body.message.usage : body.usage);
    if (said === undefined) return undefined;
    this.#usage = largerUsage(this.#usage, said);
    return this.#usage;
  }

  #write(type: string, body: JsonObject, block: Block | undefined): string {
    const seen = this.#written;
    if (type === 'message_start') seen.started = true;
    else if (type === 'message_delta') seen.stopping = true;
    else seen.block = block;
    return writeEvent({ event: type, data: JSON.stringify(body) });
  }

  cut(refusal: Refusal, requestId: string): string {
    const { started, stopping, block } = this.#written;
    // Half a tool call must not look like a whole one.
    if (!started || stopping || block?.kind === 'tool_use') return this.fail(refusal, requestId);
    const events: JsonObject[] = [
      {
        type: 'message_delta',
        delta: {
          stop_reason: 'refusal',
          stop_sequence: null,
          stop_details: { type: 'refusal', category: null, explanation: refusal.message },
        },
        usage: { output_tokens: this.#usage.output },
      },
      { type: 'message_stop' },
    ];
    if (block !== undefined) events.unshift({ type: 'content_block_stop', index: block.index });
    return events
      .map((event) => writeEvent({ event: event.type as string, data: JSON.stringify(event) }))
      .join('');
  }

  fail(refusal: Refusal, requestId: string): string {
    return writeEvent({ event: 'error', data: JSON.stringify(errorBody(refusal, requestId)) });
  }
}

/** A signature is not: clients take the last piece for the whole. */
const isDivisible = ({ delta }: JsonObject, slots: readonly Slot[]): boolean =>
  slots.length === 1 && slots[0]?.delta === true && isObject(delta) && delta.type !== 'signature_delta';

const QUIET = { slots: [], opaque: [], divisible: false, ends: [], last: false, usage: undefined };

/** Its text is not shown: it may hold anything, and nobody has read it. */
function failure({ error }: JsonObject): Refusal {
  const overloaded = isObject(error) && error.type === 'overloaded_error';
  return new Refusal(overloaded ? 'upstream_overloaded' : 'upstream_failed');
}
