import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Reply, Usage } from '../../exchange/exchange.ts';
import { tokensIn, usageOf } from '../../exchange/usage.ts';
import { NO_USAGE } from '../dialect.ts';
import { Reading } from '../reading.ts';
import {
  array,
  bool,
  count,
  type Fields,
  ident,
  measure,
  parts,
  readBody,
  refused,
  required,
  type Shape,
  text,
  tree,
  usually,
} from '../shape.ts';
import { part } from './content.ts';
import { message } from './message.ts';

export const FINISH_REASONS = usually(
  'STOP',
  'MAX_TOKENS',
  'SAFETY',
  'RECITATION',
  'LANGUAGE',
  'OTHER',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'MALFORMED_FUNCTION_CALL',
  'UNEXPECTED_TOOL_CALL',
  'IMAGE_SAFETY',
);

const byModality = array(message({ modality: ident, tokenCount: count }));

const usageMetadata = message({
  promptTokenCount: count,
  cachedContentTokenCount: count,
  candidatesTokenCount: count,
  thoughtsTokenCount: count,
  toolUsePromptTokenCount: count,
  totalTokenCount: count,
  promptTokensDetails: byModality,
  cacheTokensDetails: byModality,
  candidatesTokensDetails: byModality,
  toolUsePromptTokensDetails: byModality,
  trafficType: ident,
  serviceTier: ident,
});

const safetyRatings = array(
  message({
    category: ident,
    probability: usually('HARM_PROBABILITY_UNSPECIFIED', 'NEGLIGIBLE', 'LOW', 'MEDIUM', 'HIGH'),
    probabilityScore: measure,
    severity: ident,
    severityScore: measure,
    overwrittenThreshold: ident,
    blocked: bool,
  }),
);

/** What answers and the chunks of a streamed answer have in common. */
export const envelope: Fields = {
  promptFeedback: message({
    blockReason: usually('SAFETY', 'OTHER', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'IMAGE_SAFETY'),
    blockReasonMessage: text('other'),
    safetyRatings,
  }),
  usageMetadata,
  modelVersion: ident,
  responseId: ident,
  createTime: ident,
  modelStatus: tree('other'),
};

/** What candidates have besides their content. */
export const about: Fields = {
  finishReason: FINISH_REASONS,
  finishMessage: text('assistant'),
  safetyRatings,
  tokenCount: count,
  avgLogprobs: measure,
  citationMetadata: tree('document'),
  groundingMetadata: tree('document'),
  groundingAttributions: tree('document'),
  urlContextMetadata: tree('document'),
  logprobsResult: refused('Token probabilities were not asked for.'),
};

const candidate = message({
  ...about,
  index: count,
  content: message({ role: usually('model'), parts: parts(part('assistant')) }),
});

const answer = message({ ...envelope, candidates: array(candidate) });

/** Tokens in (from a cache, and for tools, included) and out (thoughts included). */
export function readUsage(value: Json | undefined): Usage | undefined {
  if (!isObject(value)) return undefined;
  const tokens = (name: string) => tokensIn(value[name]) ?? 0;
  const reasoning = tokens('thoughtsTokenCount');
  return usageOf(
    tokens('promptTokenCount') + tokens('toolUsePromptTokenCount'),
    tokens('candidatesTokenCount') + reasoning,
    { cached: value.cachedContentTokenCount, reasoning },
  );
}

/** A reply of one of the endpoints. */
export const readWith =
  (shape: Shape, usageOf: (body: JsonObject) => Usage | undefined) =>
  (body: JsonObject): Reply => {
    const reading = new Reading('upstream');
    readBody(shape, body, reading);
    return {
      slots: reading.slots,
      opaque: reading.opaque,
      tools: reading.tools.called,
      usage: usageOf(body),
      body,
    };
  };

export const readAnswer = readWith(answer, ({ usageMetadata: said }) => readUsage(said));

const tokenCount = message({
  totalTokens: required(count),
  cachedContentTokenCount: count,
  totalBillableCharacters: count,
  promptTokensDetails: byModality,
  cacheTokensDetails: byModality,
});

export const readTokenCount = readWith(tokenCount, () => NO_USAGE);
