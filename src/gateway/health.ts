import type { Passage } from './passage.ts';

/**
 * `/healthz`: the process answers. `/readyz`: it also takes requests (the ledger can be written, no drain is under
 * way). Both say one word and need no credential; nothing else is answered before a caller is known.
 */
export function answerHealth({ ask, answer, gate }: Passage): boolean {
  if (ask.method !== 'GET' && ask.method !== 'HEAD') return false;
  if (ask.path === '/healthz') {
    answer.say(200, '{"status":"ok"}');
    return true;
  }
  if (ask.path !== '/readyz') return false;
  const ready = gate.ledger.state === 'open' && !gate.closing;
  answer.say(ready ? 200 : 503, ready ? '{"status":"ready"}' : '{"status":"not ready"}');
  return true;
}
