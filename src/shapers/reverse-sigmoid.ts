import Type, { type Static } from 'typebox';
import { exchanged, normalized, type Shaper, top } from './shaper.ts';

const Settings = Type.Object({
  beta: Type.Number({
    minimum: 0,
    maximum: 1,
    default: 0.7,
    description: 'How far probabilities are moved.',
  }),
  gamma: Type.Number({
    minimum: 0.001,
    maximum: 10,
    default: 0.2,
    description: 'How soon: the steepness of the sigmoid.',
  }),
});

/** A probability of 0 or 1 has no logit; the paper's code has the same bound. */
const LEAST = 1e-7;

/**
 * Probabilities less β(σ(γ · logit) − ½): many probabilities lead to one answer. Small ones come out larger than middling ones,
 * and where βγ is above 1 even halves are turned around; so the likeliest class is put back ahead, which the paper does not do.
 */
export const reverseSigmoid: Shaper<Static<typeof Settings>> = {
  name: 'reverse-sigmoid',
  title: 'Reverse sigmoid',
  source:
    'Lee et al.: Defending against neural network model stealing attacks using deceptive perturbations, 2019',
  settings: Settings,
  keyed: false,
  last: false,
  needsGate: () => false,
  shape(probabilities, { beta, gamma }) {
    const out = normalized(
      probabilities.map((given) => {
        const probability = Math.min(Math.max(given, LEAST), 1 - LEAST);
        const logit = Math.log(probability / (1 - probability));
        return Math.max(LEAST, probability - beta * (1 / (1 + Math.exp(-gamma * logit)) - 0.5));
      }),
    );
    return exchanged(out, top(out), top(probabilities));
  },
};
