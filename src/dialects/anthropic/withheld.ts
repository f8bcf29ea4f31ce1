import type { Withheld } from '../dialect.ts';

const KEEPS = 'The model server would keep what is said, unseen by the gateway; send it in /v1/messages.';
const LATER = 'The answer would come later and by another way; send the requests one by one.';
const FILES =
  'The model server would keep files that the gateway has not read; send them in the request, as base64.';
const ORGANISATION = 'Members, keys and reports of the organisation are not for callers of models.';
const OLD = 'It is the API before messages; use /v1/messages.';

const withheld = (hint: string, ...paths: readonly string[]): Withheld[] =>
  paths.map((path) => ({ path: `/v1/${path}`, hint }));

/** Endpoints of the API that are refused, each with its reason. */
export const WITHHELD: readonly Withheld[] = [
  ...withheld(LATER, 'messages/batches'),
  ...withheld(FILES, 'files', 'skills'),
  ...withheld(KEEPS, 'agents', 'sessions', 'environments'),
  ...withheld(ORGANISATION, 'organizations'),
  ...withheld(OLD, 'complete'),
];
