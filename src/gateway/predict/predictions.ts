import { readContract } from '../../contracts/document.ts';
import type { Prediction, Predictions } from './predictor.ts';
import { openServer } from './remote.ts';
import { type SealedParts, SealedPredictor } from './sealed.ts';

/** Starts nothing yet. Throws Problem where a contract is none. */
export function openPredictions(parts: SealedParts): Predictions {
  const { predictions, limits } = parts.settings;
  const all = Object.values(predictions).map(
    ({ name, contract: { text, file }, timeout, from }): Prediction => {
      const contract = readContract(text, file);
      return {
        name,
        contract,
        sealed: from.kind === 'sealed',
        predictor:
          from.kind === 'sealed'
            ? new SealedPredictor({ name, timeout }, from, contract, parts)
            : openServer({ timeout }, from, limits.reply),
      };
    },
  );
  return {
    byName: new Map(all.map((one) => [one.name, one])),
    async ready() {
      await Promise.all(all.map(({ predictor }) => predictor.use(async () => {}).catch(() => {})));
    },
    async close() {
      await Promise.all(all.map(({ predictor }) => predictor.close()));
    },
  };
}
