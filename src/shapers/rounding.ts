import Type, { type Static } from 'typebox';
import { ranked, type Shaper, top } from './shaper.ts';

const Settings = Type.Object({
  decimals: Type.Integer({ minimum: 1, maximum: 6, default: 1, description: 'Decimals that are kept.' }),
});

/** Shares out whole steps by largest remainder, so that they add up to one. Where two classes come to the same, the likelier stays ahead. */
export const rounding: Shaper<Static<typeof Settings>> = {
  name: 'rounding',
  title: 'Rounded probabilities',
  source: 'Tramèr et al.: Stealing machine learning models via prediction APIs, USENIX Security 2016',
  settings: Settings,
  keyed: false,
  last: true,
  needsGate: () => false,
  shape(probabilities, { decimals }) {
    const steps = 10 ** decimals;
    const shares = probabilities.map((probability) => Math.floor(probability * steps));
    const remainders = probabilities.map((probability, at) => probability * steps - (shares[at] as number));
    let left = steps - shares.reduce((sum, share) => sum + share, 0);
    for (const at of ranked(remainders)) {
      if (left <= 0) break;
      shares[at] = (shares[at] as number) + 1;
      left -= 1;
    }
    const [best, shown] = [top(probabilities), top(shares)];
    if (best !== shown) {
      shares[best] = (shares[best] as number) + 1;
      shares[shown] = (shares[shown] as number) - 1;
    }
    return shares.map((share) => share / steps);
  },
};
