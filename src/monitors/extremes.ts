import { EXTRACTION, type Monitor } from './monitor.ts';

/** Rows that vary as the owner's do, but farther: Hotelling's T² over the principal components. */
export const extremes: Monitor = {
  name: 'extremes',
  title: 'Extreme combinations',
  source: 'Hotelling: Multivariate quality control, 1947',
  technique: EXTRACTION,
  explanation: 'combine their features in extreme ways',
  level: 0.01,
  history: 0,
  perClass: true,
  start: ({ outline: { variances } }) => ({
    memory: [],
    score: ({ coordinates }) => {
      let total = 1e-6;
      for (let at = 0; at < coordinates.length; at++) {
        const variance = variances[at] as number;
        if (variance > 0) total += (coordinates[at] as number) ** 2 / variance;
      }
      return Math.log(total);
    },
  }),
};
