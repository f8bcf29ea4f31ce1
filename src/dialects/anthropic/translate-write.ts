import type { JsonObject } from '../../base/json.ts';
import type {
  AnswerPart,
  Conversation,
  MediaPart,
  TextPart,
  Tool,
  ToolResultPart,
  Turn,
} from '../../exchange/conversation.ts';
import {
  budgetOf,
  knowing,
  present,
  readArguments,
  refusePrefill,
  signatureOf,
  systemInFront,
  untranslatable,
} from '../translate.ts';

/** Requests to an Anthropic server. */

export function writeConversation(conversation: Conversation, assumeOutput: number): JsonObject {
  const { sampling, choices, tools, reasoning, format } = conversation;
  const { system, turns } = systemInFront(conversation);
  refusePrefill(turns, '/messages');
  if (choices !== 1) untranslatable('/n', 'The model gives one answer at a time.');
  if ((sampling.temperature ?? 0) > 1)
    untranslatable('/temperature', 'The model takes temperatures from 0 to 1.');
  unlessZero(
    { frequency_penalty: sampling.frequencyPenalty, presence_penalty: sampling.presencePenalty },
    '',
  );
  const maxTokens = conversation.maxOutput ?? assumeOutput;
  return present({
    model: conversation.model,
    max_tokens: maxTokens,
    system: system.length > 1 ? system.map(textBlock) : system[0],
    messages: turns.flatMap(writeTurn),
    stream: conversation.stream || undefined,
    ...(tools.length > 0 && { tools: tools.map(writeTool), tool_choice: writeToolChoice(conversation) }),
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    stop_sequences: sampling.stop && [...sampling.stop],
    output_config: format && { format: writeFormat(format) },
    thinking: reasoning && writeThinking(budgetOf(reasoning), maxTokens, turns),
  });
}

const penalties = knowing({ carried: [], refused: { frequency_penalty: 0, presence_penalty: 0 } });
const unlessZero = (fields: Readonly<Record<string, number | undefined>>, path: string) =>
  penalties(present(fields), path);

const textBlock = (text: string): JsonObject => ({ type: 'text', text });

const writeTool = ({ name, description, parameters, strict }: Tool): JsonObject =>
  present({ name, description, input_schema: parameters ?? { type: 'object', properties: {} }, strict });

function writeToolChoice({ toolChoice, parallelTools }: Conversation): JsonObject | undefined {
  if (toolChoice === 'none') return { type: 'none' };
  const disable_parallel_tool_use = parallelTools === undefined ? undefined : !parallelTools;
  if (typeof toolChoice === 'object') {
    return present({ type: 'tool', name: toolChoice.name, disable_parallel_tool_use });
  }
  if (toolChoice === undefined && disable_parallel_tool_use === undefined) return undefined;
  return present({ type: toolChoice === 'required' ? 'any' : 'auto', disable_parallel_tool_use });
}

/** What the format is described as stands in its schema, where this API has its only place for it. */
function writeFormat(format: NonNullable<Conversation['format']>): JsonObject {
  if (format.kind === 'json') {
    return untranslatable('/response_format', 'The model needs a schema for its JSON; use json_schema.');
  }
  const { schema, description } = format;
  if (description === undefined) return { type: 'json_schema', schema };
  const own = typeof schema.description === 'string' ? `\n${schema.description}` : '';
  return { type: 'json_schema', schema: { ...schema, description: description + own } };
}

/** The least that the API takes. */
const LEAST_THINKING = 1024;

/**
 * Thinking counts in `max_tokens`, so it gets half of it at the most, and is left out where that is too little. In
 * the middle of a round of tool calls it can only go on from thinking that is still there.
 */
function writeThinking(wanted: number, maxTokens: number, turns: readonly Turn[]): JsonObject | undefined {
  if (wanted === 0) return { type: 'disabled' };
  const budget = Math.min(wanted, Math.floor(maxTokens / 2));
  if (budget < LEAST_THINKING || isMidRound(turns)) return undefined;
  return { type: 'enabled', budget_tokens: budget };
}

function isMidRound(turns: readonly Turn[]): boolean {
  const [before, last] = turns.slice(-2);
  const answering = last?.role === 'user' && last.parts.some(({ kind }) => kind === 'tool-result');
  return (
    answering && before?.role === 'assistant' && !before.parts.some((part) => writeReasoning(part).length > 0)
  );
}

function writeTurn(turn: Turn): JsonObject[] {
  const content = turn.role === 'assistant' ? turn.parts.flatMap(writeAnswerPart) : writeUser(turn.parts);
  return content.length === 0 ? [] : [{ role: turn.role, content: plainOr(content) }];
}

const plainOr = (content: JsonObject[]): string | JsonObject[] =>
  content.length === 1 && content[0]?.type === 'text' ? (content[0].text as string) : content;

/** The API wants results before anything else that is said. */
function writeUser(parts: readonly (TextPart | MediaPart | ToolResultPart)[]): JsonObject[] {
  const results: JsonObject[] = [];
  const said: JsonObject[] = [];
  for (const part of parts) {
    if (part.kind === 'tool-result') results.push(writeResult(part));
    else said.push(writeSaid(part));
  }
  return [...results, ...said];
}

const writeResult = ({ callId, parts, failed }: ToolResultPart): JsonObject =>
  present({
    type: 'tool_result',
    tool_use_id: toolId(callId),
    content: parts.length === 0 ? undefined : plainOr(parts.map(writeSaid)),
    is_error: failed || undefined,
  });

/** The API takes no other letters in ids; a call and its result are changed alike. */
const toolId = (id: string): string => id.replace(/[^A-Za-z0-9_-]/g, '_');

function writeSaid(part: TextPart | MediaPart): JsonObject {
  if (part.kind === 'text') return textBlock(part.text);
  const { media, source, name } = part;
  const where =
    'url' in source
      ? { type: 'url', url: source.url }
      : { type: 'base64', media_type: media, data: source.base64 };
  if (media.startsWith('image/')) return { type: 'image', source: where };
  if (media === 'application/pdf') return present({ type: 'document', source: where, title: name });
  return untranslatable('/messages', 'The model takes pictures and PDF documents only.');
}

function writeAnswerPart(part: AnswerPart): JsonObject[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return [textBlock(part.text)];
    case 'reasoning':
      return writeReasoning(part);
    case 'tool-call': {
      const input = readArguments(part.arguments);
      if (input === undefined)
        untranslatable('/messages', 'The arguments of a tool call are not a JSON object.');
      return [{ type: 'tool_use', id: toolId(part.id), name: part.name, input }];
    }
  }
}

/** Thinking goes back only with the signature of the server that made it. */
function writeReasoning(part: AnswerPart): JsonObject[] {
  const signature = part.kind === 'reasoning' ? signatureOf('anthropic', part.signature) : undefined;
  if (part.kind !== 'reasoning' || signature === undefined) return [];
  return [{ type: 'thinking', thinking: part.text, signature }];
}
