import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Answered, AnsweredChoice, AnswerPart, StopReason } from '../../exchange/conversation.ts';
import type { Usage } from '../../exchange/exchange.ts';
import {
  joinTexts,
  objects,
  ownId,
  present,
  readArguments,
  signedBy,
  stopOf,
  textParts,
} from '../translate.ts';
import { readUsage } from './reply.ts';
import { callPart, signatureIn } from './translate-parts.ts';

/** Whole answers. */

export function readAnswer(body: JsonObject): Answered {
  const start = readEnvelope(body);
  const candidates = objects(body.candidates).map((candidate) => readCandidate(candidate, start.id));
  return {
    ...start,
    // A prompt that the server's own filter withheld has no answer.
    choices: candidates.length > 0 ? candidates : [{ parts: [], stop: 'content-filter' }],
    usage: readUsage(body.usageMetadata),
  };
}

export function readEnvelope({
  responseId,
  modelVersion,
  createTime,
}: JsonObject): Pick<Answered, 'id' | 'model' | 'created'> {
  const time = typeof createTime === 'string' ? Date.parse(createTime) : Number.NaN;
  return {
    id: typeof responseId === 'string' ? responseId : '',
    model: typeof modelVersion === 'string' ? modelVersion : '',
    ...(Number.isFinite(time) && { created: Math.trunc(time / 1000) }),
  };
}

function readCandidate(candidate: JsonObject, answer: string): AnsweredChoice {
  let calls = 0;
  const content = isObject(candidate.content) ? candidate.content : {};
  const parts = joinTexts(
    objects(content.parts).flatMap((part) =>
      readPart(part, (id) => callId(id, answer, Number(candidate.index ?? 0), calls++)),
    ),
  );
  return { parts, stop: stopOf(readStop(candidate.finishReason), { calls: calls > 0, refusal: false }) };
}

/** Other APIs need an id for each call, and the same one each time the answer is read. */
export const callId = (given: Json | undefined, answer: string, choice: number, call: number): string =>
  typeof given === 'string' && given !== '' ? given : ownId('call', answer, choice, call);

/** What a part says; thoughts that are signed carry it along. */
export function readPart(part: JsonObject, idOf: (given: Json | undefined) => string): AnswerPart[] {
  const raw = signatureIn(part);
  const signature = raw === undefined ? undefined : signedBy('gemini', raw);
  if (isObject(part.functionCall)) {
    const { id, name, args } = part.functionCall;
    return [callPart(idOf(id), name, args, signature)];
  }
  for (const kind of [
    'inlineData',
    'fileData',
    'functionResponse',
    'executableCode',
    'codeExecutionResult',
  ]) {
    if (isObject(part[kind]))
      throw new Refusal('upstream_invalid', { hint: 'Its answer cannot be translated.' });
  }
  if (part.thought !== true) return textParts(part.text);
  const text = typeof part.text === 'string' ? part.text : '';
  if (text === '' && signature === undefined) return [];
  return [{ kind: 'reasoning', text, ...(signature !== undefined && { signature }) }];
}

export function readStop(reason: Json | undefined): StopReason {
  switch (reason ?? 'STOP') {
    case 'STOP':
    case 'FINISH_REASON_UNSPECIFIED':
      return 'stop';
    case 'MAX_TOKENS':
      return 'length';
    case 'MALFORMED_FUNCTION_CALL':
    case 'UNEXPECTED_TOOL_CALL':
    case 'TOO_MANY_TOOL_CALLS':
    case 'MALFORMED_RESPONSE':
      throw new Refusal('upstream_invalid', { hint: 'The model did not write its tool call to the end.' });
    default:
      return 'content-filter';
  }
}

export const FINISH: Readonly<Record<StopReason, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  'stop-sequence': 'STOP',
  'content-filter': 'SAFETY',
  refusal: 'SAFETY',
};

export function writeAnswer({ id, model, created, choices, usage }: Answered): JsonObject {
  return {
    candidates: choices.map(({ parts, stop }, index) => ({
      content: { role: 'model', parts: parts.flatMap((part) => writePart(part, stop)) },
      finishReason: FINISH[stop],
      index,
    })),
    ...writeEnvelope({ id, model, created }),
    usageMetadata: writeUsage(usage),
  };
}

export const writeEnvelope = ({
  id,
  model,
  created,
}: Pick<Answered, 'id' | 'model' | 'created'>): JsonObject =>
  present({
    modelVersion: model,
    responseId: id,
    createTime: isTime(created) ? new Date(created * 1000).toISOString() : undefined,
  });

/** Up to the year 9999; another server may say anything. */
const isTime = (created: number | undefined): created is number =>
  created !== undefined && created >= 0 && created < 253_402_300_800;

export function writePart(part: AnswerPart, stop: StopReason): JsonObject[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return [{ text: part.text }];
    case 'reasoning':
      return [present({ thought: true, text: part.text, thoughtSignature: part.signature })];
    case 'tool-call': {
      const { id, name, signature: thoughtSignature } = part;
      const args = readArguments(part.arguments);
      if (args !== undefined) return [present({ functionCall: { id, name, args }, thoughtSignature })];
      // The limit came in the middle of the call: nobody shall run half of it.
      if (stop === 'length') return [];
      throw new Refusal('upstream_invalid', { hint: 'The arguments of a tool call are not a JSON object.' });
    }
  }
}

/** Thoughts are counted beside what is said. */
export function writeUsage(
  { input, output, cached, reasoning = 0 }: Usage = { input: 0, output: 0 },
): JsonObject {
  return present({
    promptTokenCount: input,
    cachedContentTokenCount: cached,
    candidatesTokenCount: output - reasoning,
    thoughtsTokenCount: reasoning > 0 ? reasoning : undefined,
    totalTokenCount: input + output,
  });
}
