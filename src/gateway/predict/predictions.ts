import { Problem } from '../../base/problem.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Contract } from '../../contracts/contract.ts';
import { readContract } from '../../contracts/document.ts';
import { type PredictionRule, predictionRuleOf } from '../../policy/predictions.ts';
import type { Settings } from '../../settings/settings.ts';
import { checkDecoy, checkDecoyOutputs } from './decoys.ts';
import { knownOf } from './known.ts';
import { checkMembers, openMadeOf } from './made-of.ts';
import type { Prediction, Predictions, Predictor } from './predictor.ts';
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
  for (const { name, from } of Object.values(settings.predictions))
    if ('members' in from) checkMembers(name, from, plans);
  for (const rule of rules) {
    // Where no prediction is of that name yet, what is written has to be right all the same.
    checkShapers(rule, { key: true, gate: true });
    checkDecoy(
      rule,
      [...plans.keys()].filter((name) => predictionRuleOf(rules, name) === rule),
      plans,
    );
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
export function openPredictions(parts: PredictionParts, rules: readonly PredictionRule[]): Predictions {
  const { settings, now } = parts;
  const plans = plansOf(settings, rules);
  const byName = new Map<string, Prediction>();
  const predictorOf = (name: string): Predictor => {
    const found = byName.get(name)?.predictor;
    if (found === undefined) throw new Refusal('model_unknown');
    return found;
  };
  for (const { name, timeout, from, hidden } of Object.values(settings.predictions)) {
    const plan = plans.get(name);
    if (plan === undefined) continue;
    const predictor =
      from.kind === 'sealed'
        ? new SealedPredictor({ name, timeout }, from, plan.contract, parts)
        : from.kind === 'server'
          ? openServer({ timeout }, from, settings.limits.reply)
          : openMadeOf(from, { name, ...plan, predictorOf, now });
    // Who could ask a decoy by its own name would know its answers again.
    const isDecoy = rules.some(({ ladder }) => ladder.some(({ model }) => model === name));
    byName.set(name, {
      name,
      ...plan,
      hidden: hidden || isDecoy,
      sealed: isSealed(settings, name),
      predictor,
    });
  }
  const all = [...byName.values()];
  return {
    byName,
    async ready() {
      await Promise.all(all.map(({ predictor }) => predictor.use(async () => {}).catch(() => {})));
      await Promise.all(all.map((one) => checkDecoyOutputs(one, byName)));
    },
    async close() {
      await Promise.all(all.map(({ predictor }) => predictor.close()));
    },
  };
}

/** What predictions are opened with. */
export interface PredictionParts extends SealedParts {
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Whether a prediction runs here, or all that it is made of. */
function isSealed(settings: Settings, name: string): boolean {
  const from = settings.predictions[name]?.from;
  if (from === undefined) return false;
  return 'members' in from
    ? from.members.every(({ model }) => isSealed(settings, model))
    : from.kind === 'sealed';
}
