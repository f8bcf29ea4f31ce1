import type { Caller } from '../../exchange/caller.ts';
import type { Passage } from '../passage.ts';

/**
 * On the control socket, an act may be on behalf of a caller whom another process of this gateway has identified. That
 * only ever lessens what may be done: whoever can open the socket owns the gateway.
 */
export const ACTING = 'x-gatehouse-acting';

interface Acting {
  readonly caller: Caller;
  readonly peer: string;
}

export const actingFor = (caller: Caller, peer: string): string =>
  Buffer.from(JSON.stringify({ caller, peer } satisfies Acting)).toString('base64url');

/** The passage as it came to the other process, and its caller; undefined where the operator acts for themself. */
export function readActing(passage: Passage): { passage: Passage; caller: Caller } | undefined {
  const { ask, record } = passage;
  const header = ask.local ? ask.req.headers[ACTING] : undefined;
  if (typeof header !== 'string') return undefined;
  const { caller, peer } = JSON.parse(Buffer.from(header, 'base64url').toString()) as Acting;
  record.note({ peer });
  record.caller(caller);
  return { passage: { ...passage, ask: { ...ask, peer, local: false } }, caller };
}
