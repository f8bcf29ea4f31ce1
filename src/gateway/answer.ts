import type { ServerResponse } from 'node:http';
import { Refusal } from '../base/refusal.ts';
import type { Cleared } from '../exchange/cleared.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/**
 * The reply on its way to the client. Only cleared text can be written, a slow client holds the upstream back, and
 * one that stops reading for longer than `idle` milliseconds is let go.
 */
export class Answer {
  readonly #res: ServerResponse;
  readonly #idle: number;
  readonly #headers: Record<string, string>;
  readonly #gone: (() => void)[] = [];
  #late: () => Record<string, string> = () => ({});
  #bytes = 0;

  constructor(res: ServerResponse, idle: number, headers: Record<string, string>) {
    this.#res = res;
    this.#idle = idle;
    this.#headers = headers;
    res.on('close', () => {
      if (!res.writableFinished) for (const act of this.#gone) act();
    });
    res.on('error', () => {});
  }

  /** A part of the answer has left. */
  get started(): boolean {
    return this.#res.headersSent;
  }

  /** The client is gone, or everything was handed to the system. */
  get closed(): boolean {
    return this.#res.destroyed || this.#res.writableEnded;
  }

  /** The client went away before the answer was complete. */
  get gone(): boolean {
    return this.#res.destroyed && !this.#res.writableFinished;
  }

  /** Bytes of body given to the system. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Headers of whatever is answered. */
  add(headers: Readonly<Record<string, string>>): void {
    Object.assign(this.#headers, headers);
  }

  /** Headers that are only known when the answer leaves. */
  onSend(headers: () => Record<string, string>): void {
    this.#late = headers;
  }

  /** Calls `act` once if the client goes away before the answer is complete. */
  onGone(act: () => void): void {
    if (this.gone) act();
    else this.#gone.push(act);
  }

  /** A whole reply of a model's. */
  reply(body: Cleared<string>): void {
    this.#whole(200, body.value, JSON_TYPE);
  }

  /** Words of our own: errors, lists, states. Never text of a model's or an upstream's. */
  say(status: number, body: string, headers: Readonly<Record<string, string | string[]>> = JSON_TYPE): void {
    this.#whole(status, body, headers);
  }

  /** A file of our own: the console's. */
  file(status: number, body: Uint8Array, headers: Readonly<Record<string, string>>): void {
    this.#whole(status, body, headers);
  }

  /** A prediction: numbers and categories, as its protocol writes them. */
  prediction(body: Uint8Array, headers: Readonly<Record<string, string>>): void {
    this.#whole(200, body, headers);
  }

  #whole(
    status: number,
    body: string | Uint8Array,
    headers: Readonly<Record<string, string | string[]>>,
  ): void {
    if (this.#res.destroyed || this.#res.headersSent) return;
    const length = Buffer.byteLength(body);
    this.#bytes += length;
    this.#res.writeHead(status, {
      ...this.#headers,
      ...this.#late(),
      ...headers,
      'content-length': length,
    });
    this.#finish(body);
  }

  /** Nobody here waits for the last bytes to be taken: the socket's own timer does, and it sees whether they move. */
  #finish(last: string | Uint8Array): void {
    this.#res.setTimeout(this.#idle);
    this.#res.end(last);
  }

  /** Starts a stream of events. */
  #open(): void {
    this.#res.writeHead(200, {
      ...this.#headers,
      ...this.#late(),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
  }

  /** Sends cleared text; a promise where the client is slower than the text, so that the upstream waits too. */
  write(text: Cleared<string>): void | Promise<void> {
    if (text.value === '' || this.closed) return undefined;
    if (!this.#res.headersSent) this.#open();
    this.#bytes += Buffer.byteLength(text.value);
    return this.#res.write(text.value) ? undefined : this.#drained();
  }

  /** An event of our own, as {@link say} says words of our own; a promise where the client is slow. */
  tell(event: string): void | Promise<void> {
    if (this.closed) return undefined;
    if (!this.#res.headersSent) this.#open();
    this.#bytes += Buffer.byteLength(event);
    return this.#res.write(event) ? undefined : this.#drained();
  }

  /** Ends a stream with text of the dialect's or the last of the reply. */
  end(text: Cleared<string> | string): void {
    const last = typeof text === 'string' ? text : text.value;
    if (this.closed) return;
    if (!this.#res.headersSent) this.#open();
    this.#bytes += Buffer.byteLength(last);
    this.#finish(last);
  }

  /** Gives up on the client. */
  destroy(): void {
    this.#res.destroy();
  }

  #drained(): Promise<void> {
    const res = this.#res;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        done();
        res.destroy();
        reject(new Refusal('client_gone', { hint: 'It stopped reading.' }));
      }, this.#idle);
      const done = () => {
        clearTimeout(timer);
        res.off('drain', drained);
        res.off('close', closed);
      };
      const drained = () => {
        done();
        resolve();
      };
      const closed = () => {
        done();
        reject(new Refusal('client_gone'));
      };
      res.once('drain', drained);
      res.once('close', closed);
    });
  }
}
