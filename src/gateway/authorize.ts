import { setImmediate } from 'node:timers/promises';
import { Refusal } from '../base/refusal.ts';
import type { Caller } from '../exchange/caller.ts';
import type { Action } from '../exchange/exchange.ts';
import type { RequestTags } from '../exchange/tags.ts';
import { decide, mayAtAll, speaksOf } from '../policy/decide.ts';
import type { Decision, Resource, Spend } from '../policy/query.ts';
import { spendCounters, spendFrom } from '../policy/spend.ts';
import type { Asker, Passage } from './passage.ts';

/**
 * Who asks, and how things stand now. Made when the body is there: whoever sends theirs slowly is decided on as things are
 * by then. Where this process counts, there is no promise, so that nothing comes between the decision and what is
 * reserved by it; of requests that are on their way to another process at once, each is decided without the others.
 */
export function askerOf(passage: Passage, caller: Caller, tags: RequestTags): Asker | Promise<Asker> {
  const { ask, gate, house } = passage;
  const asker = (spend: Spend | undefined): Asker => ({
    caller,
    circumstances: { now: gate.clock.now(), peer: ask.peer, tags, spend },
  });
  if (house.policy.documents?.mentionSpend !== true) return asker(undefined);
  const used = gate.store.quotas.used(spendCounters(caller));
  return used instanceof Promise ? used.then((sums) => asker(spendFrom(sums))) : asker(spendFrom(used));
}

/** Rules named in one entry. */
const NAMED = 16;
/** Different tools of one request or answer where a policy decides on each, and how many are decided on in one go. */
const MAX_TOOLS = 128;
const TURN = 16;

/**
 * Whether the policy lets them; what it does not name is refused. The entry says which rules decided, the refusal does
 * not: who is kept out need not know by what.
 */
export function authorize(passage: Passage, asker: Asker, action: Action, resource: Resource): void {
  const { allowed, by } = decisionOn(passage, asker, action, resource);
  passage.record.note({ by: by.slice(0, NAMED) });
  if (!allowed) throw new Refusal('forbidden');
}

/** Whether they may do it to anything at all: asked before it is known to what. */
export function admit({ house, record }: Passage, caller: Caller, action: Action): void {
  if (mayAtAll(house.policy, caller, action)) return;
  record.note({ by: ['default'] });
  throw new Refusal('forbidden');
}

export const mayDo = (passage: Passage, asker: Asker, action: Action, resource: Resource): boolean =>
  decisionOn(passage, asker, action, resource).allowed;

/** The model server that the request is routed to, where the policy says anything of routes. */
export function authorizeRoute(passage: Passage, asker: Asker, upstream: string): void {
  if (!speaksOf(passage.house.policy, 'route.use')) return;
  refuseUnless(passage, asker, 'route.use', { kind: 'Route', id: upstream }, 'forbidden');
}

/** Tools that a request declares or a reply calls, where the policy says anything of tools. A promise where they are many. */
export function authorizeTools(
  passage: Passage,
  asker: Asker,
  action: 'tool.declare' | 'tool.call',
  names: readonly string[] = [],
): void | Promise<void> {
  if (names.length === 0 || !speaksOf(passage.house.policy, action)) return undefined;
  const code = action === 'tool.call' ? 'reply_blocked' : 'forbidden';
  const ids = [...new Set(names)];
  if (ids.length > MAX_TOOLS) throw new Refusal(code, { hint: `There are more than ${MAX_TOOLS} tools.` });
  const decide = (from: number): void | Promise<void> => {
    for (const id of ids.slice(from, from + TURN))
      refuseUnless(passage, asker, action, { kind: 'Tool', id }, code);
    const next = from + TURN;
    // Conditions take their time, and others want to be served between.
    return next < ids.length ? setImmediate().then(() => decide(next)) : undefined;
  };
  return decide(0);
}

function refuseUnless(
  passage: Passage,
  asker: Asker,
  action: Action,
  resource: Resource,
  code: 'forbidden' | 'reply_blocked',
): void {
  const { allowed, by } = decisionOn(passage, asker, action, resource);
  if (allowed) return;
  passage.record.note({ refused: action, by: by.slice(0, NAMED) });
  throw new Refusal(code, code === 'reply_blocked' ? { reasons: ['policy.tool_call'] } : {});
}

/** Whoever owns the data folder decides what the policy is: to ask it for leave would protect nothing. */
const LOCAL: Decision = { allowed: true, by: ['local'] };

function decisionOn(
  { ask, house }: Passage,
  { caller, circumstances }: Asker,
  action: Action,
  resource: Resource,
): Decision {
  return ask.local ? LOCAL : decide(house.policy, { caller, action, resource, circumstances });
}
