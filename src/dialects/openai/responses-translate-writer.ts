import type { JsonObject } from '../../base/json.ts';
import type { AnswerEvent, StopReason } from '../../exchange/conversation.ts';
import type { Prompt, Usage } from '../../exchange/exchange.ts';
import type { WireEvent } from '../../wire/sse.ts';
import {
  envelope,
  itemsOf,
  refusalContent,
  textContent,
  wantsSignatures,
  writeEnding,
} from './responses-translate-reply.ts';

/** A text that is being said, and how its events are called. */
interface Saying {
  readonly kind: 'text' | 'refusal' | 'reasoning';
  readonly item: number;
  /** Its part in the item. */
  readonly part: number;
  text: string;
}

interface Call {
  readonly item: number;
  readonly id: string;
  readonly name: string;
  json: string;
}

/** The events of a streamed answer, complete and in order: each thing is begun, said in pieces, said again and ended. */
export class ResponsesAnswerWriter {
  readonly #prompt: Prompt;
  #head = { id: '', model: '', created: 0 };
  #number = 0;
  /** Items by place; those that are being made stand here too. */
  readonly #output: JsonObject[] = [];
  /** The message whose parts are being said. */
  #message: { readonly item: number; readonly content: JsonObject[] } | undefined;
  #saying: Saying | undefined;
  #signature: string | undefined;
  readonly #calls = new Map<number, Call>();
  #declined = false;
  #stop: StopReason = 'stop';
  #usage: Usage | undefined;

  constructor(prompt: Prompt) {
    this.#prompt = prompt;
  }

  write(event: AnswerEvent): readonly WireEvent[] {
    switch (event.kind) {
      case 'start': {
        this.#head = { id: event.id, model: event.model, created: event.created ?? 0 };
        this.#usage = event.usage;
        const response = envelope(this.#head, this.#prompt, { status: 'in_progress', output: [] });
        return [this.#event('created', { response }), this.#event('in_progress', { response })];
      }
      case 'text':
      case 'refusal':
      case 'reasoning':
        return this.#say(event.kind, event.text);
      case 'signature':
        this.#signature = event.signature;
        return [];
      case 'tool-call':
        return [...this.#endItem(), this.#call(event)];
      case 'arguments': {
        const call = this.#calls.get(event.call);
        if (call === undefined) return [];
        call.json += event.json;
        return [this.#event('function_call_arguments.delta', { ...this.#at(call.item), delta: event.json })];
      }
      case 'stop':
        this.#stop = event.stop;
        return [];
      case 'usage':
        this.#usage = event.usage;
        return [];
      case 'end':
        return this.#end();
    }
  }

  #say(kind: Saying['kind'], text: string): WireEvent[] {
    const events: WireEvent[] = [];
    if (this.#saying?.kind !== kind) {
      const leaves = kind === 'reasoning' || this.#message === undefined;
      events.push(...(leaves ? this.#endItem() : this.#endPart()), ...this.#begin(kind));
    }
    const saying = this.#saying as Saying;
    saying.text += text;
    const more = kind === 'text' ? { logprobs: [] } : {};
    events.push(this.#event(`${NAMES[kind].text}.delta`, { ...this.#place(saying), delta: text, ...more }));
    return events;
  }

  /** Begins a part, and the item around it where there is none. */
  #begin(kind: Saying['kind']): WireEvent[] {
    const events: WireEvent[] = [];
    let part = 0;
    if (kind === 'reasoning') {
      events.push(this.#add(itemsOf(this.#head.id).reasoning(this.#output.length, '')));
    } else {
      if (this.#message === undefined) {
        const content: JsonObject[] = [];
        this.#message = { item: this.#output.length, content };
        events.push(this.#add(itemsOf(this.#head.id).message(this.#output.length, 'in_progress', content)));
      }
      part = this.#message.content.length;
    }
    this.#saying = { kind, item: this.#output.length - 1, part, text: '' };
    const at = this.#place(this.#saying);
    events.push(this.#event(`${NAMES[kind].part}.added`, { ...at, part: partOf(kind, '') }));
    return events;
  }

  /** Says again what was said in pieces. */
  #endPart(): WireEvent[] {
    const saying = this.#saying;
    if (saying === undefined) return [];
    this.#saying = undefined;
    const { kind, text } = saying;
    const at = this.#place(saying);
    const part = partOf(kind, text);
    if (kind === 'refusal') this.#declined = true;
    if (kind !== 'reasoning') this.#message?.content.push(part);
    const said = kind === 'refusal' ? { refusal: text } : { text };
    const more = kind === 'text' ? { logprobs: [] } : {};
    const events = [
      this.#event(`${NAMES[kind].text}.done`, { ...at, ...said, ...more }),
      this.#event(`${NAMES[kind].part}.done`, { ...at, part }),
    ];
    if (kind === 'reasoning') {
      const signature = wantsSignatures(this.#prompt) ? this.#signature : undefined;
      this.#signature = undefined;
      events.push(this.#finish(saying.item, itemsOf(this.#head.id).reasoning(saying.item, text, signature)));
    }
    return events;
  }

  #endItem(status = 'completed'): WireEvent[] {
    const events = this.#endPart();
    const message = this.#message;
    this.#message = undefined;
    if (message === undefined) return events;
    const { item, content } = message;
    return [...events, this.#finish(item, itemsOf(this.#head.id).message(item, status, content))];
  }

  #call({ call, id, name }: Extract<AnswerEvent, { kind: 'tool-call' }>): WireEvent {
    const item = this.#output.length;
    this.#calls.set(call, { item, id, name, json: '' });
    return this.#add(itemsOf(this.#head.id).call(item, 'in_progress', id, name, ''));
  }

  #end(): WireEvent[] {
    const events = this.#endPart();
    const { status, reason } = writeEnding(this.#stop, this.#declined);
    events.push(...this.#endItem(status));
    for (const { item, id, name, json } of this.#calls.values()) {
      const whole = itemsOf(this.#head.id).call(item, status, id, name, json);
      const said = { ...this.#at(item), name, arguments: json };
      events.push(this.#event('function_call_arguments.done', said), this.#finish(item, whole));
    }
    const state = { status, reason, output: this.#output, usage: this.#usage };
    events.push(this.#event(status, { response: envelope(this.#head, this.#prompt, state) }));
    return events;
  }

  #add(item: JsonObject): WireEvent {
    this.#output.push(item);
    return this.#event('output_item.added', { output_index: this.#output.length - 1, item });
  }

  #finish(at: number, item: JsonObject): WireEvent {
    this.#output[at] = item;
    return this.#event('output_item.done', { output_index: at, item });
  }

  #at(item: number): JsonObject {
    return { item_id: this.#output[item]?.id ?? '', output_index: item };
  }

  #place({ kind, item, part }: Saying): JsonObject {
    return { ...this.#at(item), [kind === 'reasoning' ? 'summary_index' : 'content_index']: part };
  }

  #event(name: string, fields: JsonObject): WireEvent {
    const type = `response.${name}`;
    return { event: type, data: JSON.stringify({ type, sequence_number: this.#number++, ...fields }) };
  }
}

const NAMES = {
  text: { text: 'output_text', part: 'content_part' },
  refusal: { text: 'refusal', part: 'content_part' },
  reasoning: { text: 'reasoning_summary_text', part: 'reasoning_summary_part' },
} as const;

function partOf(kind: Saying['kind'], text: string): JsonObject {
  if (kind === 'text') return textContent(text);
  return kind === 'refusal' ? refusalContent(text) : { type: 'summary_text', text };
}
