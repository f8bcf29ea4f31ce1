import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { writeEvent } from '../wire/sse.ts';
import { CREATED } from './models.ts';
import { digest, invalid, objects, requireText, textOf, wholeNumber } from './reading.ts';
import { type Answer, answer, type Conversation, type Turn } from './reply.ts';
import { splitArguments, type ToolChoice, type ToolOffer } from './tool-call.ts';

/** OpenAI's Responses API as the practice model speaks it. */

const MAX_TOKENS = 1_000_000;

/** Answers `POST /v1/responses`: a body, or the frames of a stream. */
export function respond(body: JsonObject): JsonObject | Iterable<string> {
  const request = { id: digest(body, 32), model: requireText(body, 'model'), body };
  const reply = answer(readConversation(body));
  return body.stream === true ? frames(request, reply) : finished(request, reply);
}

interface Request {
  readonly id: string;
  readonly model: string;
  readonly body: JsonObject;
}

function readConversation(body: JsonObject): Conversation {
  const { input, instructions } = body;
  const said: Turn[] = typeof input === 'string' ? [{ role: 'user', text: input }] : readItems(input);
  if (said.length === 0) throw invalid('input', 'input must be a text or a list of items that is not empty.');
  const system: Turn[] = typeof instructions === 'string' ? [{ role: 'system', text: instructions }] : [];
  return {
    turns: [...system, ...said],
    tools: objects(body.tools).flatMap(readTool),
    toolChoice: readToolChoice(body),
    maxTokens: wholeNumber(body, 'max_output_tokens', MAX_TOKENS),
    stop: [],
  };
}

const ROLES: Readonly<Record<string, Turn['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
};

const readItems = (input: Json | undefined): Turn[] =>
  objects(input).flatMap((item): Turn[] => {
    const { type = 'message', role, content, output } = item;
    if (type === 'function_call_output') return [{ role: 'tool', text: textOf(output) }];
    if (type === 'function_call') return [{ role: 'assistant', text: '' }];
    if (type !== 'message') return [];
    const known = typeof role === 'string' ? ROLES[role] : undefined;
    if (known === undefined) throw invalid('input', 'A message has a role that is not known.');
    return [{ role: known, text: textOf(content) }];
  });

function readTool({ type, name, parameters }: JsonObject): ToolOffer[] {
  if (type !== 'function' || typeof name !== 'string') return [];
  return [{ name, parameters: isObject(parameters) ? parameters : {} }];
}

function readToolChoice({ tool_choice: choice }: JsonObject): ToolChoice {
  if (choice === 'none' || choice === 'required') return choice;
  if (isObject(choice) && choice.type === 'function') return { name: requireText(choice, 'name') };
  return 'auto';
}

function envelope({ id, model, body }: Request, status: string, output: JsonObject[]): JsonObject {
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: CREATED,
    status,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    model,
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: body.store ?? true,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: 1,
    truncation: 'disabled',
    usage: null,
    user: null,
    metadata: body.metadata ?? {},
  };
}

const usageOf = ({ tokens: { input, output } }: Answer): JsonObject => ({
  input_tokens: input,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: output,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: input + output,
});

const statusOf = ({ ended }: Answer): string => (ended === 'length' ? 'incomplete' : 'completed');

const part = (text: string): JsonObject => ({ type: 'output_text', annotations: [], logprobs: [], text });

const message = ({ id }: Request, status: string, content: JsonObject[]): JsonObject => ({
  id: `msg_${id}`,
  type: 'message',
  status,
  content,
  role: 'assistant',
});

const functionCall = ({ id }: Request, name: string, status: string, args: string): JsonObject => ({
  id: `fc_${id}`,
  type: 'function_call',
  status,
  arguments: args,
  call_id: `call_${id.slice(-24)}`,
  name,
});

function finished(request: Request, reply: Answer): JsonObject {
  const { call, pieces } = reply;
  const status = statusOf(reply);
  const output = [message(request, status, [part(pieces.join(''))])];
  if (call !== undefined)
    output.push(functionCall(request, call.name, 'completed', JSON.stringify(call.arguments)));
  return { ...envelope(request, status, output), usage: usageOf(reply) };
}

/** The frames of a stream, numbered. */
function* frames(request: Request, reply: Answer): Iterable<string> {
  let sequence_number = 0;
  for (const event of events(request, reply)) {
    const data = JSON.stringify({ ...event, sequence_number: sequence_number++ });
    yield writeEvent({ event: event.type as string, data });
  }
}

function* events(request: Request, reply: Answer): Iterable<JsonObject> {
  const begun = envelope(request, 'in_progress', []);
  yield { type: 'response.created', response: begun };
  yield { type: 'response.in_progress', response: begun };
  const status = statusOf(reply);

  const at = { item_id: `msg_${request.id}`, output_index: 0, content_index: 0 };
  const added = message(request, 'in_progress', []);
  yield { type: 'response.output_item.added', output_index: 0, item: added };
  yield { type: 'response.content_part.added', ...at, part: part('') };
  for (const delta of reply.pieces) yield { type: 'response.output_text.delta', ...at, delta, logprobs: [] };
  const text = reply.pieces.join('');
  yield { type: 'response.output_text.done', ...at, text, logprobs: [] };
  yield { type: 'response.content_part.done', ...at, part: part(text) };
  const item = message(request, status, [part(text)]);
  yield { type: 'response.output_item.done', output_index: 0, item };

  const { call } = reply;
  if (call !== undefined) {
    const place = { item_id: `fc_${request.id}`, output_index: 1 };
    const whole = JSON.stringify(call.arguments);
    const calling = (status: string, args: string) => functionCall(request, call.name, status, args);
    yield { type: 'response.output_item.added', output_index: 1, item: calling('in_progress', '') };
    for (const delta of splitArguments(call))
      yield { type: 'response.function_call_arguments.delta', ...place, delta };
    yield { type: 'response.function_call_arguments.done', ...place, name: call.name, arguments: whole };
    yield { type: 'response.output_item.done', output_index: 1, item: calling('completed', whole) };
  }
  yield { type: `response.${status}`, response: finished(request, reply) };
}
