import { Problem } from '../../base/problem.ts';
import type { Contract } from '../../contracts/contract.ts';
import { readContract } from '../../contracts/document.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Prediction, Predictions } from './predictor.ts';
import { openServer } from './remote.ts';
import { type SealedParts, SealedPredictor } from './sealed.ts';

/** The contracts of the settings, by the names of their models. Throws Problem with all that is wrong in any of them. */
export function contractsOf({ predictions }: Settings): ReadonlyMap<string, Contract> {
  const contracts = new Map<string, Contract>();
  const flaws: string[] = [];
  for (const { name, contract } of Object.values(predictions)) {
    try {
      contracts.set(name, readContract(contract.text, contract.file));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      flaws.push(error.message);
    }
  }
  if (flaws.length > 0) throw new Problem('usage', flaws.join('\n'));
  return contracts;
}

/** Settings whose models can be served. Throws Problem: what a start would only tell its log, too. */
export function checkPredictions(settings: Settings): void {
  contractsOf(settings);
  const sealed = Object.values(settings.predictions).find(({ from }) => from.kind === 'sealed');
  if (sealed !== undefined && settings.vault === undefined)
    throw new Problem(
      'usage',
      `predictions.${sealed.name} is a sealed model, and the settings have no vault`,
      'Add vault.masters to gatehouse.yaml, or name the server of the model by “url”; docs/predictions.md shows how.',
    );
}

/** Starts nothing yet. Throws Problem where a contract is none. */
export function openPredictions(parts: SealedParts): Predictions {
  const { settings } = parts;
  const contracts = contractsOf(settings);
  const all = Object.values(settings.predictions).flatMap(({ name, timeout, from }): Prediction[] => {
    const contract = contracts.get(name);
    if (contract === undefined) return [];
    const predictor =
      from.kind === 'sealed'
        ? new SealedPredictor({ name, timeout }, from, contract, parts)
        : openServer({ timeout }, from, settings.limits.reply);
    return [{ name, contract, sealed: from.kind === 'sealed', predictor }];
  });
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
