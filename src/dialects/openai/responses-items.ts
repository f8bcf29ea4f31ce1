import { isObject } from '../../base/json.ts';
import type { Provenance } from '../../exchange/part.ts';
import { encryptedReasoning, serverHistory } from '../media.ts';
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

const common: Fields = {
  id: ident,
  status: usually('in_progress', 'completed', 'incomplete'),
  created_by: ident,
};

const call: Fields = {
  ...common,
  call_id: name('other'),
  name: required(toolName('called')),
  namespace: name('other'),
  caller: tree('other'),
  async: bool,
};

const inPart = (provenance: Provenance) => required(text(provenance, { part: true }));

/** Items that the model makes. */
const made: Readonly<Record<string, Fields>> = {
  function_call: { ...call, arguments: jsonText('tool-arguments') },
  custom_tool_call: { ...call, input: text('tool-arguments') },
  reasoning: {
    ...common,
    summary: parts(variant('type', { summary_text: { text: inPart('reasoning') } })),
    content: parts(variant('type', { reasoning_text: { text: inPart('reasoning') } })),
    encrypted_content: encryptedReasoning,
  },
  /** A conversation made shorter by the upstream, for itself alone to read. */
  compaction: { ...common, encrypted_content: required(encryptedReasoning) },
};

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
export const outputItem = variant('type', {
  message: { ...common, role: usually('assistant'), phase, content: required(array(outputPart)) },
  ...made,
});

const speaker: Fields = { ...common, type: checked, phase };

const message = variant('role', {
  system: { ...speaker, content: required(content('system')) },
  developer: { ...speaker, content: required(content('system')) },
  user: { ...speaker, content: required(content('user')) },
  assistant: { ...speaker, content: required(content('assistant')) },
});

const output: Fields = {
  ...common,
  call_id: required(name('other')),
  output: required(toolOutput),
  caller: tree('other'),
};

const other = variant('type', {
  ...made,
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
