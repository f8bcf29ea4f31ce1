import { isObject, type JsonObject } from '../base/json.ts';
import type { Refusal } from '../base/refusal.ts';
import { writeEvent } from '../wire/sse.ts';
import { CREATED } from './models.ts';
import {
  digest,
  invalid,
  objects,
  requireObjects,
  requireText,
  textOf,
  texts,
  wholeNumber,
} from './reading.ts';
import { type Answer, answer, type Conversation, type Turn } from './reply.ts';
import { splitArguments, type ToolChoice, type ToolOffer } from './tool-call.ts';

/** OpenAI Chat Completions as the practice model speaks it. */

const MAX_CHOICES = 128;
const MAX_TOKENS = 1_000_000;

/** Answers `POST /v1/chat/completions`: a body, or the frames of a stream. */
export function chat(body: JsonObject): JsonObject | Iterable<string> {
  const conversation = readConversation(body);
  const choices = wholeNumber(body, 'n', MAX_CHOICES) ?? 1;
  const request = { id: `chatcmpl-${digest(body, 29)}`, model: requireText(body, 'model'), choices };
  const reply = answer(conversation);
  if (body.stream !== true) return completion(request, reply);
  const withUsage = isObject(body.stream_options) && body.stream_options.include_usage === true;
  return chunks(request, reply, withUsage);
}

interface Request {
  readonly id: string;
  readonly model: string;
  readonly choices: number;
}

function readConversation(body: JsonObject): Conversation {
  const max =
    wholeNumber(body, 'max_completion_tokens', MAX_TOKENS) ?? wholeNumber(body, 'max_tokens', MAX_TOKENS);
  return {
    turns: requireObjects(body, 'messages').map(readMessage),
    tools: objects(body.tools).flatMap(readTool),
    toolChoice: readToolChoice(body),
    maxTokens: max,
    stop: texts(body.stop),
  };
}

const ROLES: Readonly<Record<string, Turn['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
};

function readMessage(message: JsonObject): Turn {
  const role = typeof message.role === 'string' ? ROLES[message.role] : undefined;
  if (role === undefined) throw invalid('messages', 'A message has a role that is not known.');
  return { role, text: textOf(message.content) };
}

function readTool(tool: JsonObject): ToolOffer[] {
  if (!isObject(tool.function) || typeof tool.function.name !== 'string') return [];
  return [
    {
      name: tool.function.name,
      parameters: isObject(tool.function.parameters) ? tool.function.parameters : {},
    },
  ];
}

function readToolChoice({ tool_choice: choice }: JsonObject): ToolChoice {
  if (choice === 'none' || choice === 'required') return choice;
  if (isObject(choice) && isObject(choice.function)) return { name: requireText(choice.function, 'name') };
  return 'auto';
}

const FINISH = { stop: 'stop', length: 'length', call: 'tool_calls' } as const;

/** Each choice is the same answer: the practice model has no chance in it. */
const perChoice = <T>({ choices }: Request, make: (index: number) => T): T[] =>
  Array.from({ length: choices }, (_, index) => make(index));

const usageOf = ({ tokens }: Answer, { choices }: Request): JsonObject => ({
  prompt_tokens: tokens.input,
  completion_tokens: tokens.output * choices,
  total_tokens: tokens.input + tokens.output * choices,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 0,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
});

const envelope = ({ id, model }: Request, object: string): JsonObject => ({
  id,
  object,
  created: CREATED,
  model,
  service_tier: 'default',
  system_fingerprint: 'fp_practice',
});

const callId = (request: Request, index: number) => `call_${request.id.slice(-20)}${index}`;

function completion(request: Request, reply: Answer): JsonObject {
  const { call } = reply;
  const toolCalls = (index: number) =>
    call && [
      {
        id: callId(request, index),
        type: 'function',
        function: { name: call.name, arguments: JSON.stringify(call.arguments) },
      },
    ];
  return {
    ...envelope(request, 'chat.completion'),
    choices: perChoice(request, (index) => ({
      index,
      message: {
        role: 'assistant',
        content: reply.pieces.join(''),
        ...(call && { tool_calls: toolCalls(index) ?? [] }),
        refusal: null,
        annotations: [],
      },
      logprobs: null,
      finish_reason: FINISH[reply.ended],
    })),
    usage: usageOf(reply, request),
  };
}

/** The frames of a stream: the choices take turns, word by word. */
function* chunks(request: Request, reply: Answer, withUsage: boolean): Iterable<string> {
  const frame = (choices: JsonObject[], usage: JsonObject | null) =>
    writeEvent({
      data: JSON.stringify({
        ...envelope(request, 'chat.completion.chunk'),
        choices,
        ...(withUsage && { usage }),
      }),
    });
  const forEach = (make: (index: number) => JsonObject, finish: string | null = null) =>
    perChoice(request, (index) =>
      frame([{ index, delta: make(index), logprobs: null, finish_reason: finish }], null),
    );

  yield* forEach(() => ({ role: 'assistant', content: '', refusal: null }));
  for (const content of reply.pieces) yield* forEach(() => ({ content }));
  const { call } = reply;
  if (call !== undefined) {
    const opening = (index: number) => ({
      index: 0,
      id: callId(request, index),
      type: 'function',
      function: { name: call.name, arguments: '' },
    });
    yield* forEach((index) => ({ tool_calls: [opening(index)] }));
    for (const piece of splitArguments(call)) {
      yield* forEach(() => ({ tool_calls: [{ index: 0, function: { arguments: piece } }] }));
    }
  }
  yield* forEach(() => ({}), FINISH[reply.ended]);
  if (withUsage) yield frame([], usageOf(reply, request));
  yield writeEvent({ data: '[DONE]' });
}

/** An error as OpenAI's API words it. */
export const openAiError = (refusal: Refusal): JsonObject => ({
  error: {
    message: refusal.message,
    type: refusal.status < 500 ? 'invalid_request_error' : 'server_error',
    param: refusal.field?.slice(1) ?? null,
    code: refusal.status === 401 ? 'invalid_api_key' : null,
  },
});
