import { credentialOf } from '../../callers/credential.ts';
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

/** Whoever reaches the socket is on this machine. */
const HERE = '127.0.0.1';

/**
 * A key on the control socket says who acts: the act is then its caller's, and the policy decides as it would over HTTP. So
 * two people on one machine can be told apart.
 */
export const asClient = (passage: Passage): Passage =>
  passage.ask.local && credentialOf(passage.ask.req.rawHeaders, passage.ask.query) !== undefined
    ? { ...passage, ask: { ...passage.ask, peer: HERE, local: false } }
    : passage;
