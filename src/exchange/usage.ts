import type { Json } from '../base/json.ts';
import type { Usage } from './exchange.ts';

/** More than any request uses; a report beyond it is no report. */
const MOST_TOKENS = 1_000_000_000;

/** A number of tokens as an upstream reports it; undefined where it is none. A refund is not a number of tokens. */
export const tokensIn = (value: Json | undefined): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS
    ? value
    : undefined;

/** What usage consists of; a detail of no tokens is left out. A part is never more than its whole. */
export function usageOf(
  input: number,
  output: number,
  parts: { cached?: Json | undefined; cacheWrite?: Json | undefined; reasoning?: Json | undefined } = {},
): Usage {
  const cached = Math.min(input, tokensIn(parts.cached) ?? 0);
  const cacheWrite = Math.min(input - cached, tokensIn(parts.cacheWrite) ?? 0);
  const reasoning = Math.min(output, tokensIn(parts.reasoning) ?? 0);
  return {
    input,
    output,
    ...(cached > 0 && { cached }),
    ...(cacheWrite > 0 && { cacheWrite }),
    ...(reasoning > 0 && { reasoning }),
  };
}

/** The larger of two reports, number by number. */
export const largerUsage = (one: Usage, other: Usage): Usage =>
  usageOf(Math.max(one.input, other.input), Math.max(one.output, other.output), {
    cached: Math.max(one.cached ?? 0, other.cached ?? 0),
    cacheWrite: Math.max(one.cacheWrite ?? 0, other.cacheWrite ?? 0),
    reasoning: Math.max(one.reasoning ?? 0, other.reasoning ?? 0),
  });
