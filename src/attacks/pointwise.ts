import { type Answer, type Asking, joined, rowByRow, type Target } from './asking.ts';
import type { Attack, Job } from './attack.ts';
import { groupsOf } from './space.ts';
import { firstWrong, put } from './starts.ts';

// The fewest features: from a row that is wrong, features are put back as long as it stays so. Schott, Rauber, Bethge,
// Brendel: Towards the first adversarially robust neural network model on MNIST, ICLR 2019 (the pointwise attack); many at
// once at first, then fewer, as in Zeller's delta debugging (2002).

/** Groups that are tried in one question. */
const AT_ONCE = 16;

function* putBack(target: Target, job: Job): Asking<void> {
  const { queries = 5000, starts = 3 } = job.settings;
  for (let start = 0; start < Math.max(1, starts) && target.queries < queries; start++) {
    // Another start than the first is one of noise: the known rows are the same each time.
    const from = start === 0 ? job : { ...job, others: undefined };
    const first = yield* firstWrong(target, from, queries);
    if (first !== undefined) yield* fewer(target, job, first, queries);
  }
}

function* fewer(target: Target, job: Job, first: Float32Array, queries: number): Asking<void> {
  const { original, random } = target;
  const groups = groupsOf(job.space);
  let row = first;
  for (let size = Math.ceil(groups.length / 2); ; size = Math.max(1, size >> 1)) {
    const places = groups.flatMap((group, at) =>
      group.some((one) => row[one] !== original[one]) ? [at] : [],
    );
    const order = random.shuffle(Int32Array.from(places));
    let shorter = 0;
    for (let from = 0; from < order.length; from += size * AT_ONCE) {
      const tried: Float32Array[] = [];
      for (let part = from; part < Math.min(order.length, from + size * AT_ONCE); part += size)
        tried.push(back(row, order.subarray(part, part + size)));
      const some = tried.slice(0, queries - target.queries);
      if (some.length === 0) return;
      const answer: Answer = yield { rows: joined(some) };
      const wrong = some.flatMap((_, index) => (target.wrong(answer, index) ? [index] : []));
      shorter += wrong.length;
      const [one] = wrong;
      if (one === undefined) continue;
      // All that may be put back alone, put back together, if that holds; else the first.
      const all = wrong.reduce(
        (made, index) => back(made, order.subarray(from + index * size, from + (index + 1) * size)),
        row,
      );
      row = some[one] as Float32Array;
      target.found(row);
      if (wrong.length === 1 || target.queries >= queries) continue;
      if (target.wrong(yield { rows: all })) row = all;
      target.found(row);
    }
    if (size === 1 && shorter === 0) return;
  }

  /** The row with some groups as they were. */
  function back(from: Float32Array, some: Int32Array): Float32Array {
    const tried = from.slice();
    for (const group of some) for (const at of groups[group] ?? []) tried[at] = original[at] as number;
    return put(job, tried, original);
  }
}

export const pointwise: Attack = {
  name: 'pointwise',
  title: 'Pointwise attack',
  source:
    'Schott, Rauber, Bethge, Brendel: Towards the first adversarially robust neural network model on MNIST, ICLR 2019',
  access: 'decisions',
  norms: ['L0'],
  seeks: 'least',
  defaults: { queries: 5000, starts: 3 },
  run: rowByRow(putBack),
};
