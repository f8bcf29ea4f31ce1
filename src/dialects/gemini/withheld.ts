import type { Withheld } from '../dialect.ts';

const KEEPS = 'The model server would add what it keeps to the conversation, unseen by the gateway.';
const LATER = 'The answer would come later and by another way; send the requests one by one.';
const FILES = 'The model server would keep files that the gateway has not read; send them as inlineData.';
const LIVE = 'WebSockets are not passed on; use generateContent or streamGenerateContent.';

const withheld = (hint: string, ...paths: readonly string[]): Withheld[] =>
  paths.map((path) => ({ path, hint }));

/** The paths below both versions of the API. */
const both = (...below: readonly string[]): string[] =>
  below.flatMap((path) => [`/v1beta/${path}`, `/v1/${path}`]);

/** Endpoints of the API that are refused, each with its reason. */
export const WITHHELD: readonly Withheld[] = [
  ...withheld(
    `${KEEPS} Use generateContent.`,
    '/v1beta2/interactions',
    ...both('interactions', 'cachedContents', 'agents'),
  ),
  // `/v1/files` and `/v1/batches` would be OpenAI's.
  ...withheld(
    FILES,
    '/v1beta/files',
    '/upload/v1beta/files',
    '/upload/v1/files',
    ...both('fileSearchStores', 'corpora'),
  ),
  ...withheld(
    LATER,
    '/v1beta/batches',
    ...both(
      'models/:id:batchGenerateContent',
      'models/:id:asyncBatchEmbedContent',
      'models/:id:predictLongRunning',
    ),
  ),
  ...withheld(
    LIVE,
    ...both('models/:id:bidiGenerateContent'),
    ...['v1', 'v1alpha', 'v1beta'].map(
      (version) => `/ws/google.ai.generativelanguage.${version}.GenerativeService.BidiGenerateContent`,
    ),
  ),
];
