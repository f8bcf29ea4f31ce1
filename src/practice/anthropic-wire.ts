import { isObject, type JsonObject } from '../base/json.ts';
import type { Refusal } from '../base/refusal.ts';
import { writeEvent } from '../wire/sse.ts';
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
import { type Answer, answer, type Conversation, inputTokens, type Turn } from './reply.ts';
import { splitArguments, type ToolChoice } from './tool-call.ts';

/** Anthropic Messages as the practice model speaks it. */

const MAX_TOKENS = 1_000_000;

/** Answers `POST /v1/messages`: a body, or the frames of a stream. */
export function messages(body: JsonObject): JsonObject | Iterable<string> {
  const maxTokens = wholeNumber(body, 'max_tokens', MAX_TOKENS);
  if (maxTokens === undefined) throw invalid('max_tokens', 'max_tokens is required.');
  const request = { id: digest(body, 24), model: requireText(body, 'model') };
  const reply = answer({ ...readConversation(body), maxTokens });
  return body.stream === true ? events(request, reply) : message(request, reply);
}

/** Answers `POST /v1/messages/count_tokens`. */
export function countMessageTokens(body: JsonObject): JsonObject {
  requireText(body, 'model');
  return { input_tokens: inputTokens(readConversation(body)) };
}

function readConversation(body: JsonObject): Omit<Conversation, 'maxTokens'> {
  const system = textOf(body.system);
  return {
    turns: [
      ...(system === '' ? [] : [{ role: 'system' as const, text: system }]),
      ...requireObjects(body, 'messages').flatMap(readMessage),
    ],
    tools: objects(body.tools).flatMap((tool) =>
      typeof tool.name === 'string' && isObject(tool.input_schema)
        ? [{ name: tool.name, parameters: tool.input_schema }]
        : [],
    ),
    toolChoice: readToolChoice(body),
    stop: texts(body.stop_sequences),
  };
}

/** A message of the user holds what people say and what tools return: a turn for each. */
function readMessage({ role, content }: JsonObject): Turn[] {
  if (role !== 'user' && role !== 'assistant')
    throw invalid('messages', 'A message has a role that is not known.');
  if (!Array.isArray(content)) return [{ role, text: textOf(content) }];
  return objects(content).map((block) => ({
    role: block.type === 'tool_result' ? 'tool' : role,
    text: textOf(block),
  }));
}

function readToolChoice({ tool_choice: choice }: JsonObject): ToolChoice {
  if (!isObject(choice)) return 'auto';
  if (choice.type === 'tool') return { name: requireText(choice, 'name') };
  return choice.type === 'any' ? 'required' : choice.type === 'none' ? 'none' : 'auto';
}

interface Request {
  readonly id: string;
  readonly model: string;
}

const stopReason = ({ ended, stoppedBy }: Answer) =>
  stoppedBy === undefined
    ? ({ stop: 'end_turn', length: 'max_tokens', call: 'tool_use' } as const)[ended]
    : 'stop_sequence';

const usageOf = ({ tokens }: Answer, output = tokens.output): JsonObject => ({
  input_tokens: tokens.input,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: output,
  service_tier: 'standard',
});

const textBlock = (text: string): JsonObject => ({ type: 'text', text });

const toolBlock = (request: Request, name: string, input: JsonObject): JsonObject => ({
  type: 'tool_use',
  id: `toolu_${request.id}`,
  name,
  input,
});

const envelope = ({ id, model }: Request, content: JsonObject[]): JsonObject => ({
  id: `msg_${id}`,
  type: 'message',
  role: 'assistant',
  model,
  content,
});

function message(request: Request, reply: Answer): JsonObject {
  const content = [textBlock(reply.pieces.join(''))];
  if (reply.call !== undefined) content.push(toolBlock(request, reply.call.name, reply.call.arguments));
  return {
    ...envelope(request, content),
    stop_reason: stopReason(reply),
    stop_sequence: reply.stoppedBy ?? null,
    usage: usageOf(reply),
  };
}

function* events(request: Request, reply: Answer): Iterable<string> {
  const event = (type: string, rest: JsonObject = {}) =>
    writeEvent({ event: type, data: JSON.stringify({ type, ...rest }) });
  const block = function* (index: number, opening: JsonObject, deltas: JsonObject[]) {
    yield event('content_block_start', { index, content_block: opening });
    for (const delta of deltas) yield event('content_block_delta', { index, delta });
    yield event('content_block_stop', { index });
  };

  const opening = {
    ...envelope(request, []),
    stop_reason: null,
    stop_sequence: null,
    usage: usageOf(reply, 1),
  };
  yield event('message_start', { message: opening });
  yield event('ping');
  yield* block(
    0,
    textBlock(''),
    reply.pieces.map((text) => ({ type: 'text_delta', text })),
  );
  const { call } = reply;
  if (call !== undefined) {
    const pieces = ['', ...splitArguments(call)];
    yield* block(
      1,
      toolBlock(request, call.name, {}),
      pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
    );
  }
  yield event('message_delta', {
    delta: { stop_reason: stopReason(reply), stop_sequence: reply.stoppedBy ?? null },
    usage: usageOf(reply),
  });
  yield event('message_stop');
}

const ERROR_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  404: 'not_found_error',
  413: 'request_too_large',
};

/** An error as Anthropic's API words it. */
export const anthropicError = (refusal: Refusal): JsonObject => ({
  type: 'error',
  error: {
    type: ERROR_TYPES[refusal.status] ?? (refusal.status < 500 ? 'invalid_request_error' : 'api_error'),
    message: refusal.message,
  },
  request_id: null,
});
