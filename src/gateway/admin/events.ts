import type { Readable } from 'node:stream';
import { Refusal } from '../../base/refusal.ts';
import type { Action } from '../../exchange/exchange.ts';
import { mayAtAll } from '../../policy/decide.ts';
import { callerNow } from '../identify.ts';
import type { AdminCall } from './endpoint.ts';

/** Streams that one caller may look on at, all together. */
const MOST = 16;

/** Takes a place for one more stream of a caller, or refuses. Returns how it is given back. */
export function takePlace({ gate, caller }: AdminCall): () => void {
  const { onlookers } = gate;
  const taken = onlookers.get(caller.id) ?? 0;
  if (taken >= MOST)
    throw new Refusal('overloaded', { retryAfter: 5, hint: `You look on at ${MOST} streams already.` });
  onlookers.set(caller.id, taken + 1);
  return () => {
    const left = (onlookers.get(caller.id) ?? 1) - 1;
    if (left > 0) onlookers.set(caller.id, left);
    else onlookers.delete(caller.id);
  };
}

/** Milliseconds between looks whether the caller may still look on, and looks between signs of life. */
const LOOK = 500;
/** Until a browser comes again, whose session has another token by then, perhaps. */
const AGAIN = 1000;
const BEAT = 20;

/**
 * Sends events as they come, until they end, the client goes, the gateway stops or the caller may look on no longer. Whoever
 * reads slowly misses what came meanwhile, and is not waited for by anybody else.
 */
export async function sendEvents(call: AdminCall, action: Action, events: Readable): Promise<void> {
  const { answer, gate } = call;
  const end = (): void => void events.destroy();
  answer.onGone(end);
  let looks = 0;
  const looking = setInterval(() => {
    looks += 1;
    if (gate.closing || !mayStay(call, action)) end();
    else if (looks % BEAT === 0) void answer.tell(':\n\n');
  }, LOOK).unref();
  try {
    await answer.tell(`retry: ${AGAIN}\n\n`);
    for await (const event of events) await answer.tell(`data: ${JSON.stringify(event)}\n\n`);
  } catch {
    // Whoever is gone has been told nothing more; the entry was written when it began.
  } finally {
    end();
    clearInterval(looking);
    answer.end('');
  }
}

/** Neither their credential nor their leave was taken from them meanwhile. */
function mayStay(call: AdminCall, action: Action): boolean {
  try {
    return call.ask.local || mayAtAll(call.gate.house.policy, callerNow(call, call.caller), action);
  } catch {
    return false;
  }
}
