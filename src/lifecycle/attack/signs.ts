import type { Job } from '../../attacks/attack.ts';
import { type Sign as MaskingSign, maskingWarnings } from '../../attacks/masking.ts';
import type { Warning } from './result.ts';
import { ATTACK_RULES } from './rules.ts';
import { brokenWithin, type StepOutcome } from './run-steps.ts';

/** A warning, and whether it means that robust accuracy is not to be trusted. */
export interface Sign extends Warning {
  readonly decisive: boolean;
}

/** Signs after which a figure is no measure of the model; the others say that it may be a little too high. */
const DECISIVE: ReadonlySet<MaskingSign> = new Set([
  'white-box-weaker',
  'zero-gradients',
  'loss-not-rising',
  'survives-any-budget',
]);

/**
 * What speaks against taking robust accuracy for what it says, of a model whose gradients were followed.
 *
 * @param job the rows that the model gets right, at the largest budget
 * @param right where they stand in the data
 */
export async function signsOf(
  job: Omit<Job, 'settings'>,
  right: readonly number[],
  outcomes: readonly StepOutcome[],
  flat: readonly string[],
): Promise<Sign[]> {
  const warnings = await maskingWarnings(
    { ...job, flat },
    {
      steps: inTurns(outcomes, job.epsilon),
      outcome: {
        rows: job.rows,
        found: new Uint8Array(right.length),
        // More than the one query that a row costs which is wrong as it is.
        queries: new Int32Array(right.length).fill(2),
        zeroGradients: Uint8Array.from(right, (place) =>
          outcomes.some(({ zeroGradients }) => zeroGradients.has(place)) ? 1 : 0,
        ),
        stopped: false,
      },
      clean: right.length,
    },
  );
  // What is fixed, or a category, may well hold against any change.
  const free = job.space.choices.length === 0 && !job.space.fixed.includes(1);
  return warnings.map(({ sign, message }) => ({
    rule: sign === 'randomised' ? ATTACK_RULES.unstable.id : ATTACK_RULES.masked.id,
    message: sign === 'flat-nodes' ? `${message} (${flat.slice(0, 5).join(', ')})` : message,
    decisive: DECISIVE.has(sign) && (sign !== 'survives-any-budget' || free),
  }));
}

/** Attacks as if each had been given what those before it left, those that follow gradients first. */
function inTurns(outcomes: readonly StepOutcome[], epsilon: number) {
  const within = outcomes.filter(({ step }) => step.epsilons.includes(epsilon));
  const white = within.filter(({ step }) => step.attack.access === 'gradients');
  const broken = new Set<number>();
  return [...white, ...within.filter((outcome) => !white.includes(outcome))].map((outcome) => {
    const { step, finished } = outcome;
    const asked = finished.filter((place) => !broken.has(place)).length;
    const before = broken.size;
    for (const place of brokenWithin(outcome, epsilon)) broken.add(place);
    return {
      attack: step.attack.name,
      access: step.attack.access,
      start: step.again === true ? 2 : 1,
      asked,
      broken: broken.size - before,
    };
  });
}

/** Answers that changed, of a model that is asked over and over. */
export const unstableSign = (changed: number, of: number, unconfirmed: number): Sign[] =>
  changed + unconfirmed === 0
    ? []
    : [
        {
          rule: ATTACK_RULES.unstable.id,
          message: `the model does not answer the same twice: ${changed} of ${of} rows changed when asked again, ${unconfirmed} rows that were found did not hold`,
          decisive: false,
        },
      ];

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
