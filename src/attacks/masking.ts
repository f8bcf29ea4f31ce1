import { apgdCe } from './apgd.ts';
import type { Job, Norm, Outcome } from './attack.ts';
import { logOdds } from './losses.ts';
import { steepest } from './norms.ts';
import { gather, lossGradients, rowOf } from './rows.ts';
import { clip, type Space } from './space.ts';
import { square } from './square.ts';

// Signs that a model only hides its gradients, so that a figure of robustness flatters it: Athalye, Carlini, Wagner:
// Obfuscated gradients give a false sense of security, ICML 2018; Carlini et al.: On evaluating adversarial robustness,
// 2019; and the flags of AutoAttack.

export type Sign =
  /** An attack that sees only scores broke rows that attacks with gradients did not. */
  | 'white-box-weaker'
  /** The same attack from other places at random broke many more. */
  | 'restarts-help'
  /** The gradient was zero everywhere for many rows. */
  | 'zero-gradients'
  /** The model has nodes whose gradient is zero almost everywhere. */
  | 'flat-nodes'
  /** A small step up the gradient did not raise the loss. */
  | 'loss-not-rising'
  /** Rows withstand any change at all. */
  | 'survives-any-budget'
  /** The same rows, asked about again, get other scores. */
  | 'randomised';

/** Why a figure may flatter the model, and the numbers that say so. */
export interface Warning {
  readonly sign: Sign;
  readonly message: string;
  readonly evidence: Readonly<Record<string, number | readonly string[]>>;
}

/** What an ensemble came to, as far as warnings need it. */
export interface Evidence {
  readonly steps: readonly {
    readonly attack: string;
    readonly access: string;
    readonly start: number;
    readonly asked: number;
    readonly broken: number;
  }[];
  readonly outcome: Outcome;
  /** Rows that the model gets right as they are. */
  readonly clean: number;
}

interface MaskingJob extends Omit<Job, 'settings'> {
  readonly flat?: readonly string[] | undefined;
}

/** Rows that are probed; and the share of rows from which on a sign counts. */
const PROBED = 48;
const SHARE = { black: 0.02, restarts: 0.05, zero: 0.05, rising: 0.75, anyBudget: 0.95 } as const;

/** Looks for all signs. Asks the model about at most {@link PROBED} rows, some times each. */
export async function maskingWarnings(
  job: MaskingJob,
  { steps, outcome, clean }: Evidence,
): Promise<Warning[]> {
  if (clean === 0) return [];
  const warnings: Warning[] = [];
  const warn = (sign: Sign, message: string, evidence: Warning['evidence']) =>
    warnings.push({ sign, message, evidence });
  const white = steps.some(({ access }) => access === 'gradients');
  const black = steps
    .filter(({ access }) => access !== 'gradients')
    .reduce((sum, { broken }) => sum + broken, 0);
  if (white && black >= Math.max(2, SHARE.black * clean))
    warn(
      'white-box-weaker',
      `attacks without gradients broke ${black} rows that attacks with gradients did not: the gradients mislead`,
      { rows: black, of: clean },
    );
  const again = steps.filter(({ start }) => start > 1).reduce((sum, { broken }) => sum + broken, 0);
  if (again >= Math.max(2, SHARE.restarts * clean))
    warn('restarts-help', `a second start broke ${again} more rows: more starts would break still more`, {
      rows: again,
      of: clean,
    });
  const zero = outcome.zeroGradients.reduce((sum, one) => sum + one, 0);
  if (zero > SHARE.zero * clean)
    warn('zero-gradients', `for ${zero} of ${clean} rows the gradient was zero everywhere`, {
      rows: zero,
      of: clean,
    });
  if (job.flat !== undefined && job.flat.length > 0)
    warn(
      'flat-nodes',
      `the gradient of ${job.flat.length} nodes is zero almost everywhere: attacks without gradients say more`,
      { nodes: job.flat },
    );
  const probe = probed(job, outcome);
  if (probe.labels.length === 0) return warnings;
  const apart = await difference(probe);
  if (apart > 1e-5)
    warn(
      'randomised',
      'the same rows, asked about again, get other scores: what breaks a row may not break it again',
      {
        difference: apart,
      },
    );
  if (job.victim.gradients !== undefined) {
    const rising = await risingShare(probe);
    if (rising < SHARE.rising)
      warn('loss-not-rising', 'a small step up the gradient does not raise the loss: the gradients mislead', {
        share: rising,
      });
  }
  const anything = await brokenAtAnyBudget(probe);
  if (anything < SHARE.anyBudget)
    warn(
      'survives-any-budget',
      'rows withstand changes of any size, which no model does: the attacks cannot find the way',
      { share: anything },
    );
  return warnings;
}

/** Some rows that the model gets right, spread over all. */
function probed(job: MaskingJob, { queries }: Outcome): Job {
  const right = [...queries.keys()].filter((at) => (queries[at] as number) > 1);
  const every = Math.max(1, Math.ceil(right.length / PROBED));
  const places = right.filter((_, index) => index % every === 0);
  return {
    ...job,
    rows: gather(job.rows, job.victim.features, places),
    labels: Int32Array.from(places, (at) => job.labels[at] as number),
    settings: {},
    random: job.random.fork(99),
    progress: undefined,
  };
}

/** How far scores of the same rows come apart, as a share of their largest. */
async function difference({ victim, rows }: Job): Promise<number> {
  const first = await victim.scores(rows);
  let most = 1e-12;
  let apart = 0;
  for (let turn = 0; turn < 2; turn++) {
    const again = await victim.scores(rows);
    for (const [at, score] of first.entries()) {
      most = Math.max(most, Math.abs(score));
      apart = Math.max(apart, Math.abs(score - (again[at] as number)));
    }
  }
  return apart / most;
}

/** The share of rows for which the loss is higher after a step of a twentieth of the budget. */
async function risingShare(job: Job): Promise<number> {
  const { victim, rows, norm, space, epsilon, labels } = job;
  const { features } = victim;
  const places = [...labels.keys()];
  const before = await lossGradients(job, rows, places, logOdds);
  const stepped = rows.slice();
  for (const at of places) {
    const row = rowOf(stepped, features, at);
    const move = steepest(norm, space, rowOf(before.gradient, features, at), epsilon / 20, row);
    for (let part = 0; part < features; part++) row[part] = (row[part] as number) + (move[part] as number);
    clip(space, row, rowOf(rows, features, at));
  }
  const after = await lossGradients(job, stepped, places, logOdds);
  const risen = places.filter((at) => (after.losses[at] as number) > (before.losses[at] as number));
  return risen.length / places.length;
}

/** The share that is broken where a row may become any other. */
async function brokenAtAnyBudget(job: Job): Promise<number> {
  const attack = job.victim.gradients !== undefined && apgdCe.norms.includes(job.norm) ? apgdCe : square;
  const norm: Norm = attack.norms.includes(job.norm) ? job.norm : 'Linf';
  const { found } = await attack.run({
    ...job,
    norm,
    epsilon: widest(norm, job.space),
    settings: { ...attack.defaults, steps: 50, queries: 500 },
  });
  return found.reduce((sum, one) => sum + one, 0) / found.length;
}

/** The distance of the corners of the space from each other, in what can change. */
function widest(norm: Norm, { lower, upper, unit, fixed }: Space): number {
  const widths = lower.map((from, at) =>
    fixed[at] === 1 ? 0 : ((upper[at] as number) - from) / (unit[at] as number),
  );
  const largest = widths.reduce((most, width) => Math.max(most, width), 0);
  if (norm === 'Linf') return largest;
  if (norm === 'L0') return widths.length;
  return norm === 'L1' ? widths.reduce((sum, width) => sum + width, 0) : Math.hypot(...widths);
}
