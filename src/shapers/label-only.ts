import Type, { type Static } from 'typebox';
import { type Shaper, top } from './shaper.ts';

const Settings = Type.Object({});

export const labelOnly: Shaper<Static<typeof Settings>> = {
  name: 'label-only',
  title: 'The class alone',
  source: 'Tramèr et al.: Stealing machine learning models via prediction APIs, USENIX Security 2016',
  settings: Settings,
  keyed: false,
  last: true,
  needsGate: () => false,
  shape(probabilities) {
    const best = top(probabilities);
    return probabilities.map((_, at) => (at === best ? 1 : 0));
  },
};
