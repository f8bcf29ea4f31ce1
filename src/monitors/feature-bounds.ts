import { EVASION, type Monitor } from './monitor.ts';

/** Values that no row of the owner had. */
export const featureBounds: Monitor = {
  name: 'feature-bounds',
  title: 'Feature bounds',
  source: 'OWASP Machine Learning Security Top 10, ML01: input validation',
  technique: EVASION,
  explanation: 'hold values out of the bounds of the data of the model, or that are no numbers',
  level: 0.01,
  history: 0,
  perClass: false,
  together: false,
  start: () => ({
    memory: [],
    score: ({ outside, excess }) => Math.log1p(outside + excess),
  }),
};
