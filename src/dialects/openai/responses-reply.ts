import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Prompt, Reply, Usage } from '../../exchange/exchange.ts';
import { Reading } from '../reading.ts';
import {
  bool,
  count,
  either,
  type Fields,
  ident,
  number,
  object,
  parts,
  readBody,
  required,
  text,
  tree,
  usually,
} from '../shape.ts';
import { SERVICE_TIERS } from './chat-reply.ts';
import { outputItem } from './responses-items.ts';

const usage = object({
  input_tokens: count,
  output_tokens: count,
  total_tokens: count,
  input_tokens_details: object({ cached_tokens: count, cache_write_tokens: count }),
  output_tokens_details: object({ reasoning_tokens: count }),
});

/** An answer, which also says again what was asked. */
const envelope: Fields = {
  id: ident,
  object: usually('response'),
  status: usually('completed', 'failed', 'in_progress', 'cancelled', 'queued', 'incomplete'),
  created_at: number,
  completed_at: number,
  model: ident,
  error: object({ code: ident, message: text('other'), type: ident, param: ident }),
  incomplete_details: object({ reason: usually('max_output_tokens', 'content_filter') }),
  usage,
  // Made by clients out of `output`, and by some servers.
  output_text: text('assistant'),

  instructions: either({ string: text('system'), array: tree('system') }),
  tools: tree('tool-definition'),
  tool_choice: either({ string: usually('none', 'auto', 'required'), object: tree('tool-definition') }),
  parallel_tool_calls: bool,
  max_output_tokens: count,
  max_tool_calls: count,
  text: tree('other'),
  reasoning: tree('other'),
  temperature: number,
  top_p: number,
  top_logprobs: number,
  truncation: usually('auto', 'disabled'),
  previous_response_id: ident,
  conversation: tree('other'),
  prompt: tree('other'),
  prompt_cache_key: ident,
  prompt_cache_retention: ident,
  safety_identifier: ident,
  user: ident,
  metadata: tree('other'),
  service_tier: SERVICE_TIERS,
  store: bool,
  background: bool,
};

/** Texts of all messages are read as one: the clients' `output_text` puts them together. */
const output = parts(outputItem);

const reply = object({ ...envelope, output: required(output) });

/** An answer on its way, which may not have anything yet. */
export const response = object({ ...envelope, output });

export function readResponseUsage(value: Json | undefined): Usage | undefined {
  if (!isObject(value) || typeof value.input_tokens !== 'number') return undefined;
  const tokens = (holder: Json | undefined, name: string) => (isObject(holder) ? holder[name] : undefined);
  const details = (name: string, said: Json | undefined) =>
    typeof said === 'number' ? { [name]: said } : {};
  const { input_tokens, output_tokens, input_tokens_details: read, output_tokens_details: made } = value;
  return {
    input: input_tokens,
    output: typeof output_tokens === 'number' ? output_tokens : 0,
    ...details('cached', tokens(read, 'cached_tokens')),
    ...details('cacheWrite', tokens(read, 'cache_write_tokens')),
    ...details('reasoning', tokens(made, 'reasoning_tokens')),
  };
}

/** States in which an answer stays what it is. */
const OVER: ReadonlySet<Json | undefined> = new Set(['completed', 'failed', 'cancelled', 'incomplete']);

export function readResponse(body: JsonObject, prompt: Prompt): Reply {
  const reading = new Reading('upstream');
  const pending = prompt.background === true && !OVER.has(body.status);
  // What is half done was not paid for yet, and guards could not see it as a whole.
  if (pending) {
    body.output = [];
    delete body.output_text;
  }
  readBody(reply, body, reading);
  return {
    slots: reading.slots,
    opaque: reading.opaque,
    tools: reading.tools.called,
    usage: pending ? undefined : readResponseUsage(body.usage),
    kept: prompt.keeps === true ? idsOf(body) : [],
    body,
  };
}

/** The ids by which a later request could name the answer or a part of it. */
export function idsOf({ id, output }: JsonObject): string[] {
  const items = Array.isArray(output) ? output : [];
  return [id, ...items.map((item) => (isObject(item) ? item.id : undefined))].filter(
    (one) => typeof one === 'string',
  );
}
