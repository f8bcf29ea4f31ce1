import type { JsonObject } from '../../base/json.ts';
import { writeEvent } from '../../wire/sse.ts';
import { bearing, listOf, partAt } from './responses-events.ts';

interface SeenPart {
  readonly at: string;
  /** Where it stands, as events say it: `output_index`, `item_id`, `content_index` or `summary_index`. */
  readonly place: JsonObject;
  readonly part: JsonObject;
  closed: boolean;
}

interface SeenItem {
  item: JsonObject;
  closed: boolean;
  readonly parts: SeenPart[];
}

/** The field of a part that holds its text, and how the events at its end are called. */
const CLOSING: Readonly<Record<string, readonly [field: string, text: string, part: string]>> = {
  output_text: ['text', 'response.output_text.done', 'response.content_part.done'],
  refusal: ['refusal', 'response.refusal.done', 'response.content_part.done'],
  reasoning_text: ['text', 'response.reasoning_text.done', 'response.content_part.done'],
  summary_text: ['text', 'response.reasoning_summary_text.done', 'response.reasoning_summary_part.done'],
};

/** A streamed answer as the client has seen it. Numbers its events, and ends it early. */
export class Seen {
  readonly #passed: (at: string) => string;
  readonly #items = new Map<number, SeenItem>();
  #response: JsonObject | undefined;
  #number: number | undefined;

  /** @param passed what the client has of a text, by its place in the answer */
  constructor(passed: (at: string) => string) {
    this.#passed = passed;
  }

  /** The client knows the answer's id. */
  get isBegun(): boolean {
    return this.#response !== undefined;
  }

  /** The first number; an answer that is taken up again does not begin with 0. */
  startAt(number: number): void {
    this.#number ??= number;
  }

  /** Events are numbered without gaps, also where one of the upstream's leaves in pieces. */
  next(): number {
    const number = this.#number ?? 0;
    this.#number = number + 1;
    return number;
  }

  write(body: JsonObject): string {
    if (body.sequence_number !== undefined) body.sequence_number = this.next();
    this.#note(body);
    return write(body);
  }

  #note(body: JsonObject): void {
    const type = body.type as string;
    const bears = bearing(type);
    if (bears === undefined) return;
    const borne = body[bears] as JsonObject;
    if (bears === 'response') {
      this.#response = borne;
      return;
    }
    const index = body.output_index as number;
    const known = this.#items.get(index);
    if (bears === 'item') {
      const closed = type === 'response.output_item.done';
      this.#items.set(index, { item: borne, closed, parts: known?.parts ?? [] });
      return;
    }
    const at = partAt(type, body);
    const same = known?.parts.find((one) => one.at === at);
    if (same !== undefined) {
      same.closed = true;
      return;
    }
    const name = `${listOf(type)}_index`;
    const item = body.item_id === undefined ? {} : { item_id: body.item_id };
    const place = { ...item, output_index: index, [name]: body[name] as number };
    known?.parts.push({ at, place, part: borne, closed: false });
  }

  /**
   * The events that close what is open, with `content_filter` as the reason. Half a tool call must not look like a
   * whole one: it is not closed, and stands in no list.
   */
  cut(): string {
    let wire = '';
    const say = (event: JsonObject) => {
      const { type, ...rest } = event;
      wire += write({ type: type as string, sequence_number: this.next(), ...rest });
    };
    const output: JsonObject[] = [];
    for (const [index, seen] of [...this.#items].sort(([a], [b]) => a - b)) {
      if (!seen.closed) {
        const { type } = seen.item;
        if (type !== 'message' && type !== 'reasoning') continue;
        seen.item = this.#closed(seen, say);
        say({ type: 'response.output_item.done', output_index: index, item: seen.item });
      }
      output.push(seen.item);
    }
    const response = {
      ...this.#response,
      status: 'incomplete',
      incomplete_details: { reason: 'content_filter' },
      output,
    };
    say({ type: 'response.incomplete', response });
    return wire;
  }

  /** The item with the texts that were passed on. */
  #closed({ item, parts }: SeenItem, say: (event: JsonObject) => void): JsonObject {
    const lists: { content: JsonObject[]; summary: JsonObject[] } = { content: [], summary: [] };
    for (const { at, place, part, closed } of parts) {
      const [field, textDone, partDone] = CLOSING[part.type as string] ?? [];
      if (field === undefined || textDone === undefined || partDone === undefined) continue;
      const text = this.#passed(`${at}/${field}`);
      const whole = { ...part, [field]: text };
      const logprobs = part.type === 'output_text' ? { logprobs: [] } : {};
      if (!closed) {
        say({ type: textDone, ...place, [field]: text, ...logprobs });
        say({ type: partDone, ...place, part: whole });
      }
      (place.summary_index === undefined ? lists.content : lists.summary).push(whole);
    }
    const { content, summary } = lists;
    return {
      ...item,
      status: 'incomplete',
      ...(item.type === 'message' || content.length > 0 ? { content } : {}),
      ...(item.type === 'reasoning' ? { summary } : {}),
    };
  }
}

const write = (body: JsonObject): string =>
  writeEvent({ event: body.type as string, data: JSON.stringify(body) });
