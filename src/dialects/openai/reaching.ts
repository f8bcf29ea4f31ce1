import { type Fields, only, refused } from '../shape.ts';

const FETCHES = 'The model server would bring in outside content that the gateway does not see.';
const OTHER_MODEL = 'The model server could answer with another model than the one that was asked for.';
const NUMBERS = 'Token numbers cannot be inspected.';

/** Fields with which a request would reach past the gateway; no endpoint passes them on. */
export const REACHING: Fields = {
  web_search_options: refused(FETCHES),
  // The same by other servers: xAI, DashScope, OpenRouter, Azure.
  search_parameters: refused(FETCHES),
  enable_search: only(false, FETCHES),
  plugins: refused(FETCHES),
  data_sources: refused(FETCHES),
  // vLLM: the answer as numbers, where a client could read what a guard took out of the text.
  return_token_ids: only(false, NUMBERS),
  return_tokens_as_token_ids: only(false, NUMBERS),
  models: refused(OTHER_MODEL),
  fallbacks: refused(OTHER_MODEL),
  route: refused(OTHER_MODEL),
};
