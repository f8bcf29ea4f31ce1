import { EXTRACTION, type Monitor } from './monitor.ts';

/** Of a direction in which rows hardly vary, in squared steps: less is rounding. */
const LEAST_VARIANCE = 1e-3;

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
  together: false,
  start: ({ outline: { variances } }) => ({
    memory: [],
    score: ({ coordinates }) => {
      let total = 1e-6;
      for (let at = 0; at < variances.length; at++)
        total += (coordinates[at] as number) ** 2 / ((variances[at] as number) + LEAST_VARIANCE);
      return Math.log(total);
    },
  }),
};
