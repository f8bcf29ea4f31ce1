import type { Prompt } from '../exchange/exchange.ts';
import type { Provenance, Slot } from '../exchange/part.ts';

/** Tokens that a chat format adds around each text. */
const PER_TEXT = 4;

/**
 * Tokens of a text that nobody has counted, not rounded: a quarter of each character, and about one for each character
 * beyond ASCII (scripts without spaces take a token or more a character). Errs to the high side for plain English.
 */
const tokensIn = (text: string): number =>
  text.length / 4 + ((Buffer.byteLength(text) - text.length) * 3) / 8;

/** Tokens to reserve before an upstream has counted them. */
export function estimate(
  prompt: Prompt,
  assumeOutput: number,
): { readonly input: number; readonly output: number } {
  let input = 0;
  for (const { text } of prompt.slots) {
    input += Math.ceil(tokensIn(text)) + PER_TEXT;
  }
  for (const { tokens } of prompt.opaque) input += tokens ?? 0;
  return { input, output: prompt.choices * (prompt.maxOutput ?? assumeOutput) };
}

/** What a model writes itself; everything else in its answer is names and quotations. */
const WRITTEN: ReadonlySet<Provenance> = new Set(['assistant', 'reasoning', 'tool-arguments']);

/** Tokens of what a model wrote, not rounded, so that pieces come to what the whole does. Log probabilities repeat it. */
export function estimateWritten(slots: readonly Slot[]): number {
  let tokens = 0;
  for (const { text, provenance, path } of slots)
    if (WRITTEN.has(provenance) && !path.includes('/logprobs')) tokens += tokensIn(text);
  return tokens;
}
