import { isObject, type JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Answered, AnswerPart, StopReason } from '../../exchange/conversation.ts';
import type { Prompt, Usage } from '../../exchange/exchange.ts';
import { objects, ownId, present, stopOf, textOf } from '../translate.ts';
import { untold } from './chat-translate-reply.ts';
import { readResponseUsage } from './responses-reply.ts';
import { readReasoning, readSaid } from './responses-translate-items.ts';

/** Whole answers. */

export function readResponsesAnswer(body: JsonObject): Answered {
  if (body.status === 'failed') throw new Refusal('upstream_failed');
  const parts = objects(body.output).flatMap(readItem);
  return {
    id: typeof body.id === 'string' ? body.id : '',
    model: typeof body.model === 'string' ? body.model : '',
    ...(typeof body.created_at === 'number' && { created: Math.trunc(body.created_at) }),
    choices: [{ parts, stop: stopIn(body, parts) }],
    usage: readResponseUsage(body.usage),
  };
}

export function readItem(item: JsonObject): AnswerPart[] {
  switch (item.type) {
    case 'message':
      return readSaid(item.content, '/output');
    case 'reasoning':
      return readReasoning(item);
    case 'function_call': {
      const { call_id: id, name, arguments: args } = item;
      if (typeof id !== 'string') return untold();
      return [
        {
          kind: 'tool-call',
          id,
          name: name as string,
          arguments: typeof args === 'string' ? args : '',
        },
      ];
    }
    default:
      return untold();
  }
}

/** Why an answer ended. @param parts what it says */
export function stopIn(
  { incomplete_details: details }: JsonObject,
  parts: readonly AnswerPart[],
): StopReason {
  const reason = isObject(details) ? details.reason : undefined;
  if (reason === 'max_output_tokens') return 'length';
  if (reason === 'content_filter') return 'content-filter';
  const says = (kind: AnswerPart['kind']) => parts.some((part) => part.kind === kind);
  return stopOf('stop', { calls: says('tool-call'), refusal: says('refusal') });
}

/** How an answer ended, in the words of this API. @param declined the model's own no stands in the answer */
export function writeEnding(stop: StopReason, declined: boolean): { status: string; reason?: string } {
  switch (stop) {
    case 'length':
      return { status: 'incomplete', reason: 'max_output_tokens' };
    case 'content-filter':
      return { status: 'incomplete', reason: 'content_filter' };
    case 'refusal':
      return declined ? { status: 'completed' } : { status: 'incomplete', reason: 'content_filter' };
    default:
      return { status: 'completed' };
  }
}

export function writeResponsesAnswer({ id, model, created, choices, usage }: Answered, prompt: Prompt) {
  const { parts = [], stop = 'stop' } = choices[0] ?? {};
  const { status, reason } = writeEnding(stop, textOf(parts, 'refusal') !== '');
  const output = writeOutput(parts, id, status, wantsSignatures(prompt));
  return envelope({ id, model, created }, prompt, { status, reason, output, usage });
}

/** What only its maker can read goes to a client that asks for it, and so knows how to give it back. */
export const wantsSignatures = ({ body: { include } }: Prompt): boolean =>
  Array.isArray(include) && include.includes('reasoning.encrypted_content');

interface State {
  readonly status: string;
  readonly reason?: string | undefined;
  readonly output: JsonObject[];
  readonly usage?: Usage | undefined;
}

/** An answer with what was asked, as this API says it again. */
export function envelope(
  { id, model, created }: Pick<Answered, 'id' | 'model' | 'created'>,
  { body }: Prompt,
  { status, reason, output, usage }: State,
): JsonObject {
  return {
    id: ownId('resp', id),
    object: 'response',
    created_at: created ?? 0,
    status,
    error: null,
    incomplete_details: reason === undefined ? null : { reason },
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    model,
    output,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: body.reasoning ?? null,
    store: false,
    temperature: body.temperature ?? null,
    text: body.text ?? { format: { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: body.top_p ?? null,
    truncation: 'disabled',
    usage: usage === undefined ? null : writeUsage(usage),
    metadata: body.metadata ?? {},
  };
}

const writeUsage = ({ input, output, cached, cacheWrite, reasoning }: Usage): JsonObject => ({
  input_tokens: input,
  input_tokens_details: present({ cached_tokens: cached ?? 0, cache_write_tokens: cacheWrite }),
  output_tokens: output,
  output_tokens_details: { reasoning_tokens: reasoning ?? 0 },
  total_tokens: input + output,
});

/** The items of an answer, each with an id of its own made of the answer's. */
export const itemsOf = (id: string) => ({
  message: (at: number, status: string, content: JsonObject[]): JsonObject => ({
    id: ownId('msg', id, at),
    type: 'message',
    status,
    role: 'assistant',
    content,
  }),
  reasoning: (at: number, text: string, signature?: string): JsonObject => ({
    id: ownId('rs', id, at),
    type: 'reasoning',
    summary: text === '' ? [] : [{ type: 'summary_text', text }],
    ...(signature !== undefined && { encrypted_content: signature }),
  }),
  call: (at: number, status: string, callId: string, name: string, args: string): JsonObject => ({
    id: ownId('fc', id, at),
    type: 'function_call',
    status,
    call_id: callId,
    name,
    arguments: args,
  }),
});

export const textContent = (text: string): JsonObject => ({
  type: 'output_text',
  text,
  annotations: [],
  logprobs: [],
});
export const refusalContent = (refusal: string): JsonObject => ({ type: 'refusal', refusal });

function writeOutput(
  parts: readonly AnswerPart[],
  id: string,
  status: string,
  signed: boolean,
): JsonObject[] {
  const output: JsonObject[] = [];
  const items = itemsOf(id);
  /** The message that is being said. */
  let said: JsonObject[] | undefined;
  for (const part of parts) {
    const at = output.length;
    if (part.kind === 'text' || part.kind === 'refusal') {
      if (said === undefined) {
        said = [];
        output.push(items.message(at, status, said));
      }
      said.push(part.kind === 'text' ? textContent(part.text) : refusalContent(part.text));
      continue;
    }
    said = undefined;
    if (part.kind === 'tool-call')
      output.push(items.call(at, 'completed', part.id, part.name, part.arguments));
    else output.push(items.reasoning(at, part.text, signed ? part.signature : undefined));
  }
  return output;
}
