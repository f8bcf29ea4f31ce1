import { identify } from '../callers/index.ts';
import type { Caller } from '../exchange/caller.ts';
import type { Passage } from './passage.ts';

/** Who is asking: on every path, known or not, before anything else is said. */
export async function identifyCaller({ ask, gate, record }: Passage): Promise<Caller> {
  const { callers, pepper } = gate.store;
  const caller = identify(ask.req.rawHeaders, ask.query, callers.lookup, pepper, gate.clock.now());
  record.caller(caller);
  return caller;
}
