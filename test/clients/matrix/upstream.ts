import type { JsonObject } from '../../../src/base/json.ts';
import {
  chunks,
  completion,
  generated,
  generatedChunks,
  json,
  message,
  messageEvents,
  type Script,
  type Seen,
  sse,
} from '../../harness/upstream.ts';

/** A server of each dialect that holds the same conversation in its own words. */

export const ANSWERS = {
  text: 'hello from upstream',
  image: 'a red square',
  call: { name: 'get_weather', arguments: { city: 'Rome' } },
  final: 'It is 18 degrees in Rome.',
} as const;

type Reply = { readonly text: string } | { readonly call: typeof ANSWERS.call };

/** What it says goes by what it reads last. */
function replyTo({ text }: Seen): Reply {
  if (text.includes('18 degrees')) return { text: ANSWERS.final };
  if (text.includes('get_weather')) return { call: ANSWERS.call };
  if (/image|inline/.test(text)) return { text: ANSWERS.image };
  return { text: ANSWERS.text };
}

/** Pieces that break words, as models' do. */
const piecesOf = (text: string): string[] => text.match(/.{1,5}/g) ?? [];

export const speakAll: Script = (res, seen) => {
  const reply = replyTo(seen);
  if (seen.path.startsWith('/v1/messages')) return anthropic(reply, seen)(res, seen);
  if (seen.path.startsWith('/v1beta/')) return gemini(reply, seen)(res, seen);
  return openai(reply, seen)(res, seen);
};

function openai(reply: Reply, { body }: Seen): Script {
  if ('text' in reply) {
    return body.stream === true ? sse(chunks(piecesOf(reply.text))) : json(completion(reply.text));
  }
  const { name, arguments: args } = reply.call;
  const whole = JSON.stringify(args);
  if (body.stream !== true) {
    const call = { id: 'call_1', type: 'function', function: { name, arguments: whole } };
    const said = { role: 'assistant', content: null, refusal: null, tool_calls: [call] };
    return json(
      completion('', { choices: [{ index: 0, message: said, logprobs: null, finish_reason: 'tool_calls' }] }),
    );
  }
  const frame = (delta: object, finish: string | null = null) =>
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] })}\n\n`;
  const call = (more: object) => frame({ tool_calls: [{ index: 0, ...more }] });
  return sse([
    frame({ role: 'assistant', content: null }),
    call({ id: 'call_1', type: 'function', function: { name, arguments: '' } }),
    ...piecesOf(whole).map((piece) => call({ function: { arguments: piece } })),
    frame({}, 'tool_calls'),
    ...chunks([]).slice(-2),
  ]);
}

function anthropic(reply: Reply, { body }: Seen): Script {
  if ('text' in reply) {
    if (body.stream === true) return sse(messageEvents(piecesOf(reply.text)));
    return json(message([{ type: 'text', text: reply.text }]));
  }
  const { name, arguments: input } = reply.call;
  if (body.stream !== true) {
    return json(message([{ type: 'tool_use', id: 'toolu_1', name, input }], { stop_reason: 'tool_use' }));
  }
  const frame = (type: string, fields: object = {}) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  const [start = ''] = messageEvents([]);
  return sse([
    start,
    frame('content_block_start', {
      index: 0,
      content_block: { type: 'tool_use', id: 'toolu_1', name, input: {} },
    }),
    ...piecesOf(JSON.stringify(input)).map((partial_json) =>
      frame('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json } }),
    ),
    frame('content_block_stop', { index: 0 }),
    frame('message_delta', {
      delta: { stop_reason: 'tool_use', stop_sequence: null },
      usage: { output_tokens: 7 },
    }),
    frame('message_stop'),
  ]);
}

function gemini(reply: Reply, { path }: Seen): Script {
  const part: JsonObject =
    'text' in reply
      ? { text: reply.text }
      : { functionCall: { name: reply.call.name, args: { ...reply.call.arguments } } };
  if (!path.includes('streamGenerateContent')) return json(generated([part]));
  return sse('text' in reply ? generatedChunks(piecesOf(reply.text)) : generatedChunks([], [part]));
}
