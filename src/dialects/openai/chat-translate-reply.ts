import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Answered, AnsweredChoice, AnswerPart, StopReason } from '../../exchange/conversation.ts';
import type { Usage } from '../../exchange/exchange.ts';
import { objects, ownId, present, stopOf, textOf, textParts } from '../translate.ts';
import { readUsage } from './chat-reply.ts';
import { writeCall } from './chat-translate-turns.ts';

/** Whole answers. */

export function readChatAnswer(body: JsonObject): Answered {
  const id = typeof body.id === 'string' ? body.id : '';
  return {
    id,
    model: typeof body.model === 'string' ? body.model : '',
    ...(typeof body.created === 'number' && { created: body.created }),
    choices: objects(body.choices).map((choice) => readChoice(choice, id)),
    usage: readUsage(body.usage),
  };
}

function readChoice({ message, finish_reason: finish }: JsonObject, id: string): AnsweredChoice {
  const said = message as JsonObject;
  const parts: AnswerPart[] = [];
  const reasoning = said.reasoning_content ?? said.reasoning;
  if (typeof reasoning === 'string' && reasoning !== '') parts.push({ kind: 'reasoning', text: reasoning });
  parts.push(...textParts(said.content));
  const refusal = said.refusal ?? '';
  if (refusal !== '') parts.push({ kind: 'refusal', text: refusal as string });
  refuseUntold(said);
  const calls = objects(said.tool_calls).map((call, at): AnswerPart => {
    if (!isObject(call.function)) return untold();
    const { name, arguments: args } = call.function;
    return {
      kind: 'tool-call',
      id: callId(call.id, id, at),
      name: name as string,
      arguments: typeof args === 'string' ? args : '',
    };
  });
  parts.push(...calls);
  return { parts, stop: stopOf(readFinish(finish), { calls: calls.length > 0, refusal: refusal !== '' }) };
}

/** Some servers give their calls no ids; results would have nothing to go by. */
export const callId = (id: Json | undefined, answer: string, at: number): string =>
  typeof id === 'string' && id !== '' ? id : ownId('call', answer, at);

/** Nobody asked for sound or for a function call of 2023, and there is no way to tell a client of another API. */
export function refuseUntold(said: JsonObject): void {
  if ((said.audio ?? null) !== null || (said.function_call ?? null) !== null) untold();
}

export function untold(): never {
  throw new Refusal('upstream_invalid', { hint: 'Its answer holds what cannot be translated.' });
}

export function readFinish(finish: Json | undefined): StopReason {
  switch (finish) {
    case 'length':
      return 'length';
    case 'tool_calls':
      return 'tool-calls';
    case 'content_filter':
      return 'content-filter';
    default:
      return 'stop';
  }
}

/** @param declined the model's own no stands in `refusal` */
export function writeFinish(stop: StopReason, declined: boolean): string {
  switch (stop) {
    case 'length':
      return 'length';
    case 'tool-calls':
      return 'tool_calls';
    case 'content-filter':
      return 'content_filter';
    case 'refusal':
      return declined ? 'stop' : 'content_filter';
    default:
      return 'stop';
  }
}

export function writeChatAnswer({ id, model, created = 0, choices, usage }: Answered): JsonObject {
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: choices.map(writeChoice),
    ...(usage !== undefined && { usage: writeUsage(usage) }),
  };
}

function writeChoice({ parts, stop }: AnsweredChoice, index: number): JsonObject {
  const texts = parts.filter(({ kind }) => kind === 'text');
  const refusal = textOf(parts, 'refusal');
  const reasoning = textOf(parts, 'reasoning');
  const calls = parts.flatMap((part) => (part.kind === 'tool-call' ? [writeCall(part)] : []));
  return {
    index,
    message: present({
      role: 'assistant',
      content: texts.length === 0 ? null : textOf(texts, 'text'),
      refusal: refusal === '' ? null : refusal,
      reasoning_content: reasoning === '' ? undefined : reasoning,
      tool_calls: calls.length === 0 ? undefined : calls,
    }),
    logprobs: null,
    finish_reason: writeFinish(stop, refusal !== ''),
  };
}

export const writeUsage = ({ input, output, cached, cacheWrite, reasoning }: Usage): JsonObject =>
  present({
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details:
      cached === undefined && cacheWrite === undefined
        ? undefined
        : present({ cached_tokens: cached ?? 0, cache_write_tokens: cacheWrite }),
    completion_tokens_details: reasoning === undefined ? undefined : { reasoning_tokens: reasoning },
  });
