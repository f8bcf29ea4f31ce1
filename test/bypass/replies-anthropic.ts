import { message } from '../harness/upstream.ts';
import type { ReplyPlace } from './matrix.ts';
import { escapeAll } from './text.ts';

const frame = (type: string, fields: object = {}) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const usage = { input_tokens: 5, output_tokens: 1 };
const start = (more: object = {}) =>
  frame('message_start', { message: message([], { stop_reason: null, usage, ...more }) });
const end = (more: object = {}) => [
  frame('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null, ...more },
    usage: { output_tokens: 7 },
  }),
  frame('message_stop'),
];
const block = (index: number, first: object, deltas: readonly object[]) => [
  frame('content_block_start', { index, content_block: first }),
  ...deltas.map((delta) => frame('content_block_delta', { index, delta })),
  frame('content_block_stop', { index }),
];
const streamed = (first: object, make: (piece: string) => object) => (pieces: readonly string[]) => [
  start(),
  ...block(0, first, pieces.map(make)),
  ...end(),
];
const text = (value: string, more: object = {}) => ({ type: 'text', text: value, ...more });
const toolUse = (more: object = {}) => ({ type: 'tool_use', id: 't', name: 'f', input: {}, ...more });
const thinking = { type: 'thinking', thinking: '', signature: '' };
const source = (value: string) => `{"a":"${escapeAll(value)}"}`;

const SKIPPED = 'BerriAI/litellm#35257: skipped on /v1/messages streams and logged as a success';
const FIELDS = 'Anthropic API reference: fields of a message that carry text';
const STRANGE = 'agentgateway#2956, AISIX #544: what a guard does not know of leaves unread';

/** Every place in a message where text can stand. */
export const messageReplies: readonly ReplyPlace[] = [
  {
    id: 'text',
    origin: SKIPPED,
    plain: (t) => message([text(t)]),
    stream: streamed(text(''), (p) => ({ type: 'text_delta', text: p })),
  },
  {
    id: 'text at the start of a block',
    origin: SKIPPED,
    stream: ([first = '', ...rest]) => streamed(text(first), (p) => ({ type: 'text_delta', text: p }))(rest),
  },
  {
    id: 'adjacent blocks',
    origin: SKIPPED,
    plain: (t) => message([...t].map((letter) => text(letter))),
    stream: (pieces) => [
      start(),
      ...pieces.flatMap((p, index) => block(index, text(''), [{ type: 'text_delta', text: p }])),
      ...end(),
    ],
  },
  {
    id: 'text around tool calls',
    origin: SKIPPED,
    plain: (t) => message([...t].flatMap((letter) => [text(letter), toolUse()])),
    stream: (pieces) => [
      start(),
      ...pieces.flatMap((p, at) => [
        ...block(2 * at, text(''), [{ type: 'text_delta', text: p }]),
        ...block(2 * at + 1, toolUse(), [{ type: 'input_json_delta', partial_json: '{}' }]),
      ]),
      ...end(),
    ],
  },
  {
    id: 'tool input',
    origin: FIELDS,
    source,
    plain: (t) => message([toolUse({ input: { a: [t] } })]),
    stream: streamed(toolUse(), (p) => ({ type: 'input_json_delta', partial_json: p })),
  },
  {
    id: 'tool input, key',
    origin: FIELDS,
    source: (t) => JSON.stringify({ [t]: 1 }),
    plain: (t) => message([toolUse({ input: { [t]: 1 } })]),
    stream: streamed(toolUse(), (p) => ({ type: 'input_json_delta', partial_json: p })),
  },
  {
    id: 'tool input at the start',
    origin: FIELDS,
    stream: ([p = '']) => streamed(toolUse({ input: { a: p } }), () => ({}))([]),
    whole: true,
  },
  {
    id: 'tool name',
    origin: FIELDS,
    plain: (t) => message([toolUse({ name: t })]),
    stream: ([p = '']) => streamed(toolUse({ name: p }), () => ({}))([]),
    whole: true,
  },
  {
    id: 'tool id',
    origin: FIELDS,
    plain: (t) => message([toolUse({ id: t })]),
    stream: ([p = '']) => streamed(toolUse({ id: p }), () => ({}))([]),
    whole: true,
  },
  {
    id: 'thinking',
    origin: FIELDS,
    plain: (t) => message([{ ...thinking, thinking: t }]),
    stream: streamed(thinking, (p) => ({ type: 'thinking_delta', thinking: p })),
  },
  {
    id: 'signature',
    origin: FIELDS,
    good: 'EqQBCkYIBhgCKkAx',
    plain: (t) => message([{ ...thinking, signature: t }]),
    stream: streamed(thinking, (p) => ({ type: 'signature_delta', signature: p })),
  },
  {
    id: 'citations',
    origin: FIELDS,
    plain: (t) => message([text('a', { citations: [{ cited_text: t }] })]),
    stream: streamed(text(''), (p) => ({ type: 'citations_delta', citation: { cited_text: p } })),
    whole: true,
  },
  {
    id: 'stop sequence',
    origin: FIELDS,
    plain: (t) => message([], { stop_sequence: t }),
    stream: ([p = '']) => [start(), ...end({ stop_sequence: p })],
    whole: true,
  },
  {
    id: 'stop reason',
    origin: FIELDS,
    plain: (t) => message([], { stop_reason: t }),
    stream: ([p = '']) => [start(), ...end({ stop_reason: p })],
    whole: true,
  },
  {
    id: 'stop details',
    origin: FIELDS,
    plain: (t) => message([], { stop_details: { explanation: t } }),
    stream: ([p = '']) => [start(), ...end({ stop_details: { explanation: p } })],
    whole: true,
  },
  {
    id: 'id',
    origin: FIELDS,
    plain: (t) => message([], { id: t }),
    stream: ([p = '']) => [start({ id: p }), ...end()],
    whole: true,
  },
  {
    id: 'model',
    origin: FIELDS,
    plain: (t) => message([], { model: t }),
    stream: ([p = '']) => [start({ model: p }), ...end()],
    whole: true,
  },
  {
    id: 'unknown field',
    origin: STRANGE,
    plain: (t) => message([], { x: { y: t } }),
    stream: ([p = '']) => [start({ x: { y: p } }), ...end()],
    whole: true,
  },
  {
    id: 'unknown field of a block',
    origin: STRANGE,
    plain: (t) => message([text('a', { x: t })]),
    stream: ([p = '']) => streamed(text('', { x: p }), () => ({}))([]),
    whole: true,
  },
  {
    id: 'unknown field of a delta',
    origin: STRANGE,
    stream: streamed(text(''), (p) => ({ type: 'text_delta', text: 'a', x: [p] })),
  },
  {
    id: 'unknown field of an event',
    origin: STRANGE,
    stream: (pieces) => [
      start(),
      frame('content_block_start', { index: 0, content_block: text('') }),
      ...pieces.map((p) =>
        frame('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'a' }, text: p }),
      ),
      frame('content_block_stop', { index: 0 }),
      ...end(),
    ],
  },
  {
    id: 'unknown field of a ping',
    origin: STRANGE,
    quiet: true,
    stream: (pieces) => [start(), ...pieces.map((p) => frame('ping', { x: p })), ...end()],
  },
  {
    id: 'usage, unknown field',
    origin: FIELDS,
    plain: (t) => message([], { usage: { input_tokens: 1, output_tokens: 1, x: t } }),
    stream: ([p = '']) => [start({ usage: { ...usage, x: p } }), ...end()],
    whole: true,
  },
];
