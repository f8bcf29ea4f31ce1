import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Prompt } from '../../exchange/exchange.ts';
import { serverHistory } from '../media.ts';
import { Reading } from '../reading.ts';
import {
  array,
  bool,
  checked,
  count,
  either,
  ident,
  name,
  number,
  object,
  readBody,
  required,
  text,
  tree,
  usually,
  variant,
} from '../shape.ts';
import { SERVICE_TIERS } from './chat-reply.ts';
import { REACHING } from './reaching.ts';
import { forgetReasoning, inputItem, responseTools, toolChoice } from './responses-items.ts';

const history = serverHistory('Send what was said before in `input`.');

const request = object({
  model: required(name('other')),
  input: either({ string: text('user'), array: array(inputItem) }),
  instructions: text('system'),
  stream: bool,
  stream_options: object({ include_obfuscation: bool }),
  max_output_tokens: count,

  tools: responseTools,
  tool_choice: either({ string: usually('none', 'auto', 'required'), object: toolChoice }),
  parallel_tool_calls: bool,
  max_tool_calls: count,
  text: object({ format: tree('other'), verbosity: usually('low', 'medium', 'high') }),
  reasoning: object({
    effort: usually('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
    summary: usually('auto', 'concise', 'detailed'),
    generate_summary: usually('auto', 'concise', 'detailed'),
  }),

  temperature: number,
  top_p: number,
  top_logprobs: number,
  truncation: usually('auto', 'disabled'),
  include: array(usually('reasoning.encrypted_content', 'message.output_text.logprobs')),
  context_management: array(variant('type', { compaction: { compact_threshold: count } })),

  user: ident,
  metadata: tree('other'),
  safety_identifier: ident,
  prompt_cache_key: ident,
  prompt_cache_retention: ident,
  prompt_cache_options: tree('other'),
  service_tier: SERVICE_TIERS,
  moderation: tree('other'),

  previous_response_id: history,
  conversation: either({ string: history, object: object({ id: required(history) }) }),
  prompt: object({
    id: required(serverHistory('Send the text of the template in `instructions` and `input`.')),
    version: ident,
    variables: tree('user'),
  }),
  // Read below: what it says goes by whether it is there.
  store: checked,
  background: bool,
  ...REACHING,
});

export function readResponsesRequest(body: JsonObject): Prompt {
  const reading = new Reading('client');
  if (Array.isArray(body.input) && !goesOn(body)) body.input = forgetReasoning(body.input);
  readBody(request, body, reading);
  const { model, stream, max_output_tokens: limit } = body;
  if (model === '') reading.refuse('/model', 'It is empty.');
  return {
    model: model as string,
    stream: stream === true,
    choices: 1,
    maxOutput: typeof limit === 'number' ? limit : undefined,
    keeps: body.background === true ? readBackground(body, reading) : readStore(body, reading),
    background: body.background === true,
    recalls: recalled(body),
    slots: reading.slots,
    opaque: reading.opaque,
    tools: reading.tools.declared,
    body,
  };
}

/** Where a request says nothing the API keeps it for 30 days; here nothing is kept that nobody asked to keep. */
function readStore(body: JsonObject, reading: Reading): boolean {
  const store = body.store ?? false;
  body.store = store;
  if (typeof store !== 'boolean') return reading.refuse('/store', 'It must be true or false.');
  if (store) {
    const hint = 'Leave `store` out, and send what was said before in `input`.';
    reading.opaque.push({ path: '/store', media: 'server-history', hint });
  }
  return store;
}

/** An answer in the background is kept until it is asked for: it cannot be had without. */
function readBackground(body: JsonObject, reading: Reading): boolean {
  if ((body.store ?? true) !== true) reading.refuse('/store', 'With `background` it must be true.');
  if (body.stream === true)
    reading.unsupported('/stream', 'With `background`, leave it out and ask again for the answer by its id.');
  body.store = true;
  const hint = 'Leave `background` out and use `stream`.';
  reading.opaque.push({ path: '/background', media: 'background', hint });
  return true;
}

/** It is part of a history that the upstream keeps, or begins one. */
const goesOn = ({ store, background, previous_response_id: before, conversation }: JsonObject): boolean =>
  store === true || background === true || (before ?? conversation ?? null) !== null;

/**
 * Ids of answers, conversations and items that the upstream keeps; those of items that come whole are gone by now.
 * Templates are the organisation's, not a caller's.
 */
function recalled({ previous_response_id: before, conversation, input }: JsonObject): string[] {
  const ids: (Json | undefined)[] = [before, isObject(conversation) ? conversation.id : conversation];
  for (const item of Array.isArray(input) ? input : [])
    if (isObject(item) && REFERENCES.has(item.type)) ids.push(item.id);
  return ids.filter((id) => typeof id === 'string');
}
const REFERENCES: ReadonlySet<unknown> = new Set(['item_reference', 'reasoning']);
