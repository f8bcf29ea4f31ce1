import type { ReplyPlace } from './matrix.ts';
import { escapeAll } from './text.ts';

const base = { id: 'resp_1', object: 'response', created_at: 1, model: 'm' };
const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };
const whole = (output: object[], more: object = {}) => ({
  ...base,
  status: 'completed',
  output,
  usage,
  ...more,
});
const part = (text: string, more: object = {}) => ({ type: 'output_text', text, annotations: [], ...more });
const message = (...content: object[]) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content,
});
const call = (fields: object) => ({ id: 'i_1', call_id: 'c_1', name: 'f', ...fields });
const source = (text: string) => `{"a":"${escapeAll(text)}"}`;

/** Events numbered and framed, in an answer that begins and ends. */
function stream(events: readonly object[], output: readonly object[], more: object = {}): string[] {
  const all = [
    { type: 'response.created', response: { ...base, status: 'in_progress', output: [] } },
    ...events,
    { type: 'response.completed', response: whole([...output], more) },
  ];
  return all.map((event, sequence_number) => {
    const { type } = event as { type: string };
    return `event: ${type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`;
  });
}

/** A text said as OpenAI's servers say it: in pieces, and again at the end of itself, its part, its item, the answer. */
function saying(
  names: { readonly text: string; readonly part: string; readonly index: string },
  field: string,
  begun: object,
  item: (text: string) => object,
  partOf: (text: string) => object,
): (pieces: readonly string[]) => string[] {
  return (pieces) => {
    const at = { item_id: 'msg_1', output_index: 0, [names.index]: 0 };
    const text = pieces.join('');
    return stream(
      [
        { type: 'response.output_item.added', output_index: 0, item: begun },
        { type: `response.${names.part}.added`, ...at, part: partOf('') },
        ...pieces.map((delta) => ({ type: `response.${names.text}.delta`, ...at, delta })),
        { type: `response.${names.text}.done`, ...at, [field]: text },
        { type: `response.${names.part}.done`, ...at, part: partOf(text) },
        { type: 'response.output_item.done', output_index: 0, item: item(text) },
      ],
      [item(text)],
    );
  };
}

/** Only the end says it: servers that do not stream a kind of item piece by piece. */
const atOnce = (item: (text: string) => object) => (pieces: readonly string[]) =>
  stream(
    [
      { type: 'response.output_item.added', output_index: 0, item: item('') },
      { type: 'response.output_item.done', output_index: 0, item: item(pieces.join('')) },
    ],
    [item(pieces.join(''))],
  );

const calling = (kind: string, name: string, field: string, type: string) => {
  const item = (text: string) => call({ type: kind, [field]: text });
  return (pieces: readonly string[]) => {
    const at = { item_id: 'i_1', output_index: 0 };
    const text = pieces.join('');
    return stream(
      [
        { type: 'response.output_item.added', output_index: 0, item: item('') },
        ...pieces.map((delta) => ({ type: `response.${name}.delta`, ...at, delta })),
        { type: `response.${name}.done`, ...at, [type]: text },
        { type: 'response.output_item.done', output_index: 0, item: item(text) },
      ],
      [item(text)],
    );
  };
};

const FIELDS = 'OpenAI API reference: fields of Responses that carry text';
const AGAIN = 'OpenAI API reference: Responses say each text of a stream up to five times';
const JOINED = 'openai-node: output_text joins the texts of all messages';
const STRANGE = 'agentgateway#2956, AISIX #544: what a guard does not know of leaves unread';

const TEXT = { text: 'output_text', part: 'content_part', index: 'content_index' };
const SUMMARY = {
  text: 'reasoning_summary_text',
  part: 'reasoning_summary_part',
  index: 'summary_index',
};
const thought = (fields: object) => ({ id: 'msg_1', type: 'reasoning', summary: [], ...fields });
const summary = (text: string) => thought({ summary: [{ type: 'summary_text', text }] });
const thinking = (text: string) => thought({ content: [{ type: 'reasoning_text', text }] });

/** Every place in an answer of the Responses API where text can stand. */
export const responsesReplies: readonly ReplyPlace[] = [
  {
    id: 'text',
    origin: AGAIN,
    plain: (t) => whole([message(part(t))]),
    stream: saying(TEXT, 'text', message(), (t) => message(part(t)), part),
  },
  {
    id: 'text, a message a piece',
    origin: JOINED,
    plain: (t) => whole([...t].map((letter, at) => ({ ...message(part(letter)), id: `msg_${at}` }))),
    stream: (pieces) => {
      const items = pieces.map((piece, at) => ({ ...message(part(piece)), id: `msg_${at}` }));
      return stream(
        items.flatMap((item, output_index) => [
          { type: 'response.output_item.added', output_index, item: { ...item, content: [] } },
          { type: 'response.output_item.done', output_index, item },
        ]),
        items,
      );
    },
  },
  {
    id: 'text, at once',
    origin: AGAIN,
    whole: true,
    stream: atOnce((t) => (t === '' ? message() : message(part(t)))),
  },
  {
    id: 'text, only in the whole',
    origin: AGAIN,
    whole: true,
    stream: (pieces) => stream([], [message(part(pieces.join('')))]),
  },
  {
    id: 'refusal',
    origin: FIELDS,
    plain: (t) => whole([message({ type: 'refusal', refusal: t })]),
    stream: saying(
      { ...TEXT, text: 'refusal' },
      'refusal',
      message(),
      (refusal) => message({ type: 'refusal', refusal }),
      (refusal) => ({ type: 'refusal', refusal }),
    ),
  },
  {
    id: 'reasoning summary',
    origin: FIELDS,
    plain: (t) => whole([summary(t)]),
    stream: saying(SUMMARY, 'text', thought({}), summary, (text) => ({ type: 'summary_text', text })),
  },
  {
    id: 'reasoning',
    origin: FIELDS,
    plain: (t) => whole([thinking(t)]),
    stream: saying({ ...TEXT, text: 'reasoning_text' }, 'text', thought({}), thinking, (text) => ({
      type: 'reasoning_text',
      text,
    })),
  },
  {
    id: 'arguments',
    origin: FIELDS,
    source,
    plain: (t) => whole([call({ type: 'function_call', arguments: source(t) })]),
    stream: calling('function_call', 'function_call_arguments', 'arguments', 'arguments'),
  },
  {
    id: 'custom call',
    origin: FIELDS,
    plain: (t) => whole([call({ type: 'custom_tool_call', input: t })]),
    stream: calling('custom_tool_call', 'custom_tool_call_input', 'input', 'input'),
  },
  {
    id: 'call name',
    origin: FIELDS,
    whole: true,
    plain: (t) => whole([call({ type: 'function_call', name: t, arguments: '{}' })]),
    stream: (pieces) =>
      atOnce(() => call({ type: 'function_call', name: pieces.join(''), arguments: '{}' }))(pieces),
  },
  {
    id: 'annotation',
    origin: FIELDS,
    whole: true,
    plain: (t) => whole([message(part('a', { annotations: [{ type: 'url_citation', title: t }] }))]),
    stream: (pieces) => {
      const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
      const annotation = { type: 'url_citation', title: pieces.join('') };
      return stream(
        [
          { type: 'response.output_item.added', output_index: 0, item: message() },
          { type: 'response.content_part.added', ...at, part: part('') },
          { type: 'response.output_text.annotation.added', ...at, annotation_index: 0, annotation },
        ],
        [message(part(''))],
      );
    },
  },
  {
    id: 'error message',
    origin: FIELDS,
    plain: (t) => whole([], { error: { code: 'x', message: t } }),
  },
  {
    id: 'echo of the instructions',
    origin: FIELDS,
    whole: true,
    plain: (t) => whole([], { instructions: t }),
    stream: (pieces) => stream([], [], { instructions: pieces.join('') }),
  },
  {
    id: 'unknown field',
    origin: STRANGE,
    whole: true,
    plain: (t) => whole([], { thoughts: [t] }),
    stream: (pieces) => stream([], [], { thoughts: [pieces.join('')] }),
  },
  {
    id: 'unknown field of pieces',
    origin: STRANGE,
    stream: (pieces) => {
      const at = { item_id: 'msg_1', output_index: 0, content_index: 0, delta: '' };
      return stream(
        [
          { type: 'response.output_item.added', output_index: 0, item: message() },
          ...pieces.map((thoughts) => ({ type: 'response.output_text.delta', ...at, thoughts })),
        ],
        [message()],
      );
    },
  },
];

const completion = (choice: object) => ({
  id: 'cmpl-1',
  object: 'text_completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, text: '', logprobs: null, finish_reason: 'stop', ...choice }],
});
const COMPLETIONS = 'OpenAI API reference: Completions';
const chunks = (make: (piece: string) => object) => (pieces: readonly string[]) => [
  ...[...pieces.map((piece) => ({ finish_reason: null, ...make(piece) })), {}].map(
    (choice) => `data: ${JSON.stringify(completion(choice))}\n\n`,
  ),
  'data: [DONE]\n\n',
];
const logprobs = (tokens: readonly string[], top: readonly object[] = []) => ({
  logprobs: { tokens, token_logprobs: tokens.map(() => -1), top_logprobs: top },
});

/** Every place in a completion where text can stand. */
export const completionReplies: readonly ReplyPlace[] = [
  {
    id: 'text',
    origin: COMPLETIONS,
    plain: (text) => completion({ text }),
    stream: chunks((text) => ({ text })),
  },
  {
    id: 'tokens',
    origin: COMPLETIONS,
    plain: (t) => completion({ text: 'a', ...logprobs([...t]) }),
    stream: chunks((t) => ({ text: 'a', ...logprobs([t]) })),
    quiet: false,
  },
  {
    id: 'unknown field',
    origin: STRANGE,
    plain: (t) => completion({ thoughts: t }),
    stream: chunks((thoughts) => ({ thoughts })),
  },
];
