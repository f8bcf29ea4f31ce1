import type { Dialect } from '../dialect.ts';
import { batchEmbedContents, embedContent } from './embeddings.ts';
import { readError, refuse } from './errors.ts';
import { countTokens, generateContent, streamGenerateContent } from './generate.ts';
import { listModels, models, readModels, showModel } from './models.ts';
import { WITHHELD } from './withheld.ts';

/** Google's Gemini API. */
export const gemini: Dialect = {
  name: 'gemini',
  operations: [
    generateContent,
    streamGenerateContent,
    countTokens,
    embedContent,
    batchEmbedContents,
    ...models,
  ],
  withheld: WITHHELD,
  chat: (stream) => (stream ? streamGenerateContent : generateContent),
  claims: (path, headers) =>
    /^\/(?:v1beta2?|upload|ws)\//.test(path) ||
    headers['x-goog-api-key'] !== undefined ||
    headers['x-goog-api-client'] !== undefined,
  refuse,
  authorize: (key) => ({ 'x-goog-api-key': key }),
  readError,
  listModels,
  showModel,
  readModels,
};
