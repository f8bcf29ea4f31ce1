import { isObject, type Json, type JsonObject } from '../base/json.ts';
import type { Refusal } from '../base/refusal.ts';
import { writeEvent } from '../wire/sse.ts';
import { vectorOf } from './openai-embeddings.ts';
import { digest, invalid, objects, requireObjects, textOf, texts, wholeNumber } from './reading.ts';
import { type Answer, answer, type Conversation, inputTokens, type Turn } from './reply.ts';
import type { ToolChoice, ToolOffer } from './tool-call.ts';

/** Google's Gemini API as the practice model speaks it. */

const MAX_CANDIDATES = 8;
const MAX_TOKENS = 1_000_000;
const MAX_DIMENSIONS = 4096;
const DIMENSIONS = 32;

/** Answers `POST /v1beta/models/{model}:generateContent`. */
export function generate(body: JsonObject, model: string): JsonObject {
  const request = requestOf(body, model);
  const reply = answer(readConversation(body));
  return {
    candidates: perCandidate(request, (index) => ({
      content: contentOf([textPart(reply.pieces.join('')), ...callParts(request, reply, index)]),
      finishReason: finishOf(reply),
      index,
    })),
    ...envelope(request, reply),
  };
}

/** Answers `…:streamGenerateContent?alt=sse`: a chunk for each piece, the usage so far in each. */
export function* streamGenerate(body: JsonObject, model: string): Iterable<string> {
  const request = requestOf(body, model);
  const reply = answer(readConversation(body));
  const chunk = (candidates: JsonObject[]) =>
    writeEvent({ data: JSON.stringify({ candidates, ...envelope(request, reply) }) });
  for (const text of reply.pieces) {
    yield chunk(perCandidate(request, (index) => ({ content: contentOf([textPart(text)]), index })));
  }
  yield chunk(
    perCandidate(request, (index) => ({
      content: contentOf([...callParts(request, reply, index), textPart('')]),
      finishReason: finishOf(reply),
      index,
    })),
  );
}

/** Answers `…:countTokens`. */
export function countContentTokens(body: JsonObject): JsonObject {
  const asked = isObject(body.generateContentRequest) ? body.generateContentRequest : body;
  return { totalTokens: inputTokens(readConversation(asked)) };
}

/** Answers `…:embedContent` and `…:batchEmbedContents`. */
export const embedContent = (body: JsonObject): JsonObject => ({ embedding: embeddingOf(body) });
export const batchEmbedContents = (body: JsonObject): JsonObject => ({
  embeddings: requireObjects(body, 'requests').map(embeddingOf),
});

function embeddingOf(request: JsonObject): JsonObject {
  const text = textOf(isObject(request.content) ? (request.content.parts ?? null) : null);
  if (text === '') throw invalid('content', 'content must hold a text.');
  return {
    values: vectorOf(text, wholeNumber(request, 'outputDimensionality', MAX_DIMENSIONS) ?? DIMENSIONS),
  };
}

interface Request {
  readonly id: string;
  readonly model: string;
  readonly candidates: number;
}

const configOf = (body: JsonObject): JsonObject =>
  isObject(body.generationConfig) ? body.generationConfig : {};

const requestOf = (body: JsonObject, model: string): Request => ({
  id: digest(body, 22),
  model,
  candidates: wholeNumber(configOf(body), 'candidateCount', MAX_CANDIDATES) ?? 1,
});

function readConversation(body: JsonObject): Conversation {
  const system = isObject(body.systemInstruction) ? textOf(body.systemInstruction.parts) : '';
  const config = configOf(body);
  return {
    turns: [
      ...(system === '' ? [] : [{ role: 'system' as const, text: system }]),
      ...requireObjects(body, 'contents').flatMap(readContent),
    ],
    tools: objects(body.tools).flatMap(({ functionDeclarations }) =>
      objects(functionDeclarations).flatMap(readTool),
    ),
    toolChoice: readToolChoice(body),
    maxTokens: wholeNumber(config, 'maxOutputTokens', MAX_TOKENS),
    stop: texts(config.stopSequences),
  };
}

/** A content of the user holds what people say and what tools return: a turn for each. */
function readContent({ role = 'user', parts }: JsonObject): Turn[] {
  if (role !== 'user' && role !== 'model' && role !== 'function')
    throw invalid('contents', 'A content has a role that is not known.');
  return objects(parts).map((part) =>
    isObject(part.functionResponse)
      ? { role: 'tool', text: resultOf(part.functionResponse.response) }
      : { role: role === 'model' ? 'assistant' : 'user', text: textOf(part) },
  );
}

/** What a tool returned: its `output` or `result` where it has one, else the whole. */
function resultOf(response: Json | undefined): string {
  const said = isObject(response) ? (response.output ?? response.result ?? response) : response;
  return typeof said === 'string' ? said : JSON.stringify(said ?? {});
}

function readTool({ name, parametersJsonSchema, parameters }: JsonObject): ToolOffer[] {
  const schema = parametersJsonSchema ?? parameters;
  return typeof name === 'string' ? [{ name, parameters: isObject(schema) ? lower(schema) : {} }] : [];
}

/** The API's own schemas write `OBJECT` where JSON Schema has `object`. */
function lower(schema: JsonObject): JsonObject {
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  return {
    ...schema,
    ...(typeof schema.type === 'string' && { type: schema.type.toLowerCase() }),
    ...(properties.length > 0 && {
      properties: Object.fromEntries(
        properties.map(([name, one]) => [name, isObject(one) ? lower(one) : one]),
      ),
    }),
  };
}

function readToolChoice({ toolConfig }: JsonObject): ToolChoice {
  const { mode, allowedFunctionNames } =
    isObject(toolConfig) && isObject(toolConfig.functionCallingConfig)
      ? toolConfig.functionCallingConfig
      : {};
  const [only, ...others] = texts(allowedFunctionNames ?? []);
  if (mode === 'NONE') return 'none';
  if (mode !== 'ANY') return 'auto';
  return only !== undefined && others.length === 0 ? { name: only } : 'required';
}

/** Each candidate is the same answer: the practice model has no chance in it. */
const perCandidate = <T>({ candidates }: Request, make: (index: number) => T): T[] =>
  Array.from({ length: candidates }, (_, index) => make(index));

const contentOf = (parts: JsonObject[]): JsonObject => ({ parts, role: 'model' });
const textPart = (text: string): JsonObject => ({ text });

const callParts = ({ id }: Request, { call }: Answer, index: number): JsonObject[] =>
  call === undefined
    ? []
    : [
        {
          functionCall: { id: `${id.slice(-8)}${index}`, name: call.name, args: call.arguments },
          thoughtSignature: Buffer.from(`practice ${id}`).toString('base64'),
        },
      ];

const finishOf = ({ ended }: Answer): string => (ended === 'length' ? 'MAX_TOKENS' : 'STOP');

const envelope = ({ id, model, candidates }: Request, { tokens }: Answer): JsonObject => ({
  usageMetadata: {
    promptTokenCount: tokens.input,
    candidatesTokenCount: tokens.output * candidates,
    totalTokenCount: tokens.input + tokens.output * candidates,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: tokens.input }],
  },
  modelVersion: model,
  responseId: id,
});

const WORDS: Readonly<Record<number, string>> = { 401: 'UNAUTHENTICATED', 404: 'NOT_FOUND' };

/** An error as Google's APIs word it. */
export const geminiError = ({ status, message }: Refusal): JsonObject => ({
  error: { code: status, message, status: WORDS[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL') },
});
