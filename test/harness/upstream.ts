import http, { type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LENGTH_HEADER } from '../../src/oip/message.ts';

/** A request as the upstream saw it: what left the machine. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON. */
  readonly body: Record<string, unknown>;
}

export type Script = (res: ServerResponse, seen: Seen) => void | Promise<void>;

/** An upstream that does what a test says, and keeps what it was sent. */
export interface ScriptedUpstream {
  readonly url: string;
  readonly seen: Seen[];
  /** What it does from now on. */
  script: Script;
  close(): Promise<void>;
}

export async function startUpstream(script: Script = sayHello): Promise<ScriptedUpstream> {
  const seen: Seen[] = [];
  const upstream = { script };
  const server = http.createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const text = bytes.toString();
      // Tensors may stand behind the JSON.
      const json = bytes.toString('utf8', 0, Number(req.headers[LENGTH_HEADER] ?? bytes.length));
      const body = json === '' ? {} : (JSON.parse(json) as Record<string, unknown>);
      const one = { method: req.method ?? '', path: req.url ?? '', headers: req.headers, text, body };
      seen.push(one);
      void upstream.script(res, one);
    });
    res.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    get script() {
      return upstream.script;
    },
    set script(next) {
      upstream.script = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Script => {
  const text = JSON.stringify(body);
  return (res) => void res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
};

/** Server-sent events, each written on its own turn; `pause` milliseconds apart. */
export const sse =
  (frames: readonly string[], options: { readonly pause?: number; readonly end?: boolean } = {}): Script =>
  async (res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const frame of frames) {
      res.write(frame);
      await new Promise((resolve) =>
        options.pause === undefined ? setImmediate(resolve) : setTimeout(resolve, options.pause),
      );
    }
    if (options.end !== false) res.end();
  };

export const completion = (content: string, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content, refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
  ...more,
});

/** The chunks of a streamed completion whose content comes in these pieces. */
export function chunks(pieces: readonly string[], options: { readonly usage?: boolean } = {}): string[] {
  const frame = (choices: unknown[], more: object = {}) =>
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...more })}\n\n`;
  const delta = (fields: object, finish: string | null = null) => [
    { index: 0, delta: fields, logprobs: null, finish_reason: finish },
  ];
  return [
    frame(delta({ role: 'assistant', content: '' })),
    ...pieces.map((content) => frame(delta({ content }))),
    frame(delta({}, 'stop')),
    ...(options.usage === false
      ? []
      : [frame([], { usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 } })]),
    'data: [DONE]\n\n',
  ];
}

export const message = (content: unknown[], more: object = {}) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content,
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 5, output_tokens: 7 },
  ...more,
});

/** An Anthropic stream with one text block in these pieces. */
export function messageEvents(pieces: readonly string[]): string[] {
  const frame = (type: string, fields: object = {}) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  return [
    frame('message_start', {
      message: message([], { stop_reason: null, usage: { input_tokens: 5, output_tokens: 1 } }),
    }),
    frame('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ...pieces.map((text) => frame('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
    frame('content_block_stop', { index: 0 }),
    frame('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 7 },
    }),
    frame('message_stop'),
  ];
}

/** A Gemini answer of one candidate. */
export const generated = (parts: readonly unknown[], more: object = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, finishReason: 'STOP', index: 0, ...more }],
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 7, totalTokenCount: 12 },
  modelVersion: 'gemini-x',
  responseId: 'r-1',
});

/** The chunks of a streamed Gemini answer whose text comes in these pieces. */
export function generatedChunks(pieces: readonly string[], last: readonly unknown[] = []): string[] {
  const frame = (body: object) => `data: ${JSON.stringify(body)}\r\n\r\n`;
  return [
    ...pieces.map((text) => frame(generated([{ text }], { finishReason: undefined }))),
    frame(generated(last.length > 0 ? last : [{ text: '' }])),
  ];
}

const sayHello: Script = (res, seen) => {
  const stream = seen.body.stream === true;
  if (seen.path.startsWith('/v1beta/')) {
    return seen.path.includes(':streamGenerateContent')
      ? sse(generatedChunks(['Hel', 'lo']))(res, seen)
      : json(generated([{ text: 'Hello' }]))(res, seen);
  }
  if (seen.path.startsWith('/v1/messages')) {
    return stream
      ? sse(messageEvents(['Hel', 'lo']))(res, seen)
      : json(message([{ type: 'text', text: 'Hello' }]))(res, seen);
  }
  return stream ? sse(chunks(['Hel', 'lo']))(res, seen) : json(completion('Hello'))(res, seen);
};
