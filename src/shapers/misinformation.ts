import Type, { type Static } from 'typebox';
import { type Shaper, softmax, top } from './shaper.ts';

const Settings = Type.Object({
  gate: Type.Enum(['outlier', 'confidence'], {
    default: 'outlier',
    description: 'What decides: how unusual the row is, or how sure the model is (as in the paper).',
  }),
  threshold: Type.Number({
    minimum: 0,
    maximum: 1,
    default: 0.999,
    description:
      'outlier: the share of own rows that are answered as they should be. confidence: the least probability that is.',
  }),
  answer: Type.Enum(['decoy', 'cell'], {
    default: 'decoy',
    description:
      'decoy: what another model, made of the secret, would say. cell: another answer in each cell.',
  }),
  sharpness: Type.Number({
    minimum: 1,
    maximum: 100,
    default: 12,
    description: 'How sure wrong answers look.',
  }),
});

/**
 * Rows that are not like the owner's own get a wrong answer that looks sure. The wrong answer has nothing to do with the
 * right one: an answer that is never right would give it away by what it avoids. By default it is that of a decoy, a smooth
 * function made of the secret: it can be learned, so it drowns the few right answers better than noise, which averages out;
 * and rows near each other get the same, so there is nothing to vote on.
 */
export const misinformation: Shaper<Static<typeof Settings>> = {
  name: 'misinformation',
  title: 'Adaptive misinformation',
  source:
    'Kariyappa, Qureshi: Defending against model stealing attacks with adaptive misinformation, CVPR 2020',
  settings: Settings,
  keyed: true,
  last: false,
  needsGate: ({ gate }) => gate === 'outlier',
  shape(probabilities, { gate, threshold, answer, sharpness }, { draws, outlier }) {
    if (gate === 'outlier' && outlier === undefined) throw new TypeError('there is no gate');
    const unusual =
      gate === 'outlier'
        ? (outlier as number) > threshold
        : (probabilities[top(probabilities)] as number) < threshold;
    if (!unusual) return probabilities;
    const { length } = probabilities;
    const scores =
      answer === 'decoy'
        ? draws.smooth('misinformation', length)
        : // Of mean 0 and variance 1, as those of the decoy are.
          draws.uniforms('misinformation', length).map((drawn) => (drawn - 0.5) * Math.sqrt(12));
    return softmax(scores.map((score) => score * sharpness));
  },
};
