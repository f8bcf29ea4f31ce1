import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { AnswerEvent } from '../../exchange/conversation.ts';
import type { Prompt } from '../../exchange/exchange.ts';
import type { WireEvent } from '../../wire/sse.ts';
import { parseEvent } from '../events.ts';
import { objects, stopOf } from '../translate.ts';
import { readUsage } from './chat-reply.ts';
import { callId, readFinish, refuseUntold, untold, writeFinish, writeUsage } from './chat-translate-reply.ts';

/** Streamed answers. */

/** What a choice has said so far: its calls by their own numbers, and whether it declined. */
interface Said {
  readonly calls: Map<number, number>;
  refusal: boolean;
}

export class ChatAnswerReader {
  readonly #said = new Map<number, Said>();
  #id: string | undefined;

  read(event: WireEvent): readonly AnswerEvent[] {
    if (event.data === '[DONE]') return [{ kind: 'end' }];
    const body = parseEvent(event);
    const choices = objects(body.choices);
    const events: AnswerEvent[] = [];
    // Azure's first chunk has neither choices nor an id.
    if (this.#id === undefined && choices.length > 0) events.push(this.#start(body));
    for (const choice of choices) this.#choice(choice, events);
    const usage = readUsage(body.usage);
    if (usage !== undefined) events.push({ kind: 'usage', usage });
    return events;
  }

  #start({ id, model, created }: JsonObject): AnswerEvent {
    this.#id = typeof id === 'string' ? id : '';
    return {
      kind: 'start',
      id: this.#id,
      model: typeof model === 'string' ? model : '',
      ...(typeof created === 'number' && { created }),
      usage: undefined,
    };
  }

  #choice({ index, delta, finish_reason: finish }: JsonObject, events: AnswerEvent[]): void {
    const choice = index as number;
    const piece = isObject(delta) ? delta : {};
    const said = this.#said.get(choice) ?? { calls: new Map<number, number>(), refusal: false };
    this.#said.set(choice, said);
    const say = (kind: 'text' | 'refusal' | 'reasoning', text: Json | undefined) => {
      if (typeof text === 'string' && text !== '') events.push({ kind, choice, text });
    };
    refuseUntold(piece);
    say('reasoning', piece.reasoning_content ?? piece.reasoning);
    say('text', piece.content);
    say('refusal', piece.refusal);
    said.refusal ||= (piece.refusal ?? '') !== '';
    for (const call of objects(piece.tool_calls)) events.push(...this.#call(call, choice, said.calls));
    if ((finish ?? null) === null) return;
    const stop = stopOf(readFinish(finish), { calls: said.calls.size > 0, refusal: said.refusal });
    events.push({ kind: 'stop', choice, stop });
  }

  #call(
    { index, id, function: called }: JsonObject,
    choice: number,
    calls: Map<number, number>,
  ): readonly AnswerEvent[] {
    if (!isObject(called)) return untold();
    const known = calls.get(index as number);
    const call = known ?? calls.size;
    const { name, arguments: json } = called;
    const events: AnswerEvent[] = [];
    if (known === undefined) {
      if (typeof name !== 'string') return untold();
      calls.set(index as number, call);
      events.push({ kind: 'tool-call', choice, call, id: callId(id, this.#id ?? '', call), name });
    }
    if (typeof json === 'string' && json !== '') events.push({ kind: 'arguments', choice, call, json });
    return events;
  }
}

export class ChatAnswerWriter {
  readonly #prompt: Prompt;
  #envelope: JsonObject = {};
  #usage: JsonObject | undefined;
  readonly #declined = new Set<number>();

  constructor(prompt: Prompt) {
    this.#prompt = prompt;
  }

  write(event: AnswerEvent): readonly WireEvent[] {
    switch (event.kind) {
      case 'start': {
        const { id, model, created = 0 } = event;
        this.#envelope = { id, object: 'chat.completion.chunk', created, model };
        const choices = Array.from({ length: this.#prompt.choices }, (_, at) => at);
        return choices.map((at) => this.#chunk(at, { role: 'assistant', content: '' }));
      }
      case 'text':
        return [this.#chunk(event.choice, { content: event.text })];
      case 'reasoning':
        return [this.#chunk(event.choice, { reasoning_content: event.text })];
      case 'refusal':
        this.#declined.add(event.choice);
        return [this.#chunk(event.choice, { refusal: event.text })];
      case 'signature':
        return [];
      case 'tool-call': {
        const { choice, call: index, id, name } = event;
        return [this.#call(choice, { index, id, type: 'function', function: { name, arguments: '' } })];
      }
      case 'arguments':
        return [this.#call(event.choice, { index: event.call, function: { arguments: event.json } })];
      case 'stop':
        return [this.#chunk(event.choice, {}, writeFinish(event.stop, this.#declined.has(event.choice)))];
      case 'usage':
        this.#usage = writeUsage(event.usage);
        return [];
      case 'end':
        return [...this.#total(), { event: 'message', data: '[DONE]' }];
    }
  }

  #call(choice: number, call: JsonObject): WireEvent {
    return this.#chunk(choice, { tool_calls: [call] });
  }

  #chunk(index: number, delta: JsonObject, finish: string | null = null): WireEvent {
    return this.#event({ choices: [{ index, delta, logprobs: null, finish_reason: finish }] });
  }

  /** The client's own reader keeps it from a client that did not ask for it. */
  #total(): WireEvent[] {
    return this.#usage === undefined ? [] : [this.#event({ choices: [], usage: this.#usage })];
  }

  #event(more: JsonObject): WireEvent {
    return { event: 'message', data: JSON.stringify({ ...this.#envelope, ...more }) };
  }
}
