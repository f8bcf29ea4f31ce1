import { EVASION, type Monitor } from './monitor.ts';

/**
 * Values between those that data of the owner can have: data are written with so many decimals, pixels in 256 shades, and a row
 * that was moved along a gradient, or had noise added, lies between. No matter how small the change is.
 */
export const grid: Monitor = {
  name: 'grid',
  title: 'Off the grid',
  source: 'Xu, Evans, Qi: Feature squeezing, NDSS 2018: adversarial rows use precision that data do not need',
  technique: EVASION,
  explanation: 'hold values finer than any in the data of the model, as when something small is added',
  level: 0.01,
  history: 0,
  perClass: false,
  together: false,
  start: () => ({
    memory: [],
    score: ({ offGrid }) => Math.log1p(offGrid),
  }),
};
