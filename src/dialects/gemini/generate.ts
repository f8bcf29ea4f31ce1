import { isObject } from '../../base/json.ts';
import type { Operation } from '../dialect.ts';
import { pathsOf } from './paths.ts';
import { readAnswer, readTokenCount } from './reply.ts';
import { readCountTokens, readGenerate } from './request.ts';
import { ContentStream } from './stream.ts';
import { translator } from './translate.ts';

/** https://ai.google.dev/api/generate-content */
export const generateContent: Operation = {
  id: 'gemini.generate',
  method: 'POST',
  ...pathsOf('generateContent'),
  action: 'chat',
  query: [],
  headers: {},
  readPrompt: readGenerate(false),
  readReply: readAnswer,
  instruct(body, text) {
    const name = body.system_instruction === undefined ? 'systemInstruction' : 'system_instruction';
    const given = body[name];
    const parts = isObject(given) && Array.isArray(given.parts) ? given.parts : [];
    body[name] = { ...(isObject(given) && given), parts: [{ text }, ...parts] };
  },
  translator,
};

/** Without `alt=sse` the API streams one JSON array, which no client of its own asks for. */
export const streamGenerateContent: Operation = {
  ...generateContent,
  id: 'gemini.stream',
  ...pathsOf('streamGenerateContent'),
  query: ['alt'],
  demands: { alt: 'sse' },
  upstreamPath: `${pathsOf('streamGenerateContent').upstreamPath}?alt=sse`,
  readPrompt: readGenerate(true),
  readStream: (prompt) => new ContentStream(prompt),
};

/** https://ai.google.dev/api/tokens */
export const countTokens: Operation = {
  id: 'gemini.count_tokens',
  method: 'POST',
  ...pathsOf('countTokens'),
  action: 'count_tokens',
  query: [],
  headers: {},
  readPrompt: readCountTokens,
  readReply: readTokenCount,
};
