import { type Asking, rowByRow, type Target } from './asking.ts';
import type { Attack, Job } from './attack.ts';
import { reachOf } from './ball.ts';
import { categoryMoves, type Move, searchMoves } from './moves.ts';

// Trees answer alike between two thresholds, so that only the next value beyond each threshold need be tried: Kantchelian,
// Tygar, Joseph: Evasion and hardening of tree ensemble classifiers, ICML 2016. Their exact search is for small forests; the
// search over one change at a time is that of Zhang, Zhang, Hsieh: An efficient adversarial attack for tree ensembles,
// NeurIPS 2020, with scores in the place of leaves.

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The next float32 above, or below. */
export function beside(value: number, way: 1 | -1): number {
  float[0] = value;
  if (float[0] === 0) return way * 1.401298464324817e-45;
  bits[0] = (bits[0] as number) + (float[0] > 0 ? way : -way);
  return float[0];
}

/** A threshold is crossed from below by the next number above it, and the other way: right for `<` and `≤` alike. */
function crossed(threshold: number, was: number, whole: boolean): number[] {
  const up = whole ? Math.floor(threshold) + 1 : beside(threshold, 1);
  const down = whole ? Math.ceil(threshold) - 1 : beside(threshold, -1);
  return threshold > was ? [up] : threshold < was ? [down] : [up, down];
}

/** Shares of the budget, or of the width of a feature, at which a model of unknown thresholds is tried. */
const SHARES = [-1, -0.5, -0.25, 0.25, 0.5, 1] as const;

/** All values worth a try, for one row. */
function movesOf({ original }: Target, job: Job): Move[] {
  const { space, thresholds } = job;
  const moves: Move[] = [];
  const chosen = new Set(space.choices.flat());
  for (const [at, was] of original.entries()) {
    if (space.fixed[at] === 1 || chosen.has(at)) continue;
    const { lower, upper, most } = reachOf(job, at, was);
    const values = thresholds?.[at]
      ? [...thresholds[at]].flatMap((threshold) => crossed(threshold, was, space.whole[at] === 1))
      : SHARES.map((share) => was + share * most);
    for (const value of new Set(values.map((one) => Math.fround(Math.max(lower, Math.min(upper, one))))))
      if (value !== was && Math.abs(value - was) <= most * (1 + 1e-4))
        moves.push({ features: [at], values: [value] });
  }
  moves.push(...categoryMoves(space, original));
  return moves;
}

export const treeSearch: Attack = {
  name: 'tree-search',
  title: 'Search over the thresholds of trees',
  source:
    'Kantchelian, Tygar, Joseph: Evasion and hardening of tree ensemble classifiers, ICML 2016; Zhang, Zhang, Hsieh: An efficient adversarial attack for tree ensembles, NeurIPS 2020',
  access: 'scores',
  norms: ['Linf', 'L2', 'L1', 'L0'],
  seeks: 'within',
  defaults: { queries: 5000, beam: 2, width: 256 },
  run: rowByRow(function* walk(target: Target, job: Job): Asking<void> {
    yield* searchMoves(target, job, movesOf(target, job));
  }),
};
