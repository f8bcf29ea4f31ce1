import type { Withheld } from '../dialect.ts';

const KEEPS =
  'The model server would keep what is said and add it to the conversation, unseen by the gateway; send it in `input` of /v1/responses.';
const KEPT = 'What the model server keeps is not read back here; take the answer from the reply itself.';
const LATER = 'The answer would come later and by another way; send the requests one by one.';
const FILES =
  'The model server would keep files that the gateway has not read; send them in the request, as base64.';
const LIVE = 'Live sessions are not passed on; use /v1/responses or /v1/chat/completions with `stream`.';
const NOT_TEXT = 'The gateway cannot read what goes in or comes out there.';

const withheld = (hint: string, ...paths: readonly string[]): Withheld[] =>
  paths.map((path) => ({ path: `/v1/${path}`, hint }));

/** Endpoints of the API that are refused, each with its reason. */
export const WITHHELD: readonly Withheld[] = [
  ...withheld(KEEPS, 'conversations', 'assistants', 'threads', 'vector_stores', 'containers', 'chatkit'),
  ...withheld(KEPT, 'responses/:id/input_items', 'chat/completions/:id', 'chat/completions/:id/messages'),
  ...withheld(LATER, 'batches', 'fine_tuning', 'evals'),
  ...withheld(FILES, 'files', 'uploads', 'skills'),
  ...withheld(LIVE, 'realtime'),
  ...withheld(NOT_TEXT, 'audio', 'images', 'videos'),
];
