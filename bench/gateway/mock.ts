// The upstream: an OpenAI Chat Completions server that costs next to nothing and answers at once.
//
// A stream leaves one event per write, each in a turn of the event loop of its own (setImmediate), because that is how
// a model server sends: in one write, a gateway would read all events at once and pay for one.
import { createServer, type Socket } from 'node:net';
import { answerJobs } from '../harness/child.ts';
import { type MessageEvents, MessageReader } from './http1.ts';
import { stampNow } from './stamp.ts';
import { LAST_WORD, MODELS, type Pace, tokens } from './traffic.ts';

/** Events of text in an instant stream; with the role, the end and `[DONE]` it has 20. */
const INSTANT_TOKENS = 17;
/** Paced streams: events of text, and ms between them. */
const PACED_TOKENS = 40;
const PACED_MS = 25;
/** Slow streams: ms between events; they end when the client goes. */
const SLOW_MS = 2_000;

const base = { id: 'chatcmpl-bench', created: 1_790_000_000, model: 'bench', system_fingerprint: 'fp_bench' };
const usage = {
  prompt_tokens: 256,
  completion_tokens: INSTANT_TOKENS,
  total_tokens: 256 + INSTANT_TOKENS,
  prompt_tokens_details: { cached_tokens: 128 },
  completion_tokens_details: { reasoning_tokens: 4 },
};

const chunk = (event: string): Buffer =>
  Buffer.from(`${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`);
const event = (choices: object[], extra: object = {}): string =>
  `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices, ...extra })}\n\n`;
const textEvent = (content: string): Buffer =>
  chunk(event([{ index: 0, delta: { content }, finish_reason: null }]));

const STREAM_HEAD = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n',
);
const ROLE = chunk(event([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]));
const STOP = chunk(event([{ index: 0, delta: {}, finish_reason: 'stop' }]));
const USAGE = chunk(event([], { usage }));
const DONE = Buffer.concat([chunk('data: [DONE]\n\n'), Buffer.from('0\r\n\r\n')]);
const WORDS = [...tokens(INSTANT_TOKENS - 1, 7), ` ${LAST_WORD}`];
const PLAIN = (() => {
  const message = { role: 'assistant', content: [...tokens(80, 7), ` ${LAST_WORD}`].join(''), refusal: null };
  const body = {
    ...base,
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage,
  };
  const text = JSON.stringify(body);
  return Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
  );
})();

const opening = Buffer.concat([STREAM_HEAD, ROLE]);
const texts = WORDS.map(textEvent);
const INSTANT = [opening, ...texts, STOP, DONE];
const INSTANT_WITH_USAGE = [opening, ...texts, STOP, USAGE, DONE];

function instant(socket: Socket, withUsage: boolean): void {
  const writes = withUsage ? INSTANT_WITH_USAGE : INSTANT;
  let next = 0;
  const write = () => {
    const bytes = writes[next++];
    if (bytes === undefined || socket.destroyed) return;
    socket.write(bytes);
    setImmediate(write);
  };
  write();
}

/** Each event carries the moment of its writing, in words. */
function paced(socket: Socket): void {
  socket.write(opening);
  let left = PACED_TOKENS;
  const timer = setInterval(() => {
    if (socket.destroyed) return clearInterval(timer);
    if (left-- > 0) return void socket.write(textEvent(stampNow()));
    clearInterval(timer);
    socket.write(Buffer.concat([textEvent(` ${LAST_WORD}`), STOP, DONE]));
  }, PACED_MS);
}

function slow(socket: Socket): void {
  socket.write(opening);
  let next = 0;
  const timer = setInterval(() => {
    if (socket.destroyed) return clearInterval(timer);
    const bytes = texts[next++ % (texts.length - 1)];
    if (bytes !== undefined) socket.write(bytes);
  }, SLOW_MS);
}

class Connection implements MessageEvents {
  readonly #socket: Socket;
  #body: Buffer[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  head(): void {}

  body(bytes: Buffer): void {
    this.#body.push(bytes);
  }

  end(): void {
    const [first, ...more] = this.#body;
    const body = first === undefined || more.length > 0 ? Buffer.concat(this.#body) : first;
    this.#body = [];
    if (!body.includes('"stream":true')) return void this.#socket.write(PLAIN);
    const asked = (pace: Pace) => body.includes(`"model":"${MODELS[pace]}"`);
    if (asked('instant')) instant(this.#socket, body.includes('"include_usage":true'));
    else if (asked('paced')) paced(this.#socket);
    else if (asked('slow')) slow(this.#socket);
    else this.#socket.destroy();
  }
}

const server = createServer({ noDelay: true }, (socket) => {
  const reader = new MessageReader(new Connection(socket));
  socket.on('data', (bytes: Buffer) => reader.push(bytes));
  socket.on('error', () => socket.destroy());
});

answerJobs(
  () =>
    new Promise((resolve) => {
      server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
        const address = server.address();
        resolve({ port: typeof address === 'object' && address !== null ? address.port : 0 });
      });
    }),
);
