import { PassThrough, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import { Cleared } from '../exchange/cleared.ts';
import type { Prompt } from '../exchange/exchange.ts';
import { Receipt } from '../ledger/receipt.ts';
import type { Answer } from './answer.ts';
import type { Upstream } from './upstream.ts';

/** Takes the bytes of an upstream's answer as they come. */
export interface Sink {
  /** A promise holds the upstream back until it resolves. */
  data(chunk: Buffer): void | Promise<void>;
  end(): void | Promise<void>;
  error(refusal: Refusal): void;
}

/** An upstream's answer: its head, and its body once. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  pipe(sink: Sink): void;
  /** Lets the model server go. @param why what whoever still waits for it is told */
  abort(why?: Refusal): void;
}

export interface UpstreamRequest {
  readonly path: string;
  readonly headers: Record<string, string>;
  /** What is sent of a prompt that the guards have read, and nothing else. */
  body(prompt: Prompt): JsonObject;
  /** Milliseconds. */
  readonly timeouts: { readonly first_byte: number; readonly idle: number };
}

/** Who waits for a call upstream. */
export interface Waiting {
  /** Gets the way to give the call up, whatever has become of it. */
  begun(abort: (why: Refusal) => void): void;
  /** From now on a part of the request may have left. */
  sent(): void;
}

/**
 * Sends a cleared prompt to its upstream. Takes the proof that guards have read it and the receipt of the ledger
 * entry that says so: without both there is no way to call it.
 */
export function forward(
  cleared: Cleared<Prompt>,
  receipt: Receipt,
  upstream: Upstream,
  request: UpstreamRequest,
  waiting: Waiting,
): Promise<UpstreamAnswer> {
  if (!Cleared.check(cleared) || !Receipt.check(receipt)) throw new Refusal('internal');
  const body = Buffer.from(JSON.stringify(request.body(cleared.value)));
  const { path, headers, timeouts } = request;
  const { first_byte: headersTimeout, idle: bodyTimeout } = timeouts;
  return send(upstream, { method: 'POST', path, headers, body, headersTimeout, bodyTimeout }, waiting);
}

/** The same for an answer that the upstream keeps: its id stands in the path, and nothing else is said. */
export function askAbout(
  answer: Answer,
  receipt: Receipt,
  upstream: Upstream,
  request: { readonly method: 'GET' | 'POST' | 'DELETE'; readonly path: string },
): Promise<UpstreamAnswer> {
  if (!Receipt.check(receipt)) throw new Refusal('internal');
  const { 'content-type': _, ...headers } = upstream.headers;
  const begun = (abort: (why: Refusal) => void) => answer.onGone(() => abort(new Refusal('client_gone')));
  return send(upstream, { ...request, headers }, { begun, sent: () => {} });
}

/** The same for a question of tensors, which has no text for guards: its contract has been held. @param timeout milliseconds */
export function forwardBytes(
  receipt: Receipt,
  pool: Upstream['pool'],
  request: {
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly body: Uint8Array;
    readonly timeout: number;
  },
  begun: Waiting['begun'],
): Promise<UpstreamAnswer> {
  if (!Receipt.check(receipt)) throw new Refusal('internal');
  const { timeout, body, ...rest } = request;
  const options = {
    ...rest,
    method: 'POST' as const,
    body: Buffer.from(body),
    headersTimeout: timeout,
    bodyTimeout: timeout,
  };
  return send({ pool }, options, { begun, sent: () => {} });
}

function send(
  upstream: Pick<Upstream, 'pool'>,
  options: Dispatcher.DispatchOptions,
  waiting: Waiting,
): Promise<UpstreamAnswer> {
  return new Promise((resolve, reject) => {
    const call = new Call(resolve, reject, waiting.sent);
    waiting.begun((why) => call.abort(why));
    upstream.pool.dispatch(options, call);
  });
}

/** The same for a request without text of the caller's (a list of models). */
export function ask(
  upstream: Upstream,
  path: string,
  headers: Record<string, string>,
): Promise<UpstreamAnswer> {
  return new Promise((resolve, reject) => {
    upstream.pool.dispatch({ method: 'GET', path, headers }, new Call(resolve, reject));
  });
}

/** One call upstream, event by event: undici's handlers cost half of its streams. */
class Call implements Dispatcher.DispatchHandler, UpstreamAnswer {
  status = 0;
  readonly #resolve: (answer: UpstreamAnswer) => void;
  readonly #reject: (refusal: Refusal) => void;
  readonly #sent: () => void;
  #controller: Dispatcher.DispatchController | undefined;
  #headers: Record<string, string | string[] | undefined> = {};
  #sink: Sink | undefined;
  #early: Buffer[] = [];
  #ended = false;
  #failed: Refusal | undefined;
  #busy = false;

  constructor(
    resolve: (answer: UpstreamAnswer) => void,
    reject: (refusal: Refusal) => void,
    sent: () => void = () => {},
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#sent = sent;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Given up while it waited for a connection: then it never leaves.
    if (this.#failed !== undefined) controller.abort(this.#failed);
    else this.#sent();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.status = status;
    this.#headers = headers;
    this.#resolve(this);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#sink === undefined || this.#busy) this.#early.push(chunk);
    else this.#give(chunk);
  }

  onResponseEnd(): void {
    this.#ended = true;
    if (this.#sink !== undefined && !this.#busy) this.#finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#failed !== undefined || this.#ended) return;
    this.#failed = error instanceof Refusal ? error : refusalOf(error, this.status > 0);
    if (this.status === 0) this.#reject(this.#failed);
    else if (this.#sink !== undefined && !this.#busy) this.#finish();
  }

  header = (name: string): string | undefined => {
    const value = this.#headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };

  abort(why = new Refusal('internal')): void {
    if (this.#ended || this.#failed !== undefined) return;
    if (this.#controller !== undefined) this.#controller.abort(why);
    else {
      this.#failed = why;
      this.#reject(why);
    }
  }

  pipe(sink: Sink): void {
    const decoder = this.#decoder();
    this.#sink = decoder === undefined ? sink : throughDecoder(decoder, sink, () => this.abort());
    void this.#drain();
  }

  #decoder(): Transform | undefined {
    try {
      return decoderFor(this.header('content-encoding'));
    } catch (error) {
      this.abort();
      throw error;
    }
  }

  /** Gives one chunk on; while the sink works on it, the upstream is held back. */
  #give(chunk: Buffer): void {
    let wait: void | Promise<void>;
    try {
      wait = this.#sink?.data(chunk);
    } catch (error) {
      this.#break(error);
      return;
    }
    if (wait === undefined) return;
    this.#busy = true;
    this.#controller?.pause();
    wait.then(
      () => this.#drain(),
      (error) => this.#break(error),
    );
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    try {
      while (this.#early.length > 0) await this.#sink?.data(this.#early.shift() as Buffer);
    } catch (error) {
      return this.#break(error);
    }
    this.#busy = false;
    if (this.#ended || this.#failed !== undefined) this.#finish();
    else if (this.#controller?.paused) this.#controller.resume();
  }

  #finish(): void {
    const sink = this.#sink;
    if (sink === undefined) return;
    this.#sink = undefined;
    if (this.#failed !== undefined) {
      sink.error(this.#failed);
      return;
    }
    try {
      const wait = sink.end();
      if (wait !== undefined) wait.catch((error) => sink.error(asRefusal(error)));
    } catch (error) {
      sink.error(asRefusal(error));
    }
  }

  /** The sink refuses: the upstream is let go, and the sink hears its own refusal once. */
  #break(error: unknown): void {
    const sink = this.#sink;
    this.#sink = undefined;
    this.#early = [];
    this.#busy = true;
    this.abort();
    sink?.error(asRefusal(error));
  }
}

const asRefusal = (error: unknown): Refusal =>
  error instanceof Refusal ? error : new Refusal('internal', { cause: error });

/** Codes of undici and of the operating system, as refusals; never their text. */
function refusalOf(error: Error, begun: boolean): Refusal {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    return new Refusal('upstream_timeout', { cause: error });
  }
  if (code === 'UND_ERR_BODY_TIMEOUT') return new Refusal('upstream_timeout', { cause: error });
  // undici gives its parser's errors a name, and a code only to some.
  if (error.name === 'HTTPParserError' || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new Refusal('upstream_invalid', { cause: error });
  }
  return new Refusal(begun ? 'upstream_cut' : 'upstream_unreachable', { cause: error });
}

/** Upstreams are asked for plain bytes; one that compresses all the same is read, never passed on unread. */
function decoderFor(encoding: string | undefined): Transform | undefined {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip();
    case 'deflate':
      return zlib.createInflate();
    case 'br':
      return zlib.createBrotliDecompress();
    case 'zstd':
      return zlib.createZstdDecompress();
    default:
      throw new Refusal('upstream_invalid', { hint: 'It uses a content encoding that is not known.' });
  }
}

/** What comes out of a decoder goes to the sink; whatever breaks on the way lets go of the upstream too. */
function throughDecoder(decoder: Transform, sink: Sink, abort: () => void): Sink {
  let over = false;
  const fail = (refusal: Refusal) => {
    if (over) return;
    over = true;
    decoder.destroy();
    abort();
    sink.error(refusal);
  };
  const output = decoder.pipe(new PassThrough());
  decoder.on('error', (cause) =>
    fail(new Refusal('upstream_invalid', { hint: 'Its compressed answer is broken.', cause })),
  );
  const pump = async () => {
    for await (const chunk of output) {
      if (over) return;
      await sink.data(chunk);
    }
    if (!over) await sink.end();
    over = true;
  };
  pump().catch((error) => fail(asRefusal(error)));
  return {
    data: (chunk) => (over || decoder.destroyed || decoder.write(chunk) ? undefined : drained(decoder)),
    end: () => void decoder.end(),
    error: fail,
  };
}

/** Resolves when the decoder takes more, or will never take anything again. */
function drained(decoder: Transform): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      decoder.off('drain', go).off('close', go);
      resolve();
    };
    decoder.once('drain', go).once('close', go);
  });
}
