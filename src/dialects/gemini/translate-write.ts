import type { JsonObject } from '../../base/json.ts';
import type {
  AnswerFormat,
  AnswerPart,
  Conversation,
  MediaPart,
  Reasoning,
  TextPart,
  Tool,
  ToolResultPart,
  Turn,
} from '../../exchange/conversation.ts';
import {
  budgetOf,
  present,
  readArguments,
  refusePrefill,
  signatureOf,
  systemInFront,
  untranslatable,
} from '../translate.ts';
import { UNSIGNED } from './translate-parts.ts';

/** Requests to a Gemini server; the model and whether to stream stand in the address. */

export function writeConversation(conversation: Conversation): JsonObject {
  const { sampling, choices, maxOutput, tools, format, reasoning } = conversation;
  const { system, turns } = systemInFront(conversation);
  refusePrefill(turns, '/messages');
  if (tools.length > 0 && conversation.parallelTools === false)
    untranslatable('/parallel_tool_calls', 'The model may call several tools at once.');
  return present({
    contents: turns.flatMap(writeTurn),
    systemInstruction: system.length > 0 ? { parts: system.map(textPart) } : undefined,
    ...(tools.length > 0 && {
      tools: [{ functionDeclarations: tools.map(writeTool) }],
      toolConfig: writeToolChoice(conversation.toolChoice),
    }),
    generationConfig: present({
      candidateCount: choices === 1 ? undefined : choices,
      maxOutputTokens: maxOutput,
      temperature: sampling.temperature,
      topP: sampling.topP,
      topK: sampling.topK,
      seed: sampling.seed,
      frequencyPenalty: sampling.frequencyPenalty,
      presencePenalty: sampling.presencePenalty,
      stopSequences: sampling.stop && [...sampling.stop],
      ...(format && writeFormat(format)),
      thinkingConfig: reasoning && writeThinking(reasoning),
    }),
  });
}

const textPart = (text: string): JsonObject => ({ text });

const writeTool = ({ name, description, parameters }: Tool): JsonObject =>
  present({ name, description, parametersJsonSchema: parameters });

function writeToolChoice(choice: Conversation['toolChoice']): JsonObject | undefined {
  if (choice === undefined) return undefined;
  if (typeof choice === 'object')
    return { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [choice.name] } };
  return { functionCallingConfig: { mode: { auto: 'AUTO', none: 'NONE', required: 'ANY' }[choice] } };
}

/** What the format is described as stands in its schema, where this API has its only place for it. */
function writeFormat(format: AnswerFormat): JsonObject {
  if (format.kind === 'json') return { responseMimeType: 'application/json' };
  const { schema, description } = format;
  const own = typeof schema.description === 'string' ? `\n${schema.description}` : '';
  const described = description === undefined ? schema : { ...schema, description: description + own };
  return { responseMimeType: 'application/json', responseJsonSchema: described };
}

/** The most that every model of the API takes. */
const MOST_THINKING = 24_576;

/** As a budget, which models of all ages take; a level only the newer ones do. */
function writeThinking(reasoning: Reasoning): JsonObject {
  const budget = Math.min(budgetOf(reasoning), MOST_THINKING);
  return present({ thinkingBudget: budget, includeThoughts: budget > 0 || undefined });
}

/** Results stand in a content of their own: the API wants as many of them as there were calls, and nothing else. */
function writeTurn(turn: Turn): JsonObject[] {
  if (turn.role === 'assistant') return contentOf('model', writeAnswered(turn.parts));
  const results: JsonObject[] = [];
  const said: JsonObject[] = [];
  for (const part of turn.parts) {
    if (part.kind === 'tool-result') results.push(writeResult(part));
    else said.push(writeSaid(part));
  }
  return [...contentOf('user', results), ...contentOf('user', said)];
}

const contentOf = (role: string, parts: JsonObject[]): JsonObject[] =>
  parts.length === 0 ? [] : [{ role, parts }];

function writeSaid(part: TextPart | MediaPart): JsonObject {
  if (part.kind === 'text') return textPart(part.text);
  const { media, source } = part;
  // `image/*` is no media type: the server finds it out.
  const mimeType = media.endsWith('/*') ? undefined : media;
  if ('url' in source) return { fileData: present({ mimeType, fileUri: source.url }) };
  return { inlineData: present({ mimeType, data: source.base64 }) };
}

function writeResult({ callId, name, parts, failed }: ToolResultPart): JsonObject {
  if (name === undefined) untranslatable('/messages', 'A tool result does not say of which tool it is.');
  const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
  const media = parts.flatMap((part) => (part.kind === 'media' ? [writeSaid(part)] : []));
  return {
    functionResponse: present({
      id: callId,
      name,
      response: writeResponse(texts, failed),
      parts: media.length > 0 ? media : undefined,
    }),
  };
}

function writeResponse(texts: readonly string[], failed: boolean): JsonObject {
  if (texts.length < 2) return { [failed ? 'error' : 'output']: texts[0] ?? '' };
  return { content: texts.map((text) => ({ type: 'text', text })), ...(failed && { isError: true }) };
}

/** The first call of a turn has to be signed, by the server that made it or by nobody. */
function writeAnswered(parts: readonly AnswerPart[]): JsonObject[] {
  const first = parts.findIndex(({ kind }) => kind === 'tool-call');
  return parts.flatMap((part, at) => writeAnswerPart(part, at === first ? UNSIGNED : undefined));
}

function writeAnswerPart(part: AnswerPart, unsigned: string | undefined): JsonObject[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return [textPart(part.text)];
    case 'reasoning': {
      const thoughtSignature = signatureOf('gemini', part.signature);
      return thoughtSignature === undefined ? [] : [{ thought: true, text: part.text, thoughtSignature }];
    }
    case 'tool-call': {
      const { id, name, signature } = part;
      const args = readArguments(part.arguments);
      if (args === undefined)
        untranslatable('/messages', 'The arguments of a tool call are not a JSON object.');
      const thoughtSignature = signatureOf('gemini', signature) ?? unsigned;
      return [present({ functionCall: { id, name, args }, thoughtSignature })];
    }
  }
}
