import { isObject, type JsonObject } from '../../base/json.ts';
import { Refusal, type RefusalCode } from '../../base/refusal.ts';
import type { Prompt, StreamEvent } from '../../exchange/exchange.ts';
import type { Opaque, Slot } from '../../exchange/part.ts';
import { type WireEvent, writeEvent } from '../../wire/sse.ts';
import type { StreamReader } from '../dialect.ts';
import { parseEvent } from '../events.ts';
import { Reading } from '../reading.ts';
import { readBody } from '../shape.ts';
import { bearing, event as eventShape, itemOf, locate } from './responses-events.ts';
import { Heard, type Hearing } from './responses-heard.ts';
import { idsOf, readResponseUsage } from './responses-reply.ts';
import { Seen } from './responses-seen.ts';

/** Characters of items that are kept for the case that a guard ends the answer. */
const MAX_KEPT = 1 << 24;

/** Reads the events of one streamed answer. They stay in strict order: all share the empty lane. */
export class ResponseStream implements StreamReader {
  readonly #prompt: Prompt;
  readonly #channels = new Map<string, number>();
  readonly #heard = new Heard();
  /** Type and id of each item that was begun. */
  readonly #items = new Map<number, { readonly type: string; readonly id: unknown }>();
  readonly #ids = new Set<unknown>();
  /** Places of opaque content, which is said again as texts are. */
  readonly #opaque = new Set<string>();
  readonly #seen = new Seen((at) => this.#heard.passed(at));
  #begun = false;
  #kept = 0;

  constructor(prompt: Prompt) {
    this.#prompt = prompt;
  }

  read(event: WireEvent): StreamEvent {
    const body = parseEvent(event);
    const type = typeof body.type === 'string' ? body.type : '';
    if (type === 'error' || (body.error ?? null) !== null) throw failure(body);
    if (type === 'response.failed') throw failure(isObject(body.response) ? body.response : {});
    const reading = new Reading('upstream', this.#channels);
    readBody(eventShape, body, reading);
    if (event.event !== type && event.event !== 'message')
      reading.refuse('/type', 'It is not the name of the event.');
    if (bearing(type) === 'item') this.#kept += event.data.length;
    if (this.#kept > MAX_KEPT) reading.refuse('/item', 'The answer is longer than can be kept.');
    if (typeof body.sequence_number === 'number') this.#seen.startAt(body.sequence_number);
    const ends = type === 'keepalive' ? [] : this.#follow(type, body, reading);
    const last = type === 'response.completed' || type === 'response.incomplete';
    const answer = bearing(type) === 'response' ? (body.response as JsonObject) : undefined;
    return {
      ...this.#event(body, reading, ends),
      last,
      usage: answer && readResponseUsage(answer.usage),
      kept: answer && this.#prompt.keeps === true ? idsOf(answer) : undefined,
    };
  }

  #event(body: JsonObject, reading: Reading, ends: readonly string[]): StreamEvent {
    const type = body.type as string;
    const begins = type.endsWith('.delta') || type.endsWith('.added');
    const slots: Slot[] = [];
    const texts: Hearing[] = [];
    for (const slot of reading.slots) {
      const at = locate(slot.path, type, body);
      if (at === undefined) {
        slots.push(slot);
        continue;
      }
      const text = this.#heard.hear(slot, at, begins, reading);
      texts.push(text);
      if (text.slot !== undefined) slots.push(text.slot);
    }
    return {
      slots,
      opaque: reading.opaque.filter((opaque) => this.#isNew(opaque, body)),
      tools: reading.tools.called,
      lane: '',
      divisible: type.endsWith('.delta') && isBare(slots),
      ends,
      last: false,
      usage: undefined,
      write: () => {
        for (const text of texts) text.write();
        return this.#seen.write(body);
      },
    };
  }

  /** Checks that the event may come now, and says which channels end with it. */
  #follow(type: string, body: JsonObject, reading: Reading): string[] {
    if (type === 'response.created' ? this.#begun : !this.#begun)
      reading.refuse('/type', 'It comes out of order.');
    this.#begun = true;
    if (bearing(type) === 'response') return [];
    const at = body.output_index as number;
    if (type === 'response.output_item.added') {
      const { type: kind, id } = body.item as JsonObject;
      // Clients go by the one or the other: texts of two items under one id would be put together.
      if (this.#items.has(at) || (id !== undefined && this.#ids.has(id)))
        reading.refuse('/output_index', 'The item was begun before.');
      this.#items.set(at, { type: kind as string, id });
      this.#ids.add(id);
      return [];
    }
    const item = this.#items.get(at);
    if (item === undefined) return reading.refuse('/output_index', 'The item was not begun.');
    const said =
      bearing(type) === 'item'
        ? (body.item as JsonObject)
        : { type: itemOf(type) ?? item.type, id: body.item_id };
    if (said.type !== item.type || (said.id !== undefined && said.id !== item.id))
      reading.refuse('/item_id', 'It is another item than the one that was begun.');
    if (type === 'response.refusal.done') return [`/output/${at}/content/${body.content_index}/refusal`];
    // The text of a message may run on in the next one.
    return type === 'response.output_item.done' && item.type !== 'message' ? [`/output/${at}/*`] : [];
  }

  #isNew({ path }: Opaque, body: JsonObject): boolean {
    const at = path.replace(/^\/response/, '').replace(/^\/item/, `/output/${body.output_index}`);
    if (this.#opaque.has(at)) return false;
    this.#opaque.add(at);
    return true;
  }

  cut(refusal: Refusal): string {
    return this.#seen.isBegun ? this.#seen.cut() : this.fail(refusal);
  }

  fail({ code, message, field }: Refusal): string {
    const body = {
      type: 'error',
      sequence_number: this.#seen.next(),
      code,
      message,
      param: field ?? null,
    };
    return writeEvent({ event: 'error', data: JSON.stringify(body) });
  }
}

/** One piece of text and the id of its item, so that saying the rest of it twice does no harm. */
const isBare = (slots: readonly Slot[]): boolean => {
  const pieces = slots.filter(({ delta }) => delta);
  return (
    pieces.length === 1 &&
    pieces[0]?.fixed === false &&
    slots.every((slot) => slot === pieces[0] || slot.path === '/item_id')
  );
};

const FAILURES: Readonly<Record<string, RefusalCode>> = {
  rate_limit_exceeded: 'upstream_rate_limited',
  server_is_overloaded: 'upstream_overloaded',
};

/** Its text is not shown: it may hold anything, and nobody has read it. */
function failure({ error, code: bare }: JsonObject): Refusal {
  const code = isObject(error) ? error.code : bare;
  return new Refusal((typeof code === 'string' ? FAILURES[code] : undefined) ?? 'upstream_failed');
}
