import type { Access, Attack, Norm, Victim } from '../../attacks/attack.ts';
import { ATTACKS } from '../../attacks/index.ts';
import { ensembleFor } from '../../attacks/standard.ts';
import { Problem } from '../../base/problem.ts';
import { didYouMean } from '../../base/suggest.ts';

/** One attack at one budget; of attacks for the least distance, all budgets at once. */
export interface Step {
  /** Names it in what is kept. */
  readonly id: string;
  readonly attack: Attack;
  readonly norm: Norm;
  /** The budgets that it says something of, ascending. */
  readonly epsilons: readonly number[];
  readonly settings: Readonly<Record<string, number>>;
  /** `all` rows that the model gets right; `left`: those that no step before broke. */
  readonly rows: 'all' | 'left';
  /** An attack from another random start, to see whether the figures of the others can be trusted. */
  readonly again?: true | undefined;
}

export interface PlanOptions {
  /** Attacks by name; none: those that fit. */
  readonly attacks: readonly string[];
  readonly standard: boolean;
  readonly norm: Norm;
  /** Attacks that fit this model or these rows, beside the strongest of each kind of access. */
  readonly besides: readonly string[];
  /** Where the answers of the model may change, where that is known. */
  readonly thresholds: readonly Float32Array[] | undefined;
  /** Ascending. */
  readonly epsilons: readonly number[];
  /** Of those settings that an attack has: `steps`, `restarts`, `queries`. */
  readonly settings: Readonly<Record<string, number>>;
}

/** What a victim gives; whoever gives more gives the less, too. */
export const accessOf = ({ gradients, answers }: Victim): Access =>
  gradients !== undefined ? 'gradients' : answers === 'labels' ? 'decisions' : 'scores';

const ORDER: readonly Access[] = ['decisions', 'scores', 'gradients'];
export const allows = (given: Access, wanted: Access): boolean =>
  ORDER.indexOf(wanted) <= ORDER.indexOf(given);

/** The strongest of each kind of access, and one that needs less: where that one breaks more, gradients mislead. */
const FIT: Readonly<Record<Access, readonly string[]>> = {
  gradients: ['apgd-ce', 'square'],
  scores: ['square'],
  decisions: ['hop-skip-jump'],
};
/** What will be run. Throws Problem('usage') where that is nothing, or something the victim cannot be attacked by. */
export function planOf(victim: Victim, options: PlanOptions): readonly Step[] {
  const access = accessOf(victim);
  const chosen = options.attacks.length > 0 ? namedOf(access, options) : fitOf(victim, access, options);
  const steps = chosen.flatMap((attack) => stepsOf(attack, options));
  const own = ATTACKS.find(({ name, norms }) => name === 'apgd-ce' && norms.includes(options.norm));
  if (access !== 'gradients' || own === undefined || options.attacks.length > 0) return steps;
  const again = stepOf(own, options, options.epsilons.slice(-1));
  return [...steps, { ...again, id: `${again.id} again`, rows: 'left', again: true }];
}

function namedOf(access: Access, { attacks, norm }: PlanOptions): readonly Attack[] {
  const names = ATTACKS.map(({ name }) => name);
  return attacks.map((name) => {
    const attack = ATTACKS.find((one) => one.name === name);
    if (attack === undefined)
      throw new Problem(
        'usage',
        `there is no attack ${name}.${didYouMean(name, names)}`,
        'gatehouse attack list shows them all.',
      );
    if (!attack.norms.includes(norm))
      throw new Problem('usage', `${name} is measured in ${attack.norms.join(', ')}`, 'Say so with --norm.');
    if (!allows(access, attack.access))
      throw new Problem('usage', `${name} needs ${attack.access}, and the model gives ${access} at the most`);
    return attack;
  });
}

function fitOf(victim: Victim, access: Access, options: PlanOptions): readonly Attack[] {
  const { standard, norm, besides, thresholds } = options;
  const names = standard ? ensembleFor({ victim, norm, thresholds }).map(({ name }) => name) : FIT[access];
  const fit = ATTACKS.filter((attack) => attack.norms.includes(norm) && allows(access, attack.access));
  const strongest = [...new Set([...besides, ...names])].flatMap((name) =>
    fit.filter((attack) => attack.name === name),
  );
  if (fit.length === 0)
    throw new Problem('usage', `no attack is measured in ${norm} that needs no more than ${access}`);
  return strongest.length > 0 ? strongest : fit;
}

function stepsOf(attack: Attack, options: PlanOptions): Step[] {
  const rows = options.standard ? 'left' : 'all';
  if (attack.seeks === 'least') return [{ ...stepOf(attack, options, options.epsilons), rows }];
  return options.epsilons.map((epsilon) => ({ ...stepOf(attack, options, [epsilon]), rows }));
}

function stepOf(attack: Attack, { norm, settings }: PlanOptions, epsilons: readonly number[]): Step {
  const known = Object.entries(settings).filter(([name]) => Object.hasOwn(attack.defaults, name));
  return {
    id: `${attack.name} ${norm} ${epsilons.join(' ')}`,
    attack,
    norm,
    epsilons,
    settings: { ...attack.defaults, ...Object.fromEntries(known) },
    rows: 'all',
  };
}
