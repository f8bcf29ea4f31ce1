import { isFloat } from '../../contracts/contract.ts';
import { type PredictionRule, RESPONSES } from '../../policy/predictions.ts';
import { Chain, type Means } from '../../shapers/chain.ts';
import { dawn } from '../../shapers/dawn.ts';
import type { ElementType } from '../../tensors/tensor.ts';
import type { Stance } from '../defence/desk.ts';
import type { Known } from './known.ts';

/** How the answers of a model are changed, for each of those whom its monitors know. */
export interface Shaping {
  readonly external: PredictionRule['external'];
  /** What its answers go through. */
  chainFor(stance: Stance): Chain;
  /** The prediction that answers in its place. */
  decoyFor(stance: Stance): string | undefined;
}

/**
 * What a rule makes of the answers of one model; undefined: they are given as they are, to everybody. Where anything is done
 * to anybody's answers, all are given in the same form, so that nobody sees where they stand.
 *
 * Who is on a rung has the shapers of those below it as well. Throws Problem('usage') for shapers that do not fit, with their
 * place in the policy.
 */
export function shapingOf(rule: PredictionRule, known: Known | undefined): Shaping | undefined {
  const means: Means = { key: known !== undefined, gate: known !== undefined };
  checkShapers(rule, means);
  const { ladder, shapers, external } = rule;
  const decoy = ladder.findIndex(({ model }) => model !== undefined);
  if (decoy < 0 && shapers.length === 0 && ladder.every((rung) => rung.shapers.length === 0))
    return undefined;
  const chainTo = (count: number) =>
    new Chain(
      [...shapers, ...ladder.slice(0, count).flatMap((rung) => rung.shapers)],
      means,
      `${rule.place}.ladder`,
    );
  const chains = Array.from({ length: ladder.length + 1 }, (_, count) => chainTo(count));
  const atFoot = chainTo(0);
  const rungsOf = (stance: Stance) =>
    ladder.findLastIndex((rung) => heightOf(rung.respond) <= heightOf(stance)) + 1;
  return {
    external,
    chainFor: (stance) => chains[rungsOf(stance)] ?? atFoot,
    decoyFor: (stance) => (stance === 'decoy' ? ladder[decoy]?.model : undefined),
  };
}

/** How hard it is: -1 at the foot of the ladder. */
export const heightOf = (stance: Stance): number => (stance === undefined ? -1 : RESPONSES.indexOf(stance));

/** Each list of a rule for itself. Throws Problem('usage'). */
export function checkShapers({ place, shapers, ladder }: PredictionRule, means: Means): void {
  new Chain([...shapers], means, `${place}.shapers`);
  for (const [at, rung] of ladder.entries())
    new Chain([...rung.shapers], means, `${place}.ladder[${at}].shapers`);
}

/** The outputs that callers are given, of those that a model has: where answers are shaped, no others than may be. */
export function given<Output extends { readonly name: string; readonly type: ElementType }>(
  { shaping, known }: { readonly shaping: Shaping | undefined; readonly known: Known | undefined },
  outputs: readonly Output[],
): readonly Output[] {
  if (shaping === undefined) return outputs;
  if (known === undefined) return outputs.filter(({ type }) => isFloat(type));
  const { scores, labels } = known.calibration;
  return outputs.filter(({ name }) => name === scores.output || name === labels?.output);
}

/** Somebody is given marks. */
export const marksAnswers = (rules: readonly PredictionRule[]): boolean =>
  rules.some(({ shapers, ladder }) =>
    [...shapers, ...ladder.flatMap((rung) => rung.shapers)].some(({ use }) => use === dawn.name),
  );
