import { type Answer, type Asking, joined, rowByRow, type Target } from './asking.ts';
import type { Attack, Job } from './attack.ts';
import { drawNearer } from './nearer.ts';
import { deltaOf, lengthOf } from './norms.ts';
import { firstWrong, put } from './starts.ts';

// A walk along the boundary: a step at the same distance, at random, then one towards the row, both as long as they mostly
// stay wrong. Brendel, Rauber, Bethge: Decision-based adversarial attacks, ICLR 2018.

const HALVINGS = 13;
/** Steps that are tried at once; how step sizes follow the share that stays wrong. */
const [AT_ONCE, FASTER, SLOWER] = [10, 1.3, 0.75];
/** Where no step is shorter than this, as a share of the distance, the walk has come to its end. */
const SHORTEST = 1e-6;

function* walk(target: Target, job: Job): Asking<void> {
  const { queries = 5000, aside = 0.05, towards = 0.05 } = job.settings;
  const { original } = target;
  const first = yield* firstWrong(target, job, queries);
  if (first === undefined) return;
  let row = yield* drawNearer(target, job, first, Math.min(HALVINGS, queries - target.queries));
  let [sideways, inwards] = [aside, towards];
  while (queries - target.queries >= 2 && Math.max(sideways, inwards) > SHORTEST) {
    const count = Math.min(AT_ONCE, (queries - target.queries) >> 1);
    const delta = deltaOf(job.space, row, original);
    if (lengthOf('L2', delta) === 0) return;
    const around = Array.from({ length: count }, () => beside(target, job, delta, sideways));
    const stayed = yield* stillWrong(around);
    sideways *= paceFor(stayed.length / count, 0.5);
    if (stayed.length === 0) continue;
    const nearer = stayed.map((one) =>
      put(
        job,
        one.map((value, at) => value + inwards * ((original[at] as number) - value)),
        original,
      ),
    );
    const wrong = yield* stillWrong(nearer);
    inwards = Math.min(1, inwards * paceFor(wrong.length / nearer.length, 0.25));
    row = best(wrong) ?? best(stayed) ?? row;
  }

  function* stillWrong(rows: readonly Float32Array[]): Asking<Float32Array[]> {
    const answer: Answer = yield { rows: joined(rows) };
    const wrong = rows.filter((_, index) => target.wrong(answer, index));
    for (const one of wrong) target.found(one);
    return wrong;
  }

  function best(rows: readonly Float32Array[]): Float32Array | undefined {
    let least = Number.POSITIVE_INFINITY;
    let nearest: Float32Array | undefined;
    for (const one of rows) {
      const far = lengthOf('L2', deltaOf(job.space, one, original));
      if (far < least) [least, nearest] = [far, one];
    }
    return nearest;
  }
}

const paceFor = (share: number, wished: number): number =>
  share > wished ? FASTER : share < wished / 2 ? SLOWER : 1;

/** A row as far off as `delta` is, to its side by a share of that. */
function beside({ original, random }: Target, job: Job, delta: Float32Array, share: number): Float32Array {
  const { space } = job;
  const far = lengthOf('L2', delta);
  const side = delta.map((_, at) => (space.fixed[at] === 1 ? 0 : random.normal()));
  let along = 0;
  for (let at = 0; at < side.length; at++) along += (side[at] as number) * (delta[at] as number);
  for (let at = 0; at < side.length; at++)
    side[at] = (side[at] as number) - (along / far ** 2) * (delta[at] as number);
  const stretch = (share * far) / Math.max(lengthOf('L2', side), 1e-12);
  const moved = delta.map((part, at) => part + stretch * (side[at] as number));
  const back = far / Math.max(lengthOf('L2', moved), 1e-12);
  const row = moved.map((part, at) => (original[at] as number) + part * back * (space.unit[at] as number));
  return put(job, row, original);
}

export const boundary: Attack = {
  name: 'boundary',
  title: 'Boundary attack',
  source:
    'Brendel, Rauber, Bethge: Decision-based adversarial attacks: reliable attacks against black-box machine learning models, ICLR 2018',
  access: 'decisions',
  norms: ['L2'],
  seeks: 'least',
  defaults: { queries: 5000, aside: 0.05, towards: 0.05 },
  run: rowByRow(walk),
};
