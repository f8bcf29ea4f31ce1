import { isUtf8 } from 'node:buffer';
import { Refusal } from '../base/refusal.ts';

/** One event of a server-sent-events stream (WHATWG HTML, section 9.2), as the wire reader found it. */
export interface WireEvent {
  /** The `event:` field; `message` where there is none. */
  readonly event: string;
  readonly data: string;
}

const BREAK = /[\r\n]/;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Reads an event stream from bytes, split anywhere. Stricter than the standard where leniency would let two readers
 * see two texts: bytes that are not UTF-8 are an error, not replaced, and an event may not be larger than
 * `maxEvent` bytes. Comments, `id:` and `retry:` are dropped: the gateway is the one the client would reconnect to.
 */
export class SseReader {
  readonly #maxEvent: number;
  /** The event so far, while its end has not come. */
  #held: Buffer[] = [];
  #size = 0;
  /** The next byte starts a line; with a line feed then, the event is over. */
  #atLineStart = true;
  #afterCr = false;
  #started = false;

  constructor(limits: { readonly maxEvent: number }) {
    this.#maxEvent = limits.maxEvent;
  }

  /** The events completed by these bytes. Throws `upstream_invalid`. */
  push(bytes: Uint8Array): WireEvent[] {
    const events: WireEvent[] = [];
    let start = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte !== LF && byte !== CR) {
        this.#atLineStart = false;
        this.#afterCr = false;
        continue;
      }
      const secondHalf = byte === LF && this.#afterCr;
      this.#afterCr = byte === CR;
      if (secondHalf) {
        // Belongs to the line break before it; where that one ended an event, nothing is held and it is skipped.
        if (i === start && this.#size === 0) start = i + 1;
      } else if (this.#atLineStart) {
        this.#hold(bytes, start, i);
        start = i + 1;
        const event = this.#take();
        if (event !== undefined) events.push(event);
      } else {
        this.#atLineStart = true;
      }
    }
    this.#hold(bytes, start, bytes.length);
    return events;
  }

  /** The stream is over. Throws `upstream_cut` where it broke off inside an event. */
  end(): void {
    if (this.#size > 0) throw new Refusal('upstream_cut');
  }

  #hold(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    this.#size += end - start;
    if (this.#size > this.#maxEvent) {
      throw new Refusal('upstream_invalid', {
        hint: `An event of its stream is over ${this.#maxEvent} bytes.`,
      });
    }
    this.#held.push(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start));
  }

  #take(): WireEvent | undefined {
    if (this.#size === 0) return undefined;
    const [first] = this.#held;
    const held =
      first !== undefined && this.#held.length === 1 ? first : Buffer.concat(this.#held, this.#size);
    this.#held = [];
    this.#size = 0;
    if (!isUtf8(held)) throw new Refusal('upstream_invalid', { hint: 'Its stream is not UTF-8.' });
    let text = held.toString('utf8');
    if (!this.#started && text.startsWith('\ufeff')) text = text.slice(1);
    this.#started = true;
    return readFields(text);
  }
}

/** The fields of one event; undefined where there is no `data:`, which the standard does not dispatch. */
function readFields(text: string): WireEvent | undefined {
  // Nearly every event is one line of data.
  if (text.startsWith('data: ') && text.search(BREAK) === text.length - 1)
    return { event: 'message', data: text.slice(6, -1) };
  let event = '';
  let data: string | undefined;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const colon = line.indexOf(':');
    if (colon === 0) continue;
    const field = colon < 0 ? line : line.slice(0, colon);
    if (field !== 'data' && field !== 'event') continue;
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') event = value;
    else data = data === undefined ? value : `${data}\n${value}`;
  }
  return data === undefined ? undefined : { event: event === '' ? 'message' : event, data };
}

/** An event as it goes on the wire; `event` must be one word. */
export function writeEvent(event: { readonly event?: string; readonly data: string }): string {
  const name = event.event === undefined || event.event === 'message' ? '' : `event: ${event.event}\n`;
  const { data } = event;
  // JSON holds no raw line break, so this is the way nearly every event goes.
  if (!BREAK.test(data)) return `${name}data: ${data}\n\n`;
  return `${name}data: ${data.split(/\r\n|\r|\n/).join('\ndata: ')}\n\n`;
}
