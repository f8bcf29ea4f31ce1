import { isObject, type Json } from '../../base/json.ts';
import { REFUSALS, Refusal, type RefusalCode, type RefusalDetail } from '../../base/refusal.ts';

/** One end of a pipe between two processes; messages keep their order. */
export interface Pipe {
  send(message: object): void;
  onMessage(take: (message: object) => void): void;
  onClose(act: () => void): void;
}

type Frame =
  | readonly ['ask', number, string, Json]
  | readonly ['tell', string, Json]
  | readonly ['done', number, Json]
  | readonly ['refused', number, Told];

/** A refusal as it crosses a pipe: the same code and words on the other side, its cause left behind. */
interface Told {
  readonly code: RefusalCode;
  readonly detail: Omit<RefusalDetail, 'cause'>;
}

/** What one side does for the other, by name; what it returns is plain JSON, or nothing. */
export type Handlers = Readonly<Record<string, (argument: Json) => unknown>>;

interface Waiting {
  readonly resolve: (value: Json) => void;
  readonly reject: (refusal: Refusal) => void;
}

/**
 * Questions and answers over a pipe. What is said within one round of events travels as one message: under load that
 * is one system call for many requests. If the pipe closes, whoever waits is refused with `closed`.
 */
export class Line {
  readonly #pipe: Pipe;
  #handlers: Handlers = {};
  readonly #closed: RefusalCode;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #out: Frame[] = [];
  #open = true;

  constructor(pipe: Pipe, closed: RefusalCode) {
    this.#pipe = pipe;
    this.#closed = closed;
    pipe.onMessage((message) => {
      // What is no frame is passed over: the process that answers for all must not end with one that went wrong.
      if (Array.isArray(message)) for (const frame of message.filter(isFrame)) this.#take(frame);
    });
    pipe.onClose(() => {
      this.#open = false;
      const waiting = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const { reject } of waiting) reject(new Refusal(this.#closed));
    });
  }

  /** What this side does for the other from now on. */
  serve(handlers: Handlers): void {
    this.#handlers = handlers;
  }

  /** Asks the other side; rejects with its refusal. */
  ask(what: string, argument: Json): Promise<Json> {
    if (!this.#open) return Promise.reject(new Refusal(this.#closed));
    const id = ++this.#next;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#say(['ask', id, what, argument]);
    });
  }

  /** The same where nobody waits for an answer. */
  tell(what: string, argument: Json): void {
    if (this.#open) this.#say(['tell', what, argument]);
  }

  #say(frame: Frame): void {
    this.#out.push(frame);
    if (this.#out.length === 1) setImmediate(() => this.flush());
  }

  /** Sends what waits to be sent, at once: before a process ends. */
  flush(): void {
    const out = this.#out;
    this.#out = [];
    if (out.length > 0 && this.#open) this.#pipe.send(out);
  }

  #take(frame: Frame): void {
    switch (frame[0]) {
      case 'ask':
        void this.#serve(frame[1], frame[2], frame[3]);
        return;
      case 'tell':
        void this.#handler(frame[1])?.(frame[2]);
        return;
      case 'done':
        this.#settle(frame[1])?.resolve(frame[2]);
        return;
      case 'refused':
        this.#settle(frame[1])?.reject(new Refusal(frame[2].code, frame[2].detail));
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #handler(what: string): Handlers[string] | undefined {
    return Object.hasOwn(this.#handlers, what) ? this.#handlers[what] : undefined;
  }

  async #serve(id: number, what: string, argument: Json): Promise<void> {
    try {
      const handler = this.#handler(what);
      if (handler === undefined) throw new TypeError(`nothing here is called ${what}`);
      this.#say(['done', id, ((await handler(argument)) ?? null) as Json]);
    } catch (error) {
      this.#say(['refused', id, told(error)]);
    }
  }
}

function isFrame(value: unknown): value is Frame {
  if (!Array.isArray(value)) return false;
  const [kind, first, second, third] = value as unknown[];
  switch (kind) {
    case 'ask':
      return typeof first === 'number' && typeof second === 'string' && third !== undefined;
    case 'tell':
      return typeof first === 'string' && second !== undefined;
    case 'done':
      return typeof first === 'number' && second !== undefined;
    case 'refused':
      return typeof first === 'number' && isTold(second);
    default:
      return false;
  }
}

const isTold = (value: unknown): value is Told =>
  isObject(value) &&
  typeof value.code === 'string' &&
  Object.hasOwn(REFUSALS, value.code) &&
  isObject(value.detail);

function told(error: unknown): Told {
  if (!(error instanceof Refusal)) return { code: 'internal', detail: {} };
  const { code, hint, field, status, retryAfter, headers, reasons } = error;
  const detail = { status, headers, reasons };
  return {
    code,
    detail: {
      ...detail,
      ...(hint !== undefined && { hint }),
      ...(field !== undefined && { field }),
      ...(retryAfter !== undefined && { retryAfter }),
    },
  };
}
