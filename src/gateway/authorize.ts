import { Refusal } from '../base/refusal.ts';
import type { Caller } from '../exchange/caller.ts';
import type { Action } from '../exchange/exchange.ts';
import { may } from '../policy/may.ts';
import type { Passage } from './passage.ts';

/** Whether the policy lets them; what it does not name is refused. */
export function authorize({ house }: Passage, caller: Caller, action: Action, model?: string): void {
  if (!may(house.policy, caller.roles, action, model).allowed) throw new Refusal('forbidden');
}
