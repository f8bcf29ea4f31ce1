import { EXTRACTION, type Monitor } from './monitor.ts';

/** Queries at the boundary between classes: there a thief learns most, and an attacker ends up. */
export const lowConfidence: Monitor = {
  name: 'low-confidence',
  title: 'Low confidence',
  source: 'Yu et al.: CloudLeak, NDSS 2020; Chen, Jordan, Wainwright: HopSkipJumpAttack, S&P 2020',
  technique: EXTRACTION,
  explanation: 'lie where the model can hardly decide between two classes',
  level: 0.01,
  history: 0,
  perClass: true,
  together: false,
  start: () => ({
    memory: [],
    score: ({ margin }) => (margin === undefined ? undefined : -Math.log(margin + 1e-9)),
  }),
};
