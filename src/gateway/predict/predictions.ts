import { Problem } from '../../base/problem.ts';
import type { Contract } from '../../contracts/contract.ts';
import { readContract } from '../../contracts/document.ts';
import { type PredictionRule, predictionRuleOf } from '../../policy/predictions.ts';
import type { Settings } from '../../settings/settings.ts';
import { checkDecoy } from './decoys.ts';
import { knownOf } from './known.ts';
import type { Prediction, Predictions } from './predictor.ts';
import { openServer } from './remote.ts';
import { type SealedParts, SealedPredictor } from './sealed.ts';
import { checkShapers, shapingOf } from './shaping.ts';

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

/** A prediction, but for who answers. */
type Plan = Pick<Prediction, 'contract' | 'known' | 'shaping'>;

/**
 * What the predictions of a configuration are, by name. Throws Problem for contracts and calibrations that are none, or are
 * not of one model, and for rules of the policy that cannot be kept.
 */
function plansOf(settings: Settings, rules: readonly PredictionRule[]): ReadonlyMap<string, Plan> {
  const plans = new Map<string, Plan>();
  for (const [name, contract] of contractsOf(settings)) {
    const written = settings.predictions[name];
    const known = written && knownOf(written, contract);
    const rule = predictionRuleOf(rules, name);
    plans.set(name, { contract, known, shaping: rule && shapingOf(rule, known) });
  }
  for (const rule of rules) {
    // Where no prediction is of that name yet, what is written has to be right all the same.
    checkShapers(rule, { key: true, gate: true });
    for (const [name, plan] of plans)
      if (predictionRuleOf(rules, name) === rule) checkDecoy(rule, name, plan, plans);
  }
  return plans;
}

/** Settings and a policy whose models can be served. Throws Problem: what a start would only tell its log, too. */
export function checkPredictions(settings: Settings, rules: readonly PredictionRule[] = []): void {
  plansOf(settings, rules);
  const sealed = Object.values(settings.predictions).find(({ from }) => from.kind === 'sealed');
  if (sealed !== undefined && settings.vault === undefined)
    throw new Problem(
      'usage',
      `predictions.${sealed.name} is a sealed model, and the settings have no vault`,
      'Add vault.masters to gatehouse.yaml, or name the server of the model by “url”; docs/predictions.md shows how.',
    );
}

/** Starts nothing yet. Throws Problem where a contract is none. */
export function openPredictions(parts: SealedParts, rules: readonly PredictionRule[]): Predictions {
  const { settings } = parts;
  const plans = plansOf(settings, rules);
  const all = Object.values(settings.predictions).flatMap(({ name, timeout, from }): Prediction[] => {
    const plan = plans.get(name);
    if (plan === undefined) return [];
    const predictor =
      from.kind === 'sealed'
        ? new SealedPredictor({ name, timeout }, from, plan.contract, parts)
        : openServer({ timeout }, from, settings.limits.reply);
    return [{ name, ...plan, sealed: from.kind === 'sealed', predictor }];
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
