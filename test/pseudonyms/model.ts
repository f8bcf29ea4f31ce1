import { generated, json, message, type Script, sse } from '../harness/upstream.ts';

/** What the model answers: a text, and the arguments of a call of the tool `send`, if it calls it. */
export interface Said {
  readonly text: string;
  readonly args?: object;
  /** Answers asked for, where that is more than one. */
  readonly choices?: number;
}

/** Cuts a text into pieces, in order. */
export type Cut = (text: string) => readonly string[];

const frame = (data: object, event?: string) =>
  `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;

/**
 * A model of any dialect: it answers with what `say` makes of the user's text as it was sent, whole or streamed as it is asked.
 */
export const model =
  (say: (heard: string) => Said, cut: Cut = (text) => [text]): Script =>
  (res, seen) => {
    const said = { choices: Number(seen.body.n ?? 1), ...say(heard(seen.body)) };
    const [whole, stream] = WIRES.find(([path]) => seen.path.includes(path))?.[1] ?? CHAT;
    const streams = seen.body.stream === true || seen.path.includes(':streamGenerateContent');
    return streams ? sse(stream(said, cut))(res, seen) : json(whole(said))(res, seen);
  };

/** All texts of the last turn, and nothing else of the body. */
function heard(body: Record<string, unknown>): string {
  const turns = (body.messages ?? body.input ?? body.contents) as unknown;
  const last = Array.isArray(turns) ? (turns.at(-1) as Record<string, unknown>) : turns;
  const texts: string[] = [];
  const visit = (value: unknown, key = ''): void => {
    if (typeof value === 'string') {
      if (key !== 'role' && key !== 'type') texts.push(value);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, one] of Object.entries(value)) visit(one, Array.isArray(value) ? key : name);
    }
  };
  visit(last);
  return texts.join('');
}

type Wire = readonly [whole: (said: Said) => unknown, stream: (said: Said, cut: Cut) => string[]];

const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
const calls = (args: string) => [
  { id: 'call_1', type: 'function', function: { name: 'send', arguments: args } },
];
const CHAT: Wire = [
  ({ text, args, choices = 1 }) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [0, 1].slice(0, choices).map((index) => ({
      index,
      message: {
        role: 'assistant',
        content: index === 0 ? text : `Again: ${text}`,
        ...(args !== undefined && { tool_calls: calls(JSON.stringify(args)) }),
      },
      finish_reason: args === undefined ? 'stop' : 'tool_calls',
    })),
    usage,
  }),
  ({ text, args, choices = 1 }, cut) => {
    const each = [0, 1].slice(0, choices);
    const chunk = (index: number, delta: object, finish_reason: string | null = null) =>
      frame({
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'm',
        choices: [{ index, delta, finish_reason }],
      });
    const pieces = cut(text);
    const tool = (call: object) => ({ tool_calls: [{ index: 0, ...call }] });
    return [
      ...each.map((index) => chunk(index, { role: 'assistant', content: index === 0 ? '' : 'Again: ' })),
      ...pieces.flatMap((content) => each.map((index) => chunk(index, { content }))),
      ...(args === undefined
        ? []
        : [
            chunk(0, tool({ id: 'call_1', type: 'function', function: { name: 'send', arguments: '' } })),
            ...cut(JSON.stringify(args)).map((one) => chunk(0, tool({ function: { arguments: one } }))),
          ]),
      ...each.map((index) => chunk(index, {}, index === 0 && args !== undefined ? 'tool_calls' : 'stop')),
      frame({
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'm',
        choices: [],
        usage,
      }),
      'data: [DONE]\n\n',
    ];
  },
];

const MESSAGES: Wire = [
  ({ text, args }) =>
    message(
      [
        { type: 'text', text },
        ...(args === undefined ? [] : [{ type: 'tool_use', id: 'toolu_1', name: 'send', input: args }]),
      ],
      args === undefined ? {} : { stop_reason: 'tool_use' },
    ),
  ({ text, args }, cut) => {
    const event = (type: string, fields: object = {}) => frame({ type, ...fields }, type);
    const delta = (index: number, fields: object) => event('content_block_delta', { index, delta: fields });
    const start = { stop_reason: null, usage: { input_tokens: 5, output_tokens: 1 } };
    return [
      event('message_start', { message: message([], start) }),
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      ...cut(text).map((piece) => delta(0, { type: 'text_delta', text: piece })),
      event('content_block_stop', { index: 0 }),
      ...(args === undefined
        ? []
        : [
            event('content_block_start', {
              index: 1,
              content_block: { type: 'tool_use', id: 'toolu_1', name: 'send', input: {} },
            }),
            ...cut(JSON.stringify(args)).map((partial_json) =>
              delta(1, { type: 'input_json_delta', partial_json }),
            ),
            event('content_block_stop', { index: 1 }),
          ]),
      event('message_delta', {
        delta: { stop_reason: args === undefined ? 'end_turn' : 'tool_use', stop_sequence: null },
        usage: { output_tokens: 7 },
      }),
      event('message_stop'),
    ];
  },
];

const called = (args: object | undefined) =>
  args === undefined ? [] : [{ functionCall: { name: 'send', args } }];
const GENERATE: Wire = [
  ({ text, args }) => generated([{ text }, ...called(args)]),
  ({ text, args }, cut) => [
    ...cut(text).map((piece) => frame(generated([{ text: piece }], { finishReason: undefined }))),
    frame(generated(args === undefined ? [{ text: '' }] : called(args))),
  ],
];

const output = ({ text, args }: Said) => [
  {
    id: 'msg_0',
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
  },
  ...(args === undefined
    ? []
    : [
        {
          id: 'fc_1',
          type: 'function_call',
          call_id: 'call_1',
          name: 'send',
          arguments: JSON.stringify(args),
          status: 'completed',
        },
      ]),
];
const used = { input_tokens: 5, output_tokens: 7, total_tokens: 12 };
const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'm' };
const RESPONSES: Wire = [
  (said) => ({ ...response, status: 'completed', output: output(said), usage: used }),
  (said, cut) => {
    const { text, args } = said;
    const [item, call] = output(said);
    let sequence_number = 0;
    const event = (type: string, fields: object) =>
      frame({ type, sequence_number: sequence_number++, ...fields }, type);
    const at = { item_id: 'msg_0', output_index: 0, content_index: 0 };
    const part = (whole: string) => ({ type: 'output_text', text: whole, annotations: [], logprobs: [] });
    const tool = { item_id: 'fc_1', output_index: 1 };
    return [
      event('response.created', { response: { ...response, status: 'in_progress', output: [] } }),
      event('response.output_item.added', {
        output_index: 0,
        item: { ...item, status: 'in_progress', content: [] },
      }),
      event('response.content_part.added', { ...at, part: part('') }),
      ...cut(text).map((delta) => event('response.output_text.delta', { ...at, delta, logprobs: [] })),
      event('response.output_text.done', { ...at, text, logprobs: [] }),
      event('response.content_part.done', { ...at, part: part(text) }),
      event('response.output_item.done', { output_index: 0, item }),
      ...(args === undefined
        ? []
        : [
            event('response.output_item.added', {
              output_index: 1,
              item: { ...call, status: 'in_progress', arguments: '' },
            }),
            ...cut(JSON.stringify(args)).map((delta) =>
              event('response.function_call_arguments.delta', { ...tool, delta }),
            ),
            event('response.function_call_arguments.done', {
              ...tool,
              name: 'send',
              arguments: JSON.stringify(args),
            }),
            event('response.output_item.done', { output_index: 1, item: call }),
          ]),
      event('response.completed', {
        response: { ...response, status: 'completed', output: output(said), usage: used },
      }),
    ];
  },
];

const WIRES: readonly (readonly [path: string, wire: Wire])[] = [
  ['/chat/completions', CHAT],
  ['/messages', MESSAGES],
  ['/responses', RESPONSES],
  ['enerateContent', GENERATE],
];
