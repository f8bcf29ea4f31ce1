import type { Dialect } from '../dialect.ts';
import { chat } from './chat.ts';
import { completions } from './completions.ts';
import { embeddings } from './embeddings.ts';
import { readError, refuse } from './errors.ts';
import { listModels, models, readModels, showModel } from './models.ts';
import { moderations } from './moderations.ts';
import { rerank } from './rerank.ts';
import { responses } from './responses.ts';
import { keptResponses } from './responses-kept.ts';
import { WITHHELD } from './withheld.ts';

/** OpenAI's API, and the servers that speak it: vLLM, Ollama, llama.cpp, Azure and many more. */
export const openai: Dialect = {
  name: 'openai',
  operations: [chat, responses, ...keptResponses, completions, embeddings, moderations, rerank, ...models],
  withheld: WITHHELD,
  chat: () => chat,
  claims: (path, headers) =>
    path.startsWith('/v1/') &&
    !path.startsWith('/v1/messages') &&
    headers['anthropic-version'] === undefined &&
    headers['x-goog-api-key'] === undefined &&
    headers['x-goog-api-client'] === undefined,
  refuse,
  authorize: (key) => ({ authorization: `Bearer ${key}` }),
  readError,
  listModels,
  showModel,
  readModels,
};
