import { createHmac } from 'node:crypto';
import type { Operation } from '../dialects/dialect.ts';
import type { Prompt } from '../exchange/exchange.ts';
import type { Asked } from '../guards/guard.ts';
import type { Bridge } from './bridge.ts';
import type { Passage } from './passage.ts';
import { spotlight } from './spotlight.ts';

/** What the guards of a reply may know of its request: the texts as the guards let them through, before any mark. */
export const askedOf = ({ ask, gate }: Pick<Passage, 'ask' | 'gate'>, { slots }: Prompt): Asked => ({
  texts: slots.map(({ provenance, text }) => ({ provenance, text })),
  // Who has the key and the ledger can tell of words that turn up elsewhere which request they were of.
  seed: createHmac('sha256', gate.digestKey).update(`seed\0${ask.id}`).digest(),
});

/**
 * Puts the marks of guards into the system text, and the policy's around untrusted texts, when everything in the prompt is cleared, recorded and kept: they are
 * the gateway's own words, and different for each request. Bridges put the prompt again, as it now is.
 */
export function markPrompt(
  { house }: Pick<Passage, 'house'>,
  operation: Operation,
  prompt: Prompt,
  bridges: readonly Bridge[],
  { seed }: Asked,
): void {
  if (operation.instruct === undefined) return;
  const { spotlighting } = house.policy;
  const note = spotlighting && spotlight(prompt, spotlighting, seed);
  const imprints = house.watch.duty.reply.flatMap(({ guard }) => guard.imprint?.(seed) ?? []);
  if (note !== undefined) imprints.push({ text: note, always: true });
  if (imprints.length === 0) return;
  const system = prompt.slots.findLast(
    ({ provenance, format, fixed }) => provenance === 'system' && format === 'text' && !fixed,
  );
  for (const { text, always } of imprints) {
    // Behind what is there, so that a server's own cache still knows the beginning.
    if (system !== undefined) system.set(`${system.text}\n\n${text}`);
    else if (always) operation.instruct(prompt.body, text);
  }
  for (const bridge of bridges) bridge.put(prompt);
}
