import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Prompt, Reply, Usage } from '../../exchange/exchange.ts';
import { tokensIn, usageOf } from '../../exchange/usage.ts';
import { soundType, tokens } from '../media.ts';
import { Reading } from '../reading.ts';
import {
  array,
  count,
  type Fields,
  ident,
  number,
  object,
  opaque,
  readBody,
  required,
  type Shape,
  text,
  tree,
  usually,
} from '../shape.ts';
import { choice, logprobs } from './logprobs.ts';
import { functionCall, toolCalls } from './messages.ts';

/** What answers and the chunks of a streamed answer have in common. */

export const SERVICE_TIERS = usually('auto', 'default', 'flex', 'scale', 'priority', 'fast');
export const FINISH_REASONS = usually('stop', 'length', 'tool_calls', 'content_filter', 'function_call');

const usage = object({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: object({ cached_tokens: count, audio_tokens: count, cache_write_tokens: count }),
  completion_tokens_details: object({
    reasoning_tokens: count,
    audio_tokens: count,
    accepted_prediction_tokens: count,
    rejected_prediction_tokens: count,
  }),
});

export const envelope: Fields = {
  id: ident,
  created: number,
  model: ident,
  system_fingerprint: ident,
  service_tier: SERVICE_TIERS,
  usage,
  moderation: tree('other'),
  metadata: tree('other'),
  prompt_token_ids: tokens,
};

export function readUsage(value: Json | undefined): Usage | undefined {
  if (!isObject(value)) return undefined;
  const input = tokensIn(value.prompt_tokens);
  if (input === undefined) return undefined;
  const { prompt_tokens_details: read, completion_tokens_details: written } = value;
  return usageOf(input, tokensIn(value.completion_tokens) ?? 0, {
    cached: isObject(read) ? read.cached_tokens : undefined,
    cacheWrite: isObject(read) ? read.cache_write_tokens : undefined,
    reasoning: isObject(written) ? written.reasoning_tokens : undefined,
  });
}

/** One shape for each sound format that the request can name, since the answer does not say it again. */
export function byAudio(make: (audio: Shape) => Shape): (prompt: Prompt) => Shape {
  const shapes = new Map<string, Shape>();
  for (const format of ['unknown', 'wav', 'aac', 'mp3', 'flac', 'opus', 'pcm16']) {
    shapes.set(format, make(opaque(format === 'unknown' ? format : soundType(format))));
  }
  return ({ body }) => {
    const format = isObject(body.audio) ? body.audio.format : undefined;
    return (shapes.get(String(format)) ?? shapes.get('unknown')) as Shape;
  };
}

const replyFor = byAudio((audio) =>
  object({
    ...envelope,
    object: usually('chat.completion'),
    choices: required(
      array(
        choice(
          object({
            index: count,
            finish_reason: FINISH_REASONS,
            token_ids: tokens,
            logprobs: logprobs(false),
            message: required(
              object({
                role: usually('assistant'),
                content: text('assistant'),
                refusal: text('assistant'),
                reasoning_content: text('reasoning'),
                reasoning: text('reasoning'),
                tool_calls: toolCalls,
                function_call: functionCall,
                annotations: tree('document'),
                audio: object({ id: ident, data: audio, transcript: text('assistant'), expires_at: number }),
              }),
            ),
          }),
        ),
      ),
    ),
  }),
);

export function readChatReply(body: JsonObject, prompt: Prompt): Reply {
  const reading = new Reading('upstream');
  readBody(replyFor(prompt), body, reading);
  return {
    slots: reading.slots,
    opaque: reading.opaque,
    tools: reading.tools.called,
    usage: readUsage(body.usage),
    body,
  };
}
