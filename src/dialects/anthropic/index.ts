import type { Dialect } from '../dialect.ts';
import { readError, refuse } from './errors.ts';
import { countTokens, messages } from './messages.ts';
import { listModels, models, readModels, showModel } from './models.ts';
import { WITHHELD } from './withheld.ts';

/** Anthropic's API. */
export const anthropic: Dialect = {
  name: 'anthropic',
  operations: [messages, countTokens, ...models],
  withheld: WITHHELD,
  chat: () => messages,
  claims: (path, headers) => path.startsWith('/v1/messages') || headers['anthropic-version'] !== undefined,
  refuse,
  // The version is what the client sends; this one is for those who send none.
  authorize: (key) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
  readError,
  listModels,
  showModel,
  readModels,
};
