import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { AnswerEvent, AnsweredChoice } from '../../exchange/conversation.ts';
import type { Usage } from '../../exchange/exchange.ts';
import { largerUsage } from '../../exchange/usage.ts';
import type { WireEvent } from '../../wire/sse.ts';
import { parseEvent } from '../events.ts';
import { signedBy } from '../translate.ts';
import { readUsage } from './reply.ts';
import { envelope, readStop, writeStop, writeUsage } from './translate-reply.ts';

/** Streamed answers. */

const choice = 0;

export class AnswerReader {
  #calls = 0;
  /** The call whose block is open, and whether it has arguments yet. */
  #open: { readonly call: number; said: boolean } | undefined;
  #usage: Usage | undefined;

  read(event: WireEvent): readonly AnswerEvent[] {
    const body = parseEvent(event);
    switch (body.type) {
      case 'message_start': {
        const message = body.message as JsonObject;
        const { id, model } = message;
        return [
          {
            kind: 'start',
            id: typeof id === 'string' ? id : '',
            model: typeof model === 'string' ? model : '',
            usage: this.#count(message.usage),
          },
        ];
      }
      case 'content_block_start':
        return this.#start(body.content_block as JsonObject);
      case 'content_block_delta':
        return this.#delta(body.delta as JsonObject);
      case 'content_block_stop':
        return this.#stop();
      case 'message_delta': {
        const { stop_reason: reason, stop_sequence: sequence } = body.delta as JsonObject;
        const usage = this.#count(body.usage);
        return [
          { kind: 'stop', choice, ...readStop(reason, sequence) },
          ...(usage === undefined ? [] : [{ kind: 'usage' as const, usage }]),
        ];
      }
      case 'message_stop':
        return [{ kind: 'end' }];
      default:
        return [];
    }
  }

  #start(block: JsonObject): AnswerEvent[] {
    switch (block.type) {
      case 'text':
        return say('text', block.text);
      case 'thinking':
        return [...say('reasoning', block.thinking), ...sign(block.signature)];
      case 'tool_use': {
        const { id, name, input } = block;
        const call = this.#calls++;
        const said = isObject(input) && Object.keys(input).length > 0;
        this.#open = { call, said };
        return [
          { kind: 'tool-call', choice, call, id: id as string, name: name as string },
          ...(said ? [{ kind: 'arguments' as const, choice, call, json: JSON.stringify(input) }] : []),
        ];
      }
      default:
        return [];
    }
  }

  #delta(delta: JsonObject): AnswerEvent[] {
    switch (delta.type) {
      case 'text_delta':
        return say('text', delta.text);
      case 'thinking_delta':
        return say('reasoning', delta.thinking);
      case 'signature_delta':
        return sign(delta.signature);
      case 'input_json_delta': {
        const json = delta.partial_json as string;
        if (json === '' || this.#open === undefined) return [];
        this.#open.said = true;
        return [{ kind: 'arguments', choice, call: this.#open.call, json }];
      }
      default:
        return [];
    }
  }

  /** A call without arguments has an empty object of them. */
  #stop(): AnswerEvent[] {
    const open = this.#open;
    this.#open = undefined;
    return open === undefined || open.said
      ? []
      : [{ kind: 'arguments', choice, call: open.call, json: '{}' }];
  }

  /** All so far: a later event may leave out what an earlier one said. */
  #count(said: Json | undefined): Usage | undefined {
    const usage = readUsage(said);
    if (usage !== undefined)
      this.#usage = this.#usage === undefined ? usage : largerUsage(this.#usage, usage);
    return usage && this.#usage;
  }
}

const say = (kind: 'text' | 'reasoning', text: Json | undefined): AnswerEvent[] =>
  typeof text === 'string' && text !== '' ? [{ kind, choice, text }] : [];

const sign = (signature: Json | undefined): AnswerEvent[] =>
  typeof signature === 'string' && signature !== ''
    ? [{ kind: 'signature', choice, signature: signedBy('anthropic', signature) }]
    : [];

type Kind = 'text' | 'thinking' | 'tool_use';

/** Its blocks come one after the other, so what another API mixes cannot be written. */
export class AnswerWriter {
  #index = -1;
  #open: { readonly kind: Kind; readonly call?: number } | undefined;
  #usage: Usage | undefined;
  #stopped: Pick<AnsweredChoice, 'stop' | 'stopSequence'> = { stop: 'stop' };

  write(event: AnswerEvent): readonly WireEvent[] {
    if ('choice' in event && event.choice !== choice) {
      throw new Refusal('upstream_invalid', { hint: 'It was asked for one answer.' });
    }
    switch (event.kind) {
      case 'start':
        this.#usage = event.usage;
        return [this.#start(event.id, event.model)];
      case 'text':
      case 'refusal':
        return [...this.#block('text', { text: '' }), this.#delta({ type: 'text_delta', text: event.text })];
      case 'reasoning':
        return [
          ...this.#block('thinking', { thinking: '', signature: '' }),
          this.#delta({ type: 'thinking_delta', thinking: event.text }),
        ];
      case 'signature':
        if (this.#open?.kind !== 'thinking') return [];
        return [this.#delta({ type: 'signature_delta', signature: event.signature }), ...this.#close()];
      case 'tool-call':
        return this.#begin(
          { kind: 'tool_use', call: event.call },
          { id: event.id, name: event.name, input: {} },
        );
      case 'arguments':
        if (this.#open?.call !== event.call) {
          throw new Refusal('upstream_invalid', { hint: 'The pieces of its tool calls are mixed.' });
        }
        return [this.#delta({ type: 'input_json_delta', partial_json: event.json })];
      case 'stop':
        this.#stopped = event;
        return this.#close();
      case 'usage':
        this.#usage = event.usage;
        return [];
      case 'end':
        return [
          ...this.#close(),
          // Its usage may come last.
          wire('message_delta', { delta: writeStop(this.#stopped), usage: writeUsage(this.#usage) }),
          wire('message_stop', {}),
        ];
    }
  }

  #start(id: string, model: string): WireEvent {
    const message = {
      ...envelope(id, model),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: writeUsage(this.#usage),
    };
    return wire('message_start', { message });
  }

  /** The block that is open, or a new one. */
  #block(kind: Kind, empty: JsonObject): WireEvent[] {
    return this.#open?.kind === kind ? [] : this.#begin({ kind }, empty);
  }

  #begin(open: { readonly kind: Kind; readonly call?: number }, empty: JsonObject): WireEvent[] {
    const closed = this.#close();
    this.#open = open;
    this.#index += 1;
    const block = { type: open.kind, ...empty };
    return [...closed, wire('content_block_start', { index: this.#index, content_block: block })];
  }

  #delta(delta: JsonObject): WireEvent {
    return wire('content_block_delta', { index: this.#index, delta });
  }

  #close(): WireEvent[] {
    if (this.#open === undefined) return [];
    this.#open = undefined;
    return [wire('content_block_stop', { index: this.#index })];
  }
}

const wire = (type: string, fields: JsonObject): WireEvent => ({
  event: type,
  data: JSON.stringify({ type, ...fields }),
});
