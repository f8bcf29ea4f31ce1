import { EXTRACTION, type Monitor } from './monitor.ts';

/** Squared steps that mean nothing: rounding. */
const ROUNDING = 0.01;

/** Rows that are put together in another way than the owner's: noise, another domain, gradients added. */
export const outOfDistribution: Monitor = {
  name: 'out-of-distribution',
  title: 'Out of distribution',
  source:
    'Jackson and Mudholkar: Control procedures for residuals, Technometrics 1979; Orekondy, Schiele, Fritz: Knockoff nets, CVPR 2019',
  technique: EXTRACTION,
  explanation: 'are unlike the data of the model, as when it is copied by means of other data or of noise',
  level: 0.01,
  history: 0,
  perClass: true,
  together: false,
  start: () => ({
    memory: [],
    // What the components do not explain, as a logarithm: its upper tail is nearly exponential.
    score: ({ residual }) => Math.log(residual + ROUNDING),
  }),
};
