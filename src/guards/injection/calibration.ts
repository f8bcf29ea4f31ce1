import type { Speaker } from './features.ts';
import type { ModelFacts } from './model.ts';

/** Share of innocent texts of unseen sources that are flagged, as settings name it. */
export const SENSITIVITIES = { low: '0.001', balanced: '0.01', high: '0.05' } as const;
export type Sensitivity = keyof typeof SENSITIVITIES;

/** The line in log-odds above which texts of a speaker are flagged. */
export function lineOf({ lines }: ModelFacts, speaker: Speaker, sensitivity: Sensitivity): number {
  const own =
    lines[speaker === 'tool-definition' ? 'data' : speaker === 'operator' ? 'operator' : speaker] ??
    lines.user;
  return own?.[SENSITIVITIES[sensitivity]] ?? 0;
}

/** Log-odds as a score, 0..1, of which 0.5 is the line. */
export const scoreOf = (logit: number, line: number): number => 1 / (1 + Math.exp(line - logit));
