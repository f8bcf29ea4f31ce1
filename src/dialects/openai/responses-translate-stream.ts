import { isObject, type JsonObject } from '../../base/json.ts';
import type { AnswerEvent, AnswerPart, StopReason } from '../../exchange/conversation.ts';
import type { Usage } from '../../exchange/exchange.ts';
import type { WireEvent } from '../../wire/sse.ts';
import { parseEvent } from '../events.ts';
import { readResponseUsage } from './responses-reply.ts';
import { readItem, stopIn } from './responses-translate-reply.ts';

/** Streamed answers. */

const DELTAS: Readonly<Record<string, 'text' | 'refusal' | 'reasoning'>> = {
  'response.output_text.delta': 'text',
  'response.refusal.delta': 'refusal',
  'response.reasoning_text.delta': 'reasoning',
  'response.reasoning_summary_text.delta': 'reasoning',
};

export class ResponsesAnswerReader {
  /** Numbers of calls by their places, and the items of which something was said. */
  readonly #calls = new Map<unknown, number>();
  readonly #said = new Set<unknown>();
  readonly #parts: AnswerPart[] = [];

  read(event: WireEvent): readonly AnswerEvent[] {
    const body = parseEvent(event);
    const { type, output_index: at, delta } = body;
    const kind = DELTAS[type as string];
    if (kind !== undefined) {
      this.#said.add(at);
      if (delta === '') return [];
      this.#parts.push({ kind, text: '' });
      return [{ kind, choice: 0, text: delta as string }];
    }
    switch (type) {
      case 'response.created':
        return isObject(body.response) ? [start(body.response)] : [];
      case 'response.output_item.added':
        return isObject(body.item) && body.item.type === 'function_call' ? this.#call(body.item, at) : [];
      case 'response.function_call_arguments.delta': {
        this.#said.add(at);
        const call = this.#calls.get(at);
        return call === undefined ? [] : [{ kind: 'arguments', choice: 0, call, json: delta as string }];
      }
      case 'response.output_item.done':
        return isObject(body.item) ? this.#done(body.item, at) : [];
      case 'response.completed':
      case 'response.incomplete':
        return isObject(body.response) ? this.#end(body.response) : [];
      default:
        return [];
    }
  }

  #call(item: JsonObject, at: unknown): AnswerEvent[] {
    const [part] = readItem(item);
    if (part?.kind !== 'tool-call') return [];
    this.#parts.push(part);
    const call = this.#calls.size;
    this.#calls.set(at, call);
    const { id, name, arguments: json } = part;
    if (json !== '') this.#said.add(at);
    return [
      { kind: 'tool-call', choice: 0, call, id, name },
      ...(json === '' ? [] : [{ kind: 'arguments' as const, choice: 0, call, json }]),
    ];
  }

  /** What an item says that was not said piece by piece. */
  #done(item: JsonObject, at: unknown): AnswerEvent[] {
    const heard = this.#said.has(at);
    return readItem(item).flatMap((part): AnswerEvent[] => {
      if (part.kind === 'tool-call') {
        const call = this.#calls.get(at);
        if (heard || call === undefined || part.arguments === '') return [];
        return [{ kind: 'arguments', choice: 0, call, json: part.arguments }];
      }
      const events: AnswerEvent[] = [];
      if (!heard && part.text !== '') {
        this.#parts.push({ kind: part.kind, text: '' });
        events.push({ kind: part.kind, choice: 0, text: part.text });
      }
      if (part.kind === 'reasoning' && part.signature !== undefined)
        events.push({ kind: 'signature', choice: 0, signature: part.signature });
      return events;
    });
  }

  #end(response: JsonObject): AnswerEvent[] {
    const usage: Usage | undefined = readResponseUsage(response.usage);
    const stop: StopReason = stopIn(response, this.#parts);
    return [
      ...(usage === undefined ? [] : [{ kind: 'usage' as const, usage }]),
      { kind: 'stop', choice: 0, stop },
      { kind: 'end' },
    ];
  }
}

const start = ({ id, model, created_at: created }: JsonObject): AnswerEvent => ({
  kind: 'start',
  id: typeof id === 'string' ? id : '',
  model: typeof model === 'string' ? model : '',
  ...(typeof created === 'number' && { created: Math.trunc(created) }),
  usage: undefined,
});
