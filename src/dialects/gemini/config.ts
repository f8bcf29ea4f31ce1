import { array, bool, count, ident, integer, number, only, refused, tree, usually } from '../shape.ts';
import { message } from './message.ts';

/** Most answers to one request: what the API allows, and what bounds the channels of a stream. */
export const MAX_CANDIDATES = 8;

const OTHER_MODEL = 'The model server could answer with another model than the one that was asked for.';
const REPEATED = 'Token probabilities would repeat the answer piece by piece.';

export const generationConfig = message({
  candidateCount: integer(1, MAX_CANDIDATES),
  maxOutputTokens: count,
  stopSequences: array(ident),
  temperature: number,
  topP: number,
  topK: number,
  seed: number,
  presencePenalty: number,
  frequencyPenalty: number,
  responseMimeType: usually('text/plain', 'application/json', 'text/x.enum'),
  responseSchema: tree('other'),
  responseJsonSchema: tree('other'),
  responseFormat: tree('other'),
  responseModalities: array(usually('MODALITY_UNSPECIFIED', 'TEXT', 'IMAGE', 'AUDIO', 'VIDEO')),
  thinkingConfig: message({
    includeThoughts: bool,
    // -1: as many as the model likes.
    thinkingBudget: integer(-1, Number.MAX_SAFE_INTEGER),
    thinkingLevel: usually('THINKING_LEVEL_UNSPECIFIED', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH'),
  }),
  mediaResolution: ident,
  speechConfig: tree('other'),
  imageConfig: tree('other'),
  audioTimestamp: bool,
  audioTranscriptionConfig: tree('other'),
  translationConfig: tree('other'),
  enableAffectiveDialog: bool,
  enableEnhancedCivicAnswers: bool,
  responseLogprobs: only(false, REPEATED),
  logprobs: only(0, REPEATED),
  modelSelectionConfig: refused(OTHER_MODEL),
  routingConfig: refused(OTHER_MODEL),
});
