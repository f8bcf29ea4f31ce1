import type { JsonObject } from '../../base/json.ts';
import type { Prompt } from '../../exchange/exchange.ts';
import { Reading } from '../reading.ts';
import {
  array,
  bool,
  count,
  either,
  ident,
  integer,
  name,
  number,
  object,
  only,
  readBody,
  required,
  tree,
  usually,
} from '../shape.ts';
import { functionDefinition, messages, prediction, tools } from './messages.ts';
import { REACHING } from './reaching.ts';

/** Most answers to one request: what the API allows, and what bounds the channels of a stream. */
export const MAX_CHOICES = 128;

const request = object({
  model: required(name('other')),
  messages: required(messages),
  stream: bool,
  stream_options: object({ include_usage: bool, include_obfuscation: bool }),
  n: integer(1, MAX_CHOICES),
  max_tokens: count,
  max_completion_tokens: count,

  tools,
  tool_choice: either({ string: usually('none', 'auto', 'required'), object: tree('tool-definition') }),
  parallel_tool_calls: bool,
  functions: array(functionDefinition),
  function_call: either({ string: usually('none', 'auto'), object: tree('tool-definition') }),
  response_format: tree('other'),
  prediction,

  temperature: number,
  top_p: number,
  frequency_penalty: number,
  presence_penalty: number,
  seed: number,
  logprobs: bool,
  top_logprobs: number,
  logit_bias: tree('other'),
  stop: either({ string: ident, array: array(ident) }),
  reasoning_effort: usually('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
  verbosity: usually('low', 'medium', 'high'),
  modalities: array(usually('text', 'audio')),
  audio: object({ format: ident, voice: tree('other') }),

  user: ident,
  metadata: tree('other'),
  safety_identifier: ident,
  prompt_cache_key: ident,
  prompt_cache_retention: ident,
  prompt_cache_options: tree('other'),
  service_tier: usually('auto', 'default', 'flex', 'scale', 'priority', 'fast'),
  moderation: tree('other'),

  store: only(false, 'The model server would keep the conversation; leave `store` out.'),
  ...REACHING,
});

export function readChatRequest(body: JsonObject): Prompt {
  const reading = new Reading('client');
  readBody(request, body, reading);
  const { model, stream, n, max_tokens, max_completion_tokens } = body;
  if (model === '') reading.refuse('/model', 'It is empty.');
  const limits = [max_tokens, max_completion_tokens].filter((limit) => typeof limit === 'number');
  return {
    model: model as string,
    stream: stream === true,
    choices: typeof n === 'number' ? n : 1,
    maxOutput: limits.length === 0 ? undefined : Math.max(...limits),
    slots: reading.slots,
    opaque: reading.opaque,
    tools: reading.tools.declared,
    usageHidden: stream === true && askForUsage(body),
    body,
  };
}

/** Quotas go by what was used, so a stream must say it. True where the client had not asked for it. */
export function askForUsage(body: JsonObject): boolean {
  const options = (body.stream_options ?? {}) as JsonObject;
  if (options.include_usage === true) return false;
  body.stream_options = { ...options, include_usage: true };
  return true;
}
