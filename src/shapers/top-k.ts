import Type, { type Static } from 'typebox';
import { ranked, type Shaper } from './shaper.ts';

const Settings = Type.Object({
  k: Type.Integer({ minimum: 1, maximum: 1000, default: 3, description: 'Classes that are told apart.' }),
});

/** The k likeliest classes as they are; the others share what is left alike, so that those that are told stay calibrated. */
export const topK: Shaper<Static<typeof Settings>> = {
  name: 'top-k',
  title: 'The likeliest classes only',
  source: 'Orekondy et al.: Knockoff nets, CVPR 2019, section 5.2',
  settings: Settings,
  keyed: false,
  last: true,
  needsGate: () => false,
  shape(probabilities, { k }) {
    const out = probabilities.slice();
    const others = ranked(probabilities).slice(k);
    const rest = others.reduce((sum, at) => sum + (probabilities[at] as number), 0);
    for (const at of others) out[at] = rest / others.length;
    return out;
  },
};
