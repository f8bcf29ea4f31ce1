import { apgdCe, apgdTargeted } from './apgd.ts';
import type { Access, Attack, Job, Outcome, Victim } from './attack.ts';
import { within } from './ball.ts';
import { fab } from './fab.ts';
import { hopSkipJump } from './hop-skip-jump.ts';
import { maskingWarnings, type Warning } from './masking.ts';
import { gather, Progress, rowOf } from './rows.ts';
import { square } from './square.ts';
import { tabular } from './tabular.ts';
import { treeSearch } from './tree-search.ts';

// Several attacks that fail for different reasons, one after the other, each on the rows that are left: Croce and Hein,
// Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free attacks, ICML 2020. To it are
// added what a victim without gradients needs, and warnings on models that only hide their gradients.

/** What the ensemble is asked to do. */
export interface StandardJob extends Omit<Job, 'settings'> {
  /** Settings by the name of an attack; what is not named keeps the default. */
  readonly settings?: Readonly<Record<string, Readonly<Record<string, number>>>> | undefined;
  /** Nodes at which the model's gradient is zero almost everywhere. */
  readonly flat?: readonly string[] | undefined;
  /** After each attack. */
  readonly step?: ((step: StandardStep) => void) | undefined;
}

/** What one attack of the ensemble came to. */
export interface StandardStep {
  readonly attack: string;
  readonly access: Access;
  /** 1 the first time; more where the same attack starts at other random places. */
  readonly start: number;
  /** Rows that were left for it, and those of them that it broke. */
  readonly asked: number;
  readonly broken: number;
  readonly queries: number;
}

export interface StandardOutcome extends Outcome {
  /** Rows that the model gets right as they are, and those that it still gets right after all attacks. */
  readonly clean: number;
  readonly robust: number;
  readonly steps: readonly StandardStep[];
  /** By row the attack that broke it; `''` where none did, or where the model was wrong already. */
  readonly brokenBy: readonly string[];
  /** Why the figure may flatter the model. */
  readonly warnings: readonly Warning[];
}

/** The attacks of the ensemble for this victim and norm, in their order. */
export function ensembleFor({
  victim,
  norm,
  thresholds,
}: Pick<StandardJob, 'victim' | 'norm' | 'thresholds'>): Attack[] {
  // Records are moved to values that other records have, too: some rows that no threshold breaks give way to that.
  const trees = thresholds === undefined ? [] : [treeSearch, tabular];
  const black = [...trees, square, hopSkipJump];
  const all =
    victim.gradients === undefined ? black : [apgdCe, apgdCe, apgdTargeted, fab, square, hopSkipJump];
  const fit = all.filter(
    ({ norms, access }) => norms.includes(norm) && (victim.answers !== 'labels' || access === 'decisions'),
  );
  // What is left of it where the norm is one that few attacks know.
  return fit.length > 0 ? fit : [treeSearch];
}

/**
 * Whether a row that is left is given to an attack. Where a victim has gradients, the one from decisions is for rows on which
 * they say nothing: they and the scores may both be flat, and what is decided is not.
 */
export const isFor = (
  { access }: Pick<Attack, 'access'>,
  victim: Pick<Victim, 'gradients'>,
  flat: boolean,
): boolean => access !== 'decisions' || victim.gradients === undefined || flat;

/**
 * Runs the ensemble and looks for signs that gradients are masked. The same seed comes to the same. Rows that the model gets
 * wrong as they are count as found.
 */
export async function standard(job: StandardJob): Promise<StandardOutcome> {
  const { victim, rows, labels } = job;
  const count = labels.length;
  const ensemble = ensembleFor(job);
  const brokenBy = Array.from({ length: count }, () => '');
  const steps: StandardStep[] = [];
  const progress = new Progress({ ...job, settings: {}, progress: undefined });
  const { outcome } = progress;
  let left: number[] = [];
  for await (const right of progress.batches()) left.push(...right);
  const clean = left.length;
  for (const [index, attack] of ensemble.entries()) {
    const given = left.filter((at) => isFor(attack, victim, outcome.zeroGradients[at] === 1));
    if (progress.stopped) break;
    if (given.length === 0) continue;
    const made = await attack.run({
      ...job,
      rows: gather(rows, victim.features, given),
      labels: Int32Array.from(given, (at) => labels[at] as number),
      settings: { ...attack.defaults, enough: 1, ...job.settings?.[attack.name] },
      random: job.random.fork(index),
      progress: (done, of) =>
        job.progress?.(index * count + Math.round((done / of) * count), ensemble.length * count),
    });
    const ran = settle(attack, given, made);
    steps.push(ran);
    job.step?.(ran);
  }
  const warnings = progress.stopped ? [] : await maskingWarnings(job, { steps, outcome, clean });
  return { ...outcome, clean, robust: left.length, steps, brokenBy, warnings };

  /** Takes over what an attack came to. One that seeks the least distance has broken a row only within the budget. */
  function settle(attack: Attack, asked: readonly number[], made: Outcome): StandardStep {
    const broken = new Set<number>();
    for (const [place, at] of asked.entries()) {
      // Each attack asks about the row itself first, which was asked about before.
      outcome.queries[at] = (outcome.queries[at] as number) + (made.queries[place] as number) - 1;
      if (made.zeroGradients[place] === 1) outcome.zeroGradients[at] = 1;
      const row = rowOf(made.rows, victim.features, place);
      if (made.found[place] === 1 && within(job, row, rowOf(rows, victim.features, at))) {
        progress.found(at, row);
        brokenBy[at] = attack.name;
        broken.add(at);
      }
    }
    left = left.filter((at) => !broken.has(at));
    outcome.stopped ||= made.stopped;
    return {
      attack: attack.name,
      access: attack.access,
      start: 1 + steps.filter((step) => step.attack === attack.name).length,
      asked: asked.length,
      broken: broken.size,
      queries: made.queries.reduce((sum, queries) => sum + queries, 0),
    };
  }
}
