import type { Prompt } from '../exchange/exchange.ts';

/** Tokens that a chat format adds around each text. */
const PER_TEXT = 4;

/**
 * Tokens to reserve before an upstream has counted them: a quarter of each character, and about one for each
 * character beyond ASCII (scripts without spaces take a token or more a character). Errs to the high side for
 * plain English.
 */
export function estimate(
  prompt: Prompt,
  assumeOutput: number,
): { readonly input: number; readonly output: number } {
  let input = 0;
  for (const { text } of prompt.slots) {
    const beyond = Buffer.byteLength(text) - text.length;
    input += Math.ceil(text.length / 4 + (beyond * 3) / 8) + PER_TEXT;
  }
  for (const { tokens } of prompt.opaque) input += tokens ?? 0;
  return { input, output: prompt.choices * (prompt.maxOutput ?? assumeOutput) };
}
