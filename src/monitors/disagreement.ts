import { EVASION, type Monitor } from './monitor.ts';

/**
 * Queries on which several models differ that answer alike about the owner's rows: what fools one of them, or lies where none
 * of them has learned anything. Nothing is said where a single model answers.
 */
export const disagreement: Monitor = {
  name: 'disagreement',
  title: 'Models disagree',
  source:
    'Lakshminarayanan, Pritzel, Blundell: Simple and scalable predictive uncertainty estimation, NeurIPS 2017',
  technique: EVASION,
  explanation: 'are such that models which agree about your rows do not',
  level: 0.01,
  history: 0,
  perClass: true,
  together: false,
  start: () => ({
    memory: [],
    score: ({ disagreement }) => (disagreement === undefined ? undefined : Math.log(disagreement + 1e-9)),
  }),
};
