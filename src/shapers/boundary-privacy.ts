import Type, { type Static } from 'typebox';
import { exchanged, ranked, type Shaper } from './shaper.ts';

const Settings = Type.Object({
  epsilon: Type.Number({
    minimum: 0.01,
    maximum: 8,
    default: 0.43,
    description: 'Privacy of the boundary: smaller hides it better, and errs more often.',
  }),
  zone: Type.Number({
    minimum: 0,
    maximum: 1,
    default: 0.5,
    description: 'Rows are at the boundary where the two likeliest classes differ by less.',
  }),
});

/**
 * How often the right one of two classes is told: boundary randomised response. The largest p at which two answers together
 * say no more than ε about which side the rows are on: (p² + (1 − p)²) / 2p(1 − p) = e^ε.
 */
export const keepProbability = (epsilon: number): number =>
  0.5 + Math.sqrt(Math.exp(2 * epsilon) - 1) / (2 + 2 * Math.exp(epsilon));

/** Near the boundary the two likeliest classes are exchanged now and then, by the cell of the row. */
export const boundaryPrivacy: Shaper<Static<typeof Settings>> = {
  name: 'boundary-privacy',
  title: 'Boundary differential privacy layer (BDPL)',
  source:
    'Zheng et al.: BDPL: a boundary differentially private layer against machine learning model extraction attacks, ESORICS 2019',
  settings: Settings,
  keyed: true,
  last: false,
  needsGate: () => false,
  shape(probabilities, { epsilon, zone }, { draws }) {
    const [first = 0, second = 0] = ranked(probabilities);
    if ((probabilities[first] as number) - (probabilities[second] as number) >= zone) return probabilities;
    const [drawn = 0] = draws.uniforms('boundary-privacy', 1);
    return drawn < keepProbability(epsilon) ? probabilities : exchanged(probabilities, first, second);
  },
};
