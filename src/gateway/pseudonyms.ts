import { Refusal } from '../base/refusal.ts';
import type { Caller } from '../exchange/caller.ts';
import type { Prompt } from '../exchange/exchange.ts';
import { openDisguise, tenantKey } from './inspect/disguise.ts';
import type { Disguise } from './inspect/inspection.ts';
import type { Passage } from './passage.ts';

/** The disguise of one request. */
export interface RequestDisguise extends Disguise {
  /**
   * What later requests are to be given back is on disk, sealed, when it resolves. Rejects with
   * Refusal('vault_unavailable').
   */
  keep(): Promise<void>;
}

/** What takes the place of values in one request, and how they come back in its reply. */
export async function disguiseFor(
  { ask, gate, house, record }: Passage,
  { team }: Caller,
  { slots }: Prompt,
): Promise<RequestDisguise> {
  const rule = house.policy.pseudonyms;
  const own = {
    tenant: team,
    key: () => tenantKey(gate.digestKey, team),
    texts: () => slots.map(({ text }) => text),
  };
  if (rule.scope === 'request' || gate.pseudonyms === undefined)
    return { ...openDisguise(own), keep: async () => {} };
  const subject = record.fact('subject');
  const booked = { request: ask.id, subject: typeof subject === 'string' ? subject : null };
  const book = await gate.pseudonyms.open(team, rule.max);
  const disguise = openDisguise({ ...own, book: book.for(booked) });
  return { ...disguise, keep: () => book.save(disguise.pseudonyms.used, booked, rule) };
}

/**
 * An answer in the background is asked for by another request, which knows nothing of this one's stand-ins unless the
 * policy has them remembered. Throws `unsupported`.
 */
export function refuseForgotten({ house }: Passage, { background }: Prompt, { pseudonyms }: Disguise): void {
  if (background !== true || pseudonyms.used.size === 0) return;
  if (house.policy.pseudonyms.scope === 'tenant') return;
  const hint =
    'What the policy replaces by pseudonyms cannot be put back into an answer in the background; ask without it.';
  throw new Refusal('unsupported', { field: '/background', hint });
}
