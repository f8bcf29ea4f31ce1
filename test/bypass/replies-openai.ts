import { chunks, completion } from '../harness/upstream.ts';
import type { ReplyPlace } from './matrix.ts';
import { escapeAll } from './text.ts';

const reply = (message: object, choice: object = {}, more: object = {}) =>
  completion('ok', {
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'ok', ...message },
        finish_reason: 'stop',
        ...choice,
      },
    ],
    ...more,
  });
const [head = '', ...tail] = chunks([]);
const frame = (choices: object[], more: object = {}) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...more })}\n\n`;
const stream = (frames: readonly string[]) => [head, ...frames, ...tail];
const deltas = (make: (piece: string) => object) => (pieces: readonly string[]) =>
  stream(pieces.map((piece) => frame([{ index: 0, delta: make(piece), finish_reason: null }])));
const choices = (make: (piece: string) => object) => (pieces: readonly string[]) =>
  stream(pieces.map((piece) => frame([{ index: 0, delta: {}, finish_reason: null, ...make(piece) }])));
const tops = (make: (piece: string) => object) => (pieces: readonly string[]) =>
  stream(
    pieces.map((piece) => frame([{ index: 0, delta: { content: 'a' }, finish_reason: null }], make(piece))),
  );
const call = (fields: object) => ({ tool_calls: [{ index: 0, ...fields }] });
const token = (text: string, more: object = {}) => ({ token: text, logprob: -0.5, ...more });
const probabilities = (tokens: object[]) => ({ logprobs: { content: tokens } });
const bytesOf = (text: string) => [...Buffer.from(text)];
const source = (text: string) => `{"a":"${escapeAll(text)}"}`;
/** Short pieces, as tokens are. */
const tokens = (text: string) => text.match(/.{1,4}/gsu) ?? [];

const STREAM = 'Portkey gateway 1.15.2: output guards are not enforced on streams';
const PLAIN = 'Portkey gateway 1.15.2: the refusal repeats the text that was found';
const FIELDS = 'OpenAI API reference: fields of a chat completion that carry text';
const LOGPROBS = 'OpenAI API reference: logprobs repeat the answer token by token';
const STRANGE = 'agentgateway#2956, AISIX #544: what a guard does not know of leaves unread';
const CHOICES = 'BerriAI/litellm PR 38721: with n = 2 only the first choice was read';

/** Every place in a chat completion where text can stand. */
export const chatReplies: readonly ReplyPlace[] = [
  {
    id: 'content',
    origin: `${PLAIN}; ${STREAM}`,
    plain: (t) => reply({ content: t }),
    stream: deltas((p) => ({ content: p })),
  },
  {
    id: 'refusal',
    origin: FIELDS,
    plain: (t) => reply({ refusal: t }),
    stream: deltas((p) => ({ refusal: p })),
  },
  {
    id: 'reasoning_content',
    origin: 'DeepSeek API: reasoning_content',
    plain: (t) => reply({ reasoning_content: t }),
    stream: deltas((p) => ({ reasoning_content: p })),
  },
  {
    id: 'reasoning',
    origin: 'OpenRouter API: reasoning',
    plain: (t) => reply({ reasoning: t }),
    stream: deltas((p) => ({ reasoning: p })),
  },
  {
    id: 'second choice',
    origin: CHOICES,
    plain: (t) =>
      completion('ok', {
        choices: ['ok', t].map((content, index) => ({
          index,
          message: { role: 'assistant', content },
          finish_reason: 'stop',
        })),
      }),
    stream: (pieces) =>
      stream(pieces.map((content) => frame([{ index: 1, delta: { content }, finish_reason: null }]))),
  },
  {
    id: 'two choices in a chunk',
    origin: CHOICES,
    stream: (pieces) =>
      stream(
        pieces.map((content) =>
          frame(
            [0, 1].map((index) => ({
              index,
              delta: { content: index === 0 ? 'a' : content },
              finish_reason: null,
            })),
          ),
        ),
      ),
  },
  {
    id: 'same choice twice in a chunk',
    origin: 'WHATWG HTML, section 9.2 and the clients’ way to add chunks up',
    stream: (pieces) =>
      stream([frame(pieces.map((content) => ({ index: 0, delta: { content }, finish_reason: null })))]),
  },
  {
    id: 'arguments',
    origin: FIELDS,
    source,
    plain: (t) =>
      reply({ tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: source(t) } }] }),
    stream: deltas((p) => call({ function: { arguments: p } })),
  },
  {
    id: 'arguments, key',
    origin: FIELDS,
    source: (t) => JSON.stringify({ [t]: 1 }),
    plain: (t) =>
      reply({
        tool_calls: [
          { id: 'c', type: 'function', function: { name: 'f', arguments: JSON.stringify({ [t]: 1 }) } },
        ],
      }),
    stream: deltas((p) => call({ function: { arguments: p } })),
  },
  {
    id: 'second call’s arguments',
    origin: FIELDS,
    source,
    stream: deltas((p) => ({ tool_calls: [{ index: 1, function: { arguments: p } }] })),
  },
  {
    id: 'function call of 2023',
    origin: FIELDS,
    source,
    plain: (t) => reply({ function_call: { name: 'f', arguments: source(t) } }),
    stream: deltas((p) => ({ function_call: { arguments: p } })),
  },
  {
    id: 'custom input',
    origin: FIELDS,
    plain: (t) => reply({ tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'f', input: t } }] }),
    stream: deltas((p) => call({ type: 'custom', custom: { input: p } })),
  },
  {
    id: 'call name',
    origin: FIELDS,
    plain: (t) =>
      reply({ tool_calls: [{ id: 'c', type: 'function', function: { name: t, arguments: '{}' } }] }),
    stream: deltas((p) => call({ function: { name: p } })),
    whole: true,
  },
  {
    id: 'call id',
    origin: FIELDS,
    plain: (t) =>
      reply({ tool_calls: [{ id: t, type: 'function', function: { name: 'f', arguments: '{}' } }] }),
    stream: deltas((p) => call({ id: p })),
    whole: true,
  },
  {
    id: 'annotations',
    origin: FIELDS,
    plain: (t) => reply({ annotations: [{ url_citation: { title: t } }] }),
    stream: deltas((p) => ({ annotations: [{ title: p }] })),
    whole: true,
  },
  {
    id: 'transcript',
    origin: FIELDS,
    plain: (t) => reply({ audio: { id: 'a', transcript: t } }),
    stream: deltas((p) => ({ audio: { transcript: p } })),
  },
  {
    id: 'role',
    origin: FIELDS,
    plain: (t) => reply({ role: t }),
    stream: ([role = '']) => [frame([{ index: 0, delta: { role }, finish_reason: null }]), ...tail],
    whole: true,
  },
  {
    id: 'finish reason',
    origin: FIELDS,
    plain: (t) => reply({}, { finish_reason: t }),
    stream: choices((p) => ({ finish_reason: p })),
    whole: true,
  },
  {
    id: 'token',
    origin: LOGPROBS,
    plain: (t) => reply({}, probabilities(tokens(t).map((p) => token(p)))),
    stream: choices((p) => probabilities([token(p)])),
  },
  {
    id: 'token bytes',
    origin: LOGPROBS,
    plain: (t) => reply({}, probabilities(tokens(t).map((p) => token('x', { bytes: bytesOf(p) })))),
    stream: choices((p) => probabilities([token('x', { bytes: bytesOf(p) })])),
  },
  {
    id: 'token bytes, some alike',
    origin: LOGPROBS,
    stream: (pieces) =>
      choices((p) => probabilities([token(p === pieces[0] ? p : 'x', { bytes: bytesOf(p) })]))(pieces),
  },
  {
    id: 'token, lower rank',
    origin: LOGPROBS,
    plain: (t) =>
      reply({}, probabilities(tokens(t).map((p) => token('x', { top_logprobs: [token('x'), token(p)] })))),
    stream: choices((p) => probabilities([token('x', { top_logprobs: [token('x'), token(p)] })])),
  },
  {
    id: 'refusal token',
    origin: LOGPROBS,
    plain: (t) => reply({}, { logprobs: { refusal: tokens(t).map((p) => token(p)) } }),
    stream: choices((p) => ({ logprobs: { refusal: [token(p)] } })),
  },
  {
    id: 'logprobs, unknown field',
    origin: LOGPROBS,
    plain: (t) => reply({}, { logprobs: { content: [token('a', { note: t })] } }),
    stream: choices((p) => ({ logprobs: { content: [token('a', { note: p })] } })),
    whole: true,
  },
  {
    id: 'unknown field',
    origin: STRANGE,
    plain: (t) => reply({ reasoning_details: [{ text: t }] }),
    stream: deltas((p) => ({ reasoning_details: [{ text: p }] })),
  },
  {
    id: 'unknown field, key',
    origin: STRANGE,
    plain: (t) => reply({ x: { [t]: 1 } }),
    stream: deltas((p) => ({ x: { [p]: 1 } })),
    whole: true,
  },
  {
    id: 'unknown field of a call',
    origin: STRANGE,
    plain: (t) => reply({ tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{}', x: t } }] }),
    stream: deltas((p) => call({ function: { thought_signature: p } })),
  },
  {
    id: 'unknown field of a choice',
    origin: STRANGE,
    plain: (t) => reply({}, { text: t }),
    stream: choices((p) => ({ text: p })),
  },
  {
    id: 'unknown field of a choice, deep',
    origin: STRANGE,
    plain: (t) => reply({}, { x: { message: { content: t } } }),
    stream: choices((p) => ({ message: { content: p } })),
  },
  {
    id: 'unknown field of the answer',
    origin: STRANGE,
    plain: (t) => reply({}, {}, { x: { y: [t] } }),
    stream: tops((p) => ({ message: { content: p } })),
  },
  {
    id: 'name of an unknown field',
    origin: STRANGE,
    plain: (t) => reply({}, {}, { [t]: 1 }),
    stream: tops((p) => ({ [p]: 1 })),
    whole: true,
  },
  {
    id: 'id',
    origin: FIELDS,
    plain: (t) => reply({}, {}, { id: t }),
    stream: tops((p) => ({ id: p })),
    whole: true,
  },
  {
    id: 'model',
    origin: FIELDS,
    plain: (t) => reply({}, {}, { model: t }),
    stream: tops((p) => ({ model: p })),
    whole: true,
  },
  {
    id: 'fingerprint',
    origin: FIELDS,
    plain: (t) => reply({}, {}, { system_fingerprint: t }),
    stream: tops((p) => ({ system_fingerprint: p })),
    whole: true,
  },
  {
    id: 'service tier',
    origin: FIELDS,
    plain: (t) => reply({}, {}, { service_tier: t }),
    stream: tops((p) => ({ service_tier: p })),
    whole: true,
  },
  {
    id: 'usage, unknown field',
    origin: FIELDS,
    plain: (t) => reply({}, {}, { usage: { prompt_tokens: 1, x: t } }),
    stream: tops((p) => ({ usage: { prompt_tokens: 1, x: p } })),
    whole: true,
  },
  {
    id: 'usage chunk, unknown field',
    origin: FIELDS,
    stream: ([p = '']) => stream([frame([], { usage: { prompt_tokens: 1, x: p } })]),
    whole: true,
  },
];
