import { Refusal } from '../base/refusal.ts';
import type { Caller } from '../exchange/caller.ts';
import type { Prompt } from '../exchange/exchange.ts';
import { openDisguise, tenantKey } from './inspect/disguise.ts';
import type { Disguise } from './inspect/inspection.ts';
import type { Passage } from './passage.ts';

/** What takes the place of values in one request, and how they come back in its reply. */
export function disguiseFor({ gate }: Passage, { team }: Caller, { slots }: Prompt): Disguise {
  return openDisguise({ key: tenantKey(gate.digestKey, team), texts: () => slots.map(({ text }) => text) });
}

/**
 * An answer in the background is asked for by another request, which knows nothing of this one's stand-ins. Throws
 * `unsupported`.
 */
export function refuseForgotten({ house }: Passage, { background }: Prompt, { pseudonyms }: Disguise): void {
  if (background !== true || pseudonyms.used.size === 0) return;
  if (house.policy.pseudonyms.scope === 'tenant') return;
  const hint =
    'What the policy replaces by pseudonyms cannot be put back into an answer in the background; ask without it.';
  throw new Refusal('unsupported', { field: '/background', hint });
}
