import type { Withheld } from '../dialect.ts';

const KEEPS = 'The model server would add what it keeps to the conversation, unseen by the gateway.';
const LATER = 'The answer would come later and by another way; send the requests one by one.';
const FILES = 'The model server would keep files that the gateway has not read; send them as inlineData.';
const LIVE = 'WebSockets are not passed on; use generateContent or streamGenerateContent.';

const withheld = (hint: string, ...paths: readonly string[]): Withheld[] =>
  paths.map((path) => ({ path, hint }));

/** Endpoints of the API that are refused, each with its reason. */
export const WITHHELD: readonly Withheld[] = [
  ...withheld(
    `${KEEPS} Use generateContent.`,
    '/v1beta/interactions',
    '/v1beta2/interactions',
    '/v1beta/cachedContents',
    '/v1beta/agents',
  ),
  ...withheld(FILES, '/v1beta/files', '/upload/v1beta/files', '/v1beta/fileSearchStores', '/v1beta/corpora'),
  ...withheld(
    LATER,
    '/v1beta/batches',
    '/v1beta/models/:id:batchGenerateContent',
    '/v1beta/models/:id:asyncBatchEmbedContent',
    '/v1beta/models/:id:predictLongRunning',
  ),
  ...withheld(
    LIVE,
    '/v1beta/models/:id:bidiGenerateContent',
    ...['v1alpha', 'v1beta'].map(
      (version) => `/ws/google.ai.generativelanguage.${version}.GenerativeService.BidiGenerateContent`,
    ),
  ),
];
