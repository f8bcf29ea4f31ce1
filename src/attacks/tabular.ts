import { type Asking, rowByRow, type Target } from './asking.ts';
import type { Attack, Job } from './attack.ts';
import { reachOf } from './ball.ts';
import { categoryMoves, type Move, searchMoves } from './moves.ts';

// Changes that a person could make to a record: another category, some more or less of a number, a value that other records
// have. What is sent is always a record of the right types, in its bounds; what cannot change does not. The costs of changes
// are the units of the space. After Ballet et al.: Imperceptible adversarial attacks on tabular data, 2019, and Kireev,
// Kulynych, Troncoso: Adversarial robustness for tabular data through cost and utility awareness, NDSS 2023 (greedy and
// beam search over a graph of single changes).

/** Steps of a number, as shares of what the budget or the bounds allow. */
const SHARES = [0.1, 0.25, 0.5, 0.75, 1] as const;
/** Values of other records that are tried, for each feature. */
const SEEN = 8;

function movesOf(target: Target, job: Job, seen: readonly (readonly number[])[]): Move[] {
  const { space } = job;
  const { original } = target;
  const moves: Move[] = [];
  const chosen = new Set(space.choices.flat());
  for (const [at, was] of original.entries()) {
    if (space.fixed[at] === 1 || chosen.has(at)) continue;
    const { lower, upper, most } = reachOf(job, at, was);
    const whole = space.whole[at] === 1;
    const values = new Set<number>();
    for (const share of SHARES) for (const way of [1, -1]) values.add(was + way * share * most);
    if (whole) for (const step of [-2, -1, 1, 2]) values.add(was + step);
    for (const value of seen[at] ?? []) values.add(value);
    const fit = [...values].map((value) => {
      const bounded = Math.max(lower, Math.min(upper, value));
      // Towards where it was, so that a rounded number stays within the budget.
      return Math.fround(whole ? was + Math.trunc(bounded - was) : bounded);
    });
    for (const value of new Set(fit)) if (value !== was) moves.push({ features: [at], values: [value] });
  }
  moves.push(...categoryMoves(space, original));
  return moves;
}

/** For each feature some of the values that other rows have, spread over all. */
function valuesOf({ others, victim: { features } }: Job): number[][] {
  if (others === undefined) return [];
  const count = others.length / features;
  return Array.from({ length: features }, (_, at) => {
    const column = Float32Array.from(
      { length: count },
      (__, row) => others[row * features + at] as number,
    ).sort();
    const picked = Array.from(
      { length: SEEN },
      (__, place) => column[Math.floor(((place + 0.5) * count) / SEEN)] as number,
    );
    return [...new Set(picked)];
  });
}

export const tabular: Attack = {
  name: 'tabular',
  title: 'Plausible changes of a record',
  source:
    'Kireev, Kulynych, Troncoso: Adversarial robustness for tabular data through cost and utility awareness, NDSS 2023',
  access: 'scores',
  norms: ['L1', 'L2', 'L0', 'Linf'],
  seeks: 'within',
  defaults: { queries: 5000, beam: 2, width: 256 },
  run: (job) => {
    const seen = valuesOf(job);
    return rowByRow(function* walk(target: Target): Asking<void> {
      yield* searchMoves(target, job, movesOf(target, job, seen));
    })(job);
  },
};
