import { Refusal } from '../base/refusal.ts';
import type { Caller } from '../exchange/caller.ts';
import type { Prompt } from '../exchange/exchange.ts';
import type { Passage } from './passage.ts';
import type { OpenTarget } from './route.ts';
import type { Plan } from './routing/attempts.ts';

/**
 * Of the targets, those that keep what the request names, and keep it for this very caller. All answers of an
 * organisation lie under one key of the model server's, which would give them to whoever knows an id: so ids of others
 * are as unknown here as ids that nobody was given.
 */
export function keepersOf(
  { gate }: Passage,
  caller: Caller,
  { recalls = [] }: Prompt,
  plan: Plan<OpenTarget>,
): Plan<OpenTarget> {
  if (recalls.length === 0) return plan;
  const { history } = gate.store;
  const [first, ...others] = plan.targets.filter(({ upstream }) =>
    history.belongs(upstream.name, recalls, caller.id),
  );
  if (first !== undefined) return { ...plan, targets: [first, ...others] };
  const hint =
    'No answer, conversation or item of that id was given to this caller; send the history in `input`.';
  throw new Refusal('not_found', { hint });
}
