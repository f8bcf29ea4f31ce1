import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type MessageEvents, MessageReader } from './http1.ts';
import { LAST_WORD } from './traffic.ts';

/** Bytes at the end of a reply in which its last word and its end must stand. */
const TAIL = 1536;
/** All sockets read into the same memory: what was read is used before anything else is. */
const READ = Buffer.allocUnsafeSlow(64 * 1024);

export interface ReplyEvents {
  /** Bytes of the body, valid during the call. */
  body?(chunk: Buffer): void;
  /** The reply is complete; `flaw` says what is wrong with it. */
  done(flaw: string | undefined): void;
}

/** One connection that stays open, one request on it at a time; whatever comes back is checked. */
export class Client implements MessageEvents {
  readonly #socket: Socket;
  readonly #reader = new MessageReader(this);
  readonly #events: ReplyEvents;
  #streamed = false;
  #busy = false;
  #status = '';
  #tail: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket, events: ReplyEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.on('error', (error) => this.#fail(error.message));
    socket.on('close', () => this.#fail('the connection was closed'));
  }

  /** Rejects where nobody listens on the port. */
  static async open(port: number, events: ReplyEvents): Promise<Client> {
    const read = (size: number) => {
      client.#read(READ.subarray(0, size));
      return true;
    };
    const onread = { buffer: READ, callback: read };
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
    await once(socket, 'connect');
    const client = new Client(socket, events);
    return client;
  }

  /** Sends a request. With `streamed`, an event stream is the only right answer. */
  send(request: Buffer, streamed: boolean): void {
    this.#streamed = streamed;
    this.#busy = true;
    this.#tail = this.#tail.subarray(0, 0);
    this.#socket.write(request);
  }

  close(): void {
    this.#busy = false;
    this.#socket.destroy();
  }

  head(text: string): void {
    this.#status = text.slice(9, 12);
  }

  body(chunk: Buffer): void {
    this.#tail =
      chunk.length >= TAIL
        ? Buffer.from(chunk.subarray(-TAIL))
        : Buffer.concat([this.#tail, chunk]).subarray(-TAIL);
    this.#events.body?.(chunk);
  }

  end(): void {
    this.#busy = false;
    this.#events.done(this.#flaw());
  }

  #flaw(): string | undefined {
    if (this.#status !== '200') return `status ${this.#status}: ${this.#tail.toString().slice(0, 300)}`;
    if (!this.#tail.includes(LAST_WORD)) return 'a reply without its last word';
    const end = this.#tail.toString('latin1', Math.max(0, this.#tail.length - 32)).trimEnd();
    if (!end.endsWith(this.#streamed ? 'data: [DONE]' : '}')) return 'a reply without its end';
    return undefined;
  }

  #read(bytes: Buffer): void {
    try {
      this.#reader.push(bytes);
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #fail(flaw: string): void {
    this.#socket.destroy();
    if (!this.#busy) return;
    this.#busy = false;
    this.#events.done(flaw);
  }
}
