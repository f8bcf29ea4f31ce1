import { EVASION, type Monitor } from './monitor.ts';

/**
 * Rows that are nowhere as data are: most features of pictures and of many tables are at one value most of the time, such as
 * black, or nought. A little added everywhere moves many of them at once, whatever its direction, and be it rounded as the data are.
 */
export const unusualValues: Monitor = {
  name: 'unusual-values',
  title: 'Unusual values',
  source:
    'Hendrycks, Gimpel: Early methods for detecting adversarial images, ICLR 2017: they stand out where data hardly vary',
  technique: EVASION,
  explanation:
    'are off the commonest value in too many features at once, as when a little is added everywhere',
  level: 0.01,
  history: 0,
  perClass: true,
  together: false,
  start: () => ({
    memory: [],
    score: ({ unusual }) => Math.log1p(unusual),
  }),
};
