import type { StepOutcome } from './run-steps.ts';
import type { Warning } from './result.ts';
import { ATTACK_RULES } from './rules.ts';

// Signs that gradients are masked: Athalye, Carlini, Wagner: Obfuscated gradients give a false sense of security, ICML 2018;
// Carlini et al.: On evaluating adversarial robustness, 2019.

export interface Signs {
  readonly outcomes: readonly StepOutcome[];
  /** Rows that the model gets right. */
  readonly right: number;
  readonly flat: readonly string[];
  /** Anything can be reached: no feature is fixed or a category. */
  readonly free: boolean;
  /** Rows that were answered otherwise when they were asked again, of those that were asked twice. */
  readonly unstable: { readonly count: number; readonly of: number };
  readonly within: (outcome: StepOutcome, epsilon: number) => ReadonlySet<number>;
  readonly epsilons: readonly number[];
}

/** A warning, and whether it means that robust accuracy is not to be trusted. */
export interface Sign extends Warning {
  readonly decisive: boolean;
}

/** A few rows more may be chance. */
const worthTelling = (count: number, of: number): boolean => count >= Math.max(3, 0.02 * of);

/** What speaks against taking robust accuracy for what it says. */
export function signsOf(given: Signs): Sign[] {
  const { outcomes, right, flat, free, unstable } = given;
  const signs: Sign[] = [];
  const masked = (message: string, decisive = true) =>
    signs.push({ rule: ATTACK_RULES.masked.id, message, decisive });
  const white = outcomes.filter(({ step }) => step.attack.access === 'gradients' && step.check === undefined);
  const black = outcomes.filter(({ step }) => step.attack.access !== 'gradients' && step.check === undefined);
  const asked = white.reduce((sum, { finished }) => sum + finished.length, 0);
  const zero = white.reduce((sum, { zeroGradients }) => sum + zeroGradients, 0);
  if (worthTelling(zero, asked) && zero > 0.05 * asked)
    masked(`the gradient was zero at ${percent(zero / asked)} of the rows attacked: attacks that follow it stand still there`);
  if (white.length > 0)
    for (const epsilon of given.epsilons) {
      const found = new Set(white.flatMap((outcome) => [...given.within(outcome, epsilon)]));
      for (const outcome of black) {
        const more = [...given.within(outcome, epsilon)].filter((place) => !found.has(place)).length;
        if (worthTelling(more, right))
          masked(`${outcome.step.attack.title}, which sees no gradients, breaks ${more} rows at ${epsilon} that attacks with gradients do not`);
      }
    }
  for (const { step, broken, finished } of outcomes) {
    if (step.check === 'unbounded' && free && broken.size < finished.length)
      masked(`even without a budget ${finished.length - broken.size} of ${finished.length} rows are not broken by their gradients`);
    if (step.check === 'restart' && worthTelling(broken.size, right))
      masked(`from another random start ${broken.size} rows more are broken: ask with --restarts`, false);
  }
  if (flat.length > 0) {
    const named = flat.slice(0, 5).join(', ');
    masked(`gradients are zero almost everywhere at ${named}${flat.length > 5 ? ` and ${flat.length - 5} more` : ''}`, false);
  }
  const unconfirmed = outcomes.reduce((sum, outcome) => sum + outcome.unconfirmed, 0);
  if (unstable.count > 0 || unconfirmed > 0)
    signs.push({
      rule: ATTACK_RULES.unstable.id,
      message: `the model does not answer the same twice: ${unstable.count} of ${unstable.of} rows changed when asked again, ${unconfirmed} rows that were found did not hold`,
      decisive: false,
    });
  return signs;
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
