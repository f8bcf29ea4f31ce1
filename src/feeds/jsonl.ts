import { cleanJson, factsOf } from './clean.ts';
import { type Format, written } from './format.ts';
import { idOf, type Notice } from './notice.ts';

/** A line of JSON for each notice. */
export const jsonl: Format = {
  name: 'json',
  contentType: 'application/x-ndjson',
  most: 1000,
  lines: true,
  write: (notices) => written(notices.map((notice) => cleanJson(jsonOf(notice)))),
};

function jsonOf(notice: Notice) {
  const { seq, leaf, time, kind, level, title, alert, over, facts } = notice;
  return {
    id: idOf(notice),
    time,
    kind,
    level,
    title,
    alert,
    ...(over && { over }),
    ledger: { seq, leaf },
    facts: Object.fromEntries(factsOf(facts)),
  };
}
