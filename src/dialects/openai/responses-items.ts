import { isObject, type Json } from '../../base/json.ts';
import type { Provenance } from '../../exchange/part.ts';
import { encryptedReasoning, serverHistory } from '../media.ts';
import type { Holder } from '../reading.ts';
import {
  array,
  bool,
  checked,
  type Fields,
  ident,
  jsonText,
  name,
  parts,
  required,
  type Shape,
  text,
  toolName,
  tree,
  usually,
  variant,
} from '../shape.ts';
import { choice, tokenList } from './logprobs.ts';
import { content, toolOutput } from './responses-content.ts';

/** What a conversation of the Responses API is made of: items, in requests and in answers. */

/** Most items of an answer and parts of an item, which bounds the channels of a stream. */
export const MAX_PLACES = 1024;

const state: Fields = {
  status: usually('in_progress', 'completed', 'incomplete'),
  created_by: ident,
};

const call: Fields = {
  call_id: name('other'),
  name: required(toolName('called')),
  namespace: name('other'),
  caller: tree('other'),
  async: bool,
};

const inPart = (provenance: Provenance) => required(text(provenance, { part: true }));

/** Items that the model makes. */
const made = (common: Fields, reasoning: Fields = common): Readonly<Record<string, Fields>> => ({
  function_call: { ...common, ...call, arguments: jsonText('tool-arguments') },
  custom_tool_call: { ...common, ...call, input: text('tool-arguments') },
  reasoning: {
    ...reasoning,
    summary: parts(variant('type', { summary_text: { text: inPart('reasoning') } })),
    content: parts(variant('type', { reasoning_text: { text: inPart('reasoning') } })),
    encrypted_content: encryptedReasoning,
  },
  /** A conversation made shorter by the upstream, for itself alone to read. */
  compaction: { ...common, encrypted_content: required(encryptedReasoning) },
});

/** A part of an answer. Also what a stream adds to an item, part by part. */
export const outputPart: Shape = choice(
  variant('type', {
    output_text: {
      text: inPart('assistant'),
      annotations: tree('document'),
      logprobs: tokenList(false),
    },
    refusal: { refusal: required(text('assistant')) },
    reasoning_text: { text: inPart('reasoning') },
    summary_text: { text: inPart('reasoning') },
  }),
);

const phase = usually('commentary', 'final_answer');

/** An item of an answer. What only tools of the upstream's make was not asked for, so it is no variant here. */
const said: Fields = { id: ident, ...state };
export const outputItem = variant('type', {
  message: { ...said, role: usually('assistant'), phase, content: required(array(outputPart)) },
  ...made(said),
});

/**
 * The id of an item that comes whole is not passed on: a server that keeps what it said could go by the id, and take
 * what it has said to another caller.
 */
const forgotten: Shape = (value, holder, key, path, reading) => {
  if (typeof value !== 'string') reading.refuse(path, 'It must be a string.');
  delete holder[key];
};
const whole: Fields = { id: forgotten, ...state };

const kept = serverHistory(
  'Ask with `include: ["reasoning.encrypted_content"]`, and send items back as they came.',
);

/** Reasoning comes whole where it is encrypted, and else is looked up. */
const reasoningId: Shape = (value, holder, key, path, reading) => {
  const shape = isEncrypted(holder) ? forgotten : kept;
  shape(value, holder, key, path, reading);
};
const isEncrypted = ({ encrypted_content: content }: Holder): boolean => (content ?? '') !== '';

/**
 * Where nothing is kept, reasoning that is not encrypted is what it says, and without a text nothing: clients send back
 * all that an answer held.
 */
export function forgetReasoning(input: readonly Json[]): Json[] {
  return input.filter((item) => {
    if (!isObject(item) || item.type !== 'reasoning' || isEncrypted(item)) return true;
    delete item.id;
    return [item.summary, item.content].some((parts) => Array.isArray(parts) && parts.length > 0);
  });
}

const speaker: Fields = { ...whole, type: checked, phase };

const message = variant('role', {
  system: { ...speaker, content: required(content('system')) },
  developer: { ...speaker, content: required(content('system')) },
  user: { ...speaker, content: required(content('user')) },
  assistant: { ...speaker, content: required(content('assistant')) },
});

const output: Fields = {
  ...whole,
  call_id: required(name('other')),
  output: required(toolOutput),
  caller: tree('other'),
};

const other = variant('type', {
  ...made(whole, { ...state, id: reasoningId }),
  function_call_output: output,
  custom_tool_call_output: output,
  item_reference: { id: required(serverHistory('Send the item itself in `input`.')) },
});

/** An item of a request. */
export const inputItem: Shape = (value, holder, key, path, reading) => {
  const shape = isObject(value) && (value.type ?? 'message') === 'message' ? message : other;
  shape(value, holder, key, path, reading);
};

const definition: Fields = {
  name: required(toolName('declared')),
  description: text('tool-definition'),
  allowed_callers: array(usually('direct')),
  async: bool,
  defer_loading: bool,
};

/** Tools that the client runs. A tool that the upstream would run is no variant here, so it is not passed on. */
export const responseTools = array(
  variant('type', {
    function: {
      ...definition,
      parameters: tree('tool-definition'),
      output_schema: tree('tool-definition'),
      strict: bool,
    },
    custom: {
      ...definition,
      format: variant('type', {
        text: {},
        grammar: { definition: required(text('tool-definition')), syntax: required(ident) },
      }),
    },
  }),
);

const chosen: Readonly<Record<string, Fields>> = {
  function: { name: required(name('tool-definition')) },
  custom: { name: required(name('tool-definition')) },
};

export const toolChoice = variant('type', {
  ...chosen,
  allowed_tools: { mode: usually('auto', 'required'), tools: required(array(variant('type', chosen))) },
});
