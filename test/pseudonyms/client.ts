import type { TestGateway } from '../harness/gateway.ts';

/** What a client of one dialect got: every text that the answer has, and the arguments of its call. */
export interface Got {
  readonly status: number;
  /** By choice; what an answer says again must be the same. */
  readonly texts: readonly string[];
  readonly args: unknown;
  readonly raw: string;
}

export type Dialect = 'chat' | 'responses' | 'messages' | 'gemini';

type Fields = Record<string, never>;
const TOOL = { name: 'send', description: 'Sends a note.' };
const schema = { type: 'object', properties: { to: { type: 'string' } } };

/** A question in a dialect, and its answer read as that dialect's clients do. */
export async function ask(
  gateway: TestGateway,
  dialect: Dialect,
  model: string,
  content: string,
  options: { stream?: boolean; more?: object; headers?: Record<string, string> } = {},
): Promise<Got> {
  const { stream = false, more = {}, headers = {} } = options;
  const [path, body] = REQUESTS[dialect](model, content, stream);
  const answer = await gateway.post(path, { ...body, ...more }, headers);
  const raw = await answer.text();
  if (answer.status !== 200) return { status: answer.status, texts: [], args: undefined, raw };
  const texts: string[] = [];
  const args: string[] = [];
  const add = (index: number, text: string) => {
    texts[index] = (texts[index] ?? '') + text;
  };
  const events = stream ? framesOf(raw) : [JSON.parse(raw) as Fields];
  for (const event of events) READERS[dialect](event, add, (piece) => void args.push(piece));
  return { status: 200, texts, args: args.length === 0 ? undefined : JSON.parse(args.join('')), raw };
}

const REQUESTS: Readonly<
  Record<Dialect, (model: string, text: string, stream: boolean) => [string, object]>
> = {
  chat: (model, content, stream) => [
    '/v1/chat/completions',
    {
      model,
      stream,
      messages: [{ role: 'user', content }],
      tools: [{ type: 'function', function: { ...TOOL, parameters: schema } }],
    },
  ],
  responses: (model, input, stream) => [
    '/v1/responses',
    {
      model,
      stream,
      input,
      store: false,
      tools: [{ type: 'function', ...TOOL, parameters: schema, strict: false }],
    },
  ],
  messages: (model, content, stream) => [
    '/v1/messages',
    {
      model,
      stream,
      max_tokens: 100,
      messages: [{ role: 'user', content }],
      tools: [{ ...TOOL, input_schema: schema }],
    },
  ],
  gemini: (model, text, stream) => [
    `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    {
      contents: [{ role: 'user', parts: [{ text }] }],
      tools: [{ functionDeclarations: [{ ...TOOL, parameters: schema }] }],
    },
  ],
};

const framesOf = (raw: string): Fields[] =>
  [...raw.matchAll(/^data: (.*)\r?$/gm)].flatMap(([, data]) =>
    data === '[DONE]' ? [] : [JSON.parse(data as string) as Fields],
  );

type Reader = (
  event: Fields,
  text: (index: number, text: string) => void,
  args: (text: string) => void,
) => void;
/** Deep in a body whose form the tests of the dialects hold. */
// biome-ignore lint/suspicious/noExplicitAny: read-only, and undefined shows as a failure.
type Loose = any;

const READERS: Readonly<Record<Dialect, Reader>> = {
  chat: (event, text, args) => {
    for (const { index, delta, message } of (event as Loose).choices) {
      const said = delta ?? message;
      text(index, said.content ?? '');
      if (index === 0) for (const call of said.tool_calls ?? []) args(call.function.arguments ?? '');
    }
  },
  responses: (event: Loose, text, args) => {
    if (event.type === 'response.output_text.delta') text(0, event.delta);
    if (event.type === 'response.function_call_arguments.delta') args(event.delta);
    const whole =
      event.type === 'response.completed' ? event.response : event.type === undefined ? event : {};
    for (const item of whole.output ?? []) {
      if (item.type === 'message') text(1, item.content[0].text);
      else if (event.type === undefined) args(item.arguments);
    }
  },
  messages: (event: Loose, text, args) => {
    for (const block of event.content ?? []) {
      if (block.type === 'text') text(0, block.text);
      else if (block.type === 'tool_use') args(JSON.stringify(block.input));
    }
    if (event.delta?.type === 'text_delta') text(0, event.delta.text);
    if (event.delta?.type === 'input_json_delta') args(event.delta.partial_json);
  },
  gemini: (event: Loose, text, args) => {
    for (const part of event.candidates?.[0]?.content?.parts ?? []) {
      if (part.text !== undefined) text(0, part.text);
      if (part.functionCall !== undefined) args(JSON.stringify(part.functionCall.args));
    }
  },
};
