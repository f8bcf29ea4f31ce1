import { isObject, type JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { AnswerEvent, AnswerPart, StopReason, ToolCallPart } from '../../exchange/conversation.ts';
import type { Usage } from '../../exchange/exchange.ts';
import type { WireEvent } from '../../wire/sse.ts';
import { parseEvent } from '../events.ts';
import { objects, stopOf } from '../translate.ts';
import { readUsage } from './reply.ts';
import {
  callId,
  FINISH,
  readEnvelope,
  readPart,
  readStop,
  writeEnvelope,
  writePart,
  writeUsage,
} from './translate-reply.ts';

/** Streamed answers. */

export class AnswerReader {
  #id: string | undefined;
  /** Calls of each candidate so far. */
  readonly #calls = new Map<number, number>();

  read(event: WireEvent): readonly AnswerEvent[] {
    const body = parseEvent(event);
    const events: AnswerEvent[] = [];
    const usage = readUsage(body.usageMetadata);
    if (this.#id === undefined) {
      const start = readEnvelope(body);
      this.#id = start.id;
      events.push({ kind: 'start', ...start, usage });
    }
    for (const candidate of objects(body.candidates)) this.#candidate(candidate, events);
    if (isObject(body.promptFeedback) && (body.promptFeedback.blockReason ?? null) !== null)
      events.push({ kind: 'stop', choice: 0, stop: 'content-filter' });
    if (usage !== undefined) events.push({ kind: 'usage', usage });
    return events;
  }

  #candidate({ index, content, finishReason }: JsonObject, events: AnswerEvent[]): void {
    const choice = typeof index === 'number' ? index : 0;
    for (const part of objects(isObject(content) ? content.parts : undefined))
      this.#part(part, choice, events);
    if ((finishReason ?? null) === null) return;
    const calls = this.#calls.has(choice);
    events.push({ kind: 'stop', choice, stop: stopOf(readStop(finishReason), { calls, refusal: false }) });
  }

  #part(part: JsonObject, choice: number, events: AnswerEvent[]): void {
    const call = this.#calls.get(choice) ?? 0;
    for (const said of readPart(part, (id) => callId(id, this.#id ?? '', choice, call))) {
      if (said.kind !== 'tool-call') {
        if (said.text !== '') events.push({ kind: said.kind, choice, text: said.text });
        if (said.kind === 'reasoning' && said.signature !== undefined)
          events.push({ kind: 'signature', choice, signature: said.signature });
        continue;
      }
      const { id, name, arguments: json, signature } = said;
      this.#calls.set(choice, call + 1);
      events.push({
        kind: 'tool-call',
        choice,
        call,
        id,
        name,
        ...(signature !== undefined && { signature }),
      });
      events.push({ kind: 'arguments', choice, call, json });
    }
  }

  /** The API has no closing event. */
  end(): readonly AnswerEvent[] {
    return [{ kind: 'end' }];
  }
}

/** Calls are written whole, so their arguments are gathered; why it stopped stands in the last chunk. */
export class AnswerWriter {
  #envelope: JsonObject = {};
  #usage: Usage | undefined;
  readonly #open = new Map<number, ToolCallPart & { readonly call: number }>();
  readonly #stops = new Map<number, StopReason>();

  write(event: AnswerEvent): readonly WireEvent[] {
    switch (event.kind) {
      case 'start':
        this.#envelope = writeEnvelope(event);
        this.#usage = event.usage;
        return [];
      case 'text':
      case 'refusal':
      case 'reasoning':
        return [
          ...this.#close(event.choice),
          this.#say(event.choice, { kind: event.kind, text: event.text }),
        ];
      case 'signature':
        return [this.#say(event.choice, { kind: 'reasoning', text: '', signature: event.signature })];
      case 'tool-call': {
        const { choice, call, id, name, signature } = event;
        const closed = this.#close(choice);
        this.#open.set(choice, { kind: 'tool-call', call, id, name, arguments: '', signature });
        return closed;
      }
      case 'arguments': {
        const open = this.#open.get(event.choice);
        if (open?.call !== event.call) {
          throw new Refusal('upstream_invalid', { hint: 'The pieces of its tool calls are mixed.' });
        }
        this.#open.set(event.choice, { ...open, arguments: open.arguments + event.json });
        return [];
      }
      case 'stop':
        this.#stops.set(event.choice, event.stop);
        return this.#close(event.choice, event.stop);
      case 'usage':
        this.#usage = event.usage;
        return [];
      case 'end':
        return [this.#end()];
    }
  }

  /** Writes the call that is open, now that its arguments are all there. */
  #close(choice: number, stop: StopReason = 'stop'): WireEvent[] {
    const open = this.#open.get(choice);
    if (open === undefined) return [];
    this.#open.delete(choice);
    return writePart(open, stop).map((part) => this.#part(choice, part));
  }

  #say(choice: number, said: AnswerPart): WireEvent {
    const [part = {}] = writePart(said, 'stop');
    return this.#part(choice, part);
  }

  #part(index: number, part: JsonObject): WireEvent {
    return this.#chunk({ candidates: [{ content: { role: 'model', parts: [part] }, index }] });
  }

  #end(): WireEvent {
    const candidates = [...this.#stops].map(([index, stop]) => ({
      content: { role: 'model', parts: [{ text: '' }] },
      finishReason: FINISH[stop],
      index,
    }));
    return this.#chunk({ candidates, usageMetadata: writeUsage(this.#usage) });
  }

  #chunk(fields: JsonObject): WireEvent {
    return { event: 'message', data: JSON.stringify({ ...fields, ...this.#envelope }) };
  }
}
