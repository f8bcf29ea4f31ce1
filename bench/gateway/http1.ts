const HEAD_END = Buffer.from('\r\n\r\n');
const CRLF = Buffer.from('\r\n');
/** Nothing here sends more header bytes than this; more means that the reader lost its place. */
const MAX_LINE = 64 * 1024;

/** What a reader tells about the messages that it finds. Buffers are valid only during the call. */
export interface MessageEvents {
  /** The start line and headers, without the empty line. */
  head(text: string): void;
  body(chunk: Buffer): void;
  end(): void;
}

/**
 * The least HTTP/1.1 that measures: messages one after the other, framed by Content-Length or chunks, on a connection
 * that stays open. `node:http` on this side would cost several times what some targets do, on the core that drives them.
 */
export class MessageReader {
  readonly #events: MessageEvents;
  #state: 'head' | 'length' | 'size' | 'chunk' | 'chunkEnd' | 'trailer' = 'head';
  #left = 0;
  /** Start of a line or head that is not complete. */
  #kept: Buffer | undefined;

  constructor(events: MessageEvents) {
    this.#events = events;
  }

  /** Takes bytes as they come. Throws an Error on what is not framed as expected. */
  push(arrived: Buffer): void {
    let bytes = this.#kept === undefined ? arrived : Buffer.concat([this.#kept, arrived]);
    this.#kept = undefined;
    while (bytes.length > 0) {
      const used = this.#step(bytes);
      if (used === 0) {
        if (bytes.length > MAX_LINE) throw new Error('a header without an end');
        // The caller may use its buffer again, so what stays is a copy.
        this.#kept = Buffer.from(bytes);
        return;
      }
      bytes = bytes.subarray(used);
    }
  }

  /** Bytes used; 0 where more are needed. */
  #step(bytes: Buffer): number {
    switch (this.#state) {
      case 'head':
        return this.#head(bytes);
      case 'length':
      case 'chunk':
        return this.#payload(bytes);
      case 'size':
        return this.#size(bytes);
      case 'chunkEnd':
        if (bytes.length < CRLF.length) return 0;
        this.#state = 'size';
        return CRLF.length;
      case 'trailer':
        return this.#trailer(bytes);
    }
  }

  #head(bytes: Buffer): number {
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) return 0;
    const head = bytes.toString('latin1', 0, end);
    this.#events.head(head);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head);
    if (length !== null) {
      this.#left = Number(length[1]);
      this.#state = 'length';
      if (this.#left === 0) this.#end();
    } else if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
      this.#state = 'size';
    } else if (/^[A-Z]+ /.test(head)) {
      this.#end(); // a request without a body
    } else {
      throw new Error('a reply without a length');
    }
    return end + HEAD_END.length;
  }

  #payload(bytes: Buffer): number {
    const used = Math.min(this.#left, bytes.length);
    this.#events.body(used === bytes.length ? bytes : bytes.subarray(0, used));
    this.#left -= used;
    if (this.#left === 0) {
      if (this.#state === 'chunk') this.#state = 'chunkEnd';
      else this.#end();
    }
    return used;
  }

  #size(bytes: Buffer): number {
    const end = bytes.indexOf(CRLF);
    if (end < 0) return 0;
    this.#left = Number.parseInt(bytes.toString('latin1', 0, end), 16);
    if (Number.isNaN(this.#left)) throw new Error('a chunk without a size');
    this.#state = this.#left === 0 ? 'trailer' : 'chunk';
    return end + CRLF.length;
  }

  #trailer(bytes: Buffer): number {
    const end = bytes.indexOf(CRLF);
    if (end < 0) return 0;
    if (end === 0) this.#end();
    return end + CRLF.length;
  }

  #end(): void {
    this.#state = 'head';
    this.#events.end();
  }
}
