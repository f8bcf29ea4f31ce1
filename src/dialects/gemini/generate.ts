import type { Operation } from '../dialect.ts';
import { readAnswer, readTokenCount } from './reply.ts';
import { readCountTokens, readGenerate } from './request.ts';
import { ContentStream } from './stream.ts';

/** https://ai.google.dev/api/generate-content */
export const generateContent: Operation = {
  id: 'gemini.generate',
  method: 'POST',
  path: '/v1beta/models/:id:generateContent',
  action: 'chat',
  query: [],
  headers: {},
  upstreamPath: '/models/{model}:generateContent',
  readPrompt: readGenerate(false),
  readReply: readAnswer,
};

/** Without `alt=sse` the API streams one JSON array, which no client of its own asks for. */
export const streamGenerateContent: Operation = {
  ...generateContent,
  id: 'gemini.stream',
  path: '/v1beta/models/:id:streamGenerateContent',
  query: ['alt'],
  demands: { alt: 'sse' },
  upstreamPath: '/models/{model}:streamGenerateContent?alt=sse',
  readPrompt: readGenerate(true),
  readStream: (prompt) => new ContentStream(prompt),
};

/** https://ai.google.dev/api/tokens */
export const countTokens: Operation = {
  id: 'gemini.count_tokens',
  method: 'POST',
  path: '/v1beta/models/:id:countTokens',
  action: 'count_tokens',
  query: [],
  headers: {},
  upstreamPath: '/models/{model}:countTokens',
  readPrompt: readCountTokens,
  readReply: readTokenCount,
};
