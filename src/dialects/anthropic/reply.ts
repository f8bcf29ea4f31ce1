import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Reply, Usage } from '../../exchange/exchange.ts';
import { tokensIn, usageOf } from '../../exchange/usage.ts';
import { NO_USAGE } from '../dialect.ts';
import { Reading } from '../reading.ts';
import {
  count,
  type Fields,
  ident,
  object,
  parts,
  readBody,
  required,
  text,
  tree,
  usually,
  variant,
} from '../shape.ts';
import { redactedThinking, thinking, toolUse } from './blocks.ts';

export const stopping: Fields = {
  stop_reason: usually(
    'end_turn',
    'max_tokens',
    'stop_sequence',
    'tool_use',
    'pause_turn',
    'refusal',
    'model_context_window_exceeded',
  ),
  stop_sequence: text('assistant'),
  stop_details: tree('other'),
  container: tree('other'),
};

export const usage = object({
  input_tokens: count,
  output_tokens: count,
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
  cache_creation: object({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }),
  output_tokens_details: object({ thinking_tokens: count }),
  server_tool_use: object({ web_search_requests: count, web_fetch_requests: count }),
  service_tier: usually('standard', 'priority', 'batch'),
  speed: usually('standard', 'fast'),
  inference_geo: ident,
});

/** What an answer and the start of a streamed one have in common. */
export const envelope: Fields = {
  id: ident,
  type: usually('message'),
  role: usually('assistant'),
  model: ident,
  ...stopping,
  usage,
  diagnostics: tree('other'),
  context_management: tree('other'),
};

const message = object({
  ...envelope,
  content: required(
    parts(
      variant('type', {
        text: { text: required(text('assistant', { part: true })), citations: tree('document') },
        tool_use: toolUse,
        thinking,
        redacted_thinking: redactedThinking,
      }),
    ),
  ),
});

/** Tokens in and out. Those read from and written to the cache are counted beside `input_tokens` there. */
export function readUsage(value: Json | undefined): Usage | undefined {
  if (!isObject(value)) return undefined;
  const tokens = (name: string) => tokensIn(value[name]) ?? 0;
  const cacheWrite = tokens('cache_creation_input_tokens');
  const cached = tokens('cache_read_input_tokens');
  const { output_tokens_details: written } = value;
  return usageOf(tokens('input_tokens') + cacheWrite + cached, tokens('output_tokens'), {
    cached,
    cacheWrite,
    reasoning: isObject(written) ? written.thinking_tokens : undefined,
  });
}

export function readMessage(body: JsonObject): Reply {
  const reading = new Reading('upstream');
  readBody(message, body, reading);
  return {
    slots: reading.slots,
    opaque: reading.opaque,
    tools: reading.tools.called,
    usage: readUsage(body.usage),
    body,
  };
}

const counted = object({ input_tokens: required(count), context_management: tree('other') });

/** Counting uses no tokens. */
export function readTokenCount(body: JsonObject): Reply {
  const reading = new Reading('upstream');
  readBody(counted, body, reading);
  return { slots: reading.slots, opaque: reading.opaque, usage: NO_USAGE, body };
}
