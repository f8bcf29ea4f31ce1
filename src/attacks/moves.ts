import { type Answer, type Asking, joined, type Target } from './asking.ts';
import type { Job } from './attack.ts';
import { within } from './ball.ts';
import { margin } from './losses.ts';
import { distance } from './norms.ts';
import { rowOf } from './rows.ts';
import { groupsOf, type Space } from './space.ts';
import { put } from './starts.ts';

// Search over single changes: a feature set to another value, a category to another one. A beam of the best rows so far is
// widened by every change; where none helps, it begins anew at a place at random.

/** New values of some features: of one, or of all that a category is made of. */
export interface Move {
  readonly features: readonly number[];
  readonly values: readonly number[];
}

/** To every other category, of those that are free. */
export const categoryMoves = ({ choices, fixed }: Space, original: Float32Array): Move[] =>
  choices
    .filter((choice) => choice.every((at) => fixed[at] !== 1))
    .flatMap((choice) =>
      choice
        .filter((picked) => original[picked] !== 1)
        .map((picked) => ({ features: choice, values: choice.map((at) => (at === picked ? 1 : 0)) })),
    );

/** A row on the way, and how far the right class is ahead there. */
interface Place {
  readonly row: Float32Array;
  readonly ahead: number;
}

/**
 * Looks for a row within the budget that the model gets wrong, then takes back every change that it does not need.
 *
 * @param moves changes that could be made to the row as it was
 */
export function* searchMoves(target: Target, job: Job, moves: readonly Move[]): Asking<void> {
  const { queries = 5000, beam = 2, width = 256 } = job.settings;
  const { original, random } = target;
  if (moves.length === 0) return;
  for (let start = 0; target.queries < queries; start++) {
    let places = yield* asked(start === 0 ? [original.slice()] : scattered());
    for (;;) {
      const best = places[0]?.ahead ?? Number.POSITIVE_INFINITY;
      const tried = places.flatMap(({ row }) => changes(row));
      const made = yield* asked(tried);
      if (target.reach < Number.POSITIVE_INFINITY) return yield* takeBack();
      // Changes that help alone, together: nearly always better still.
      const together = yield* asked(combined(places[0]?.row ?? original, made));
      if (target.reach < Number.POSITIVE_INFINITY) return yield* takeBack();
      places = distinct([...together, ...made, ...places]).slice(0, beam);
      if (!((places[0]?.ahead ?? best) < best) || target.queries >= queries) break;
    }
  }

  /** What the model says of rows, the best first; one that is wrong is told. Fewer where questions run out. */
  function* asked(rows: readonly Float32Array[]): Asking<Place[]> {
    const some = rows.slice(0, Math.max(0, queries - target.queries));
    if (some.length === 0) return [];
    const answer: Answer = yield { rows: joined(some) };
    const places = some.map((row, index) => {
      if (target.wrong(answer, index)) target.found(row);
      return { row, ahead: margin(rowOf(answer.scores, job.victim.classes, index), target.label) };
    });
    return places.sort((a, b) => a.ahead - b.ahead);
  }

  /** The row with one change each; within the budget. */
  function changes(row: Float32Array): Float32Array[] {
    const order = moves.length <= width ? moves : sample(moves, width);
    const rows: Float32Array[] = [];
    for (const move of order) {
      const tried = changed(row, move);
      if (tried !== undefined) rows.push(tried);
    }
    return rows;
  }

  function changed(row: Float32Array, { features, values }: Move): Float32Array | undefined {
    if (features.every((at, index) => row[at] === values[index])) return undefined;
    const tried = row.slice();
    for (const [index, at] of features.entries()) tried[at] = values[index] as number;
    put(job, tried, original);
    return within(job, tried, original) ? tried : undefined;
  }

  /** The first two, four, eight… of the best changes at once, as many as the budget allows. */
  function combined(from: Float32Array, made: readonly Place[]): Float32Array[] {
    const rows: Float32Array[] = [];
    let row = from.slice();
    let count = 0;
    for (const { row: other } of made.slice(0, 32)) {
      const next = row.slice();
      for (let at = 0; at < next.length; at++) if (other[at] !== from[at]) next[at] = other[at] as number;
      put(job, next, original);
      if (!within(job, next, original)) continue;
      row = next;
      count += 1;
      if (count > 1) rows.push(row);
    }
    return rows;
  }

  /** Places at random: some changes, as many as the budget allows. */
  function scattered(): Float32Array[] {
    return Array.from({ length: beam }, () => {
      let row: Float32Array = original.slice();
      for (const move of sample(moves, 1 + random.below(Math.min(moves.length, 32))))
        row = changed(row, move) ?? row;
      return row;
    });
  }

  function sample(from: readonly Move[], count: number): Move[] {
    return Array.from(
      { length: Math.min(count, from.length) },
      () => from[random.below(from.length)] as Move,
    );
  }

  /** One feature after the other as it was, as long as the model stays wrong: what is left is needed. */
  function* takeBack(): Asking<void> {
    let row = target.nearest ?? original;
    for (let turn = 0; turn < row.length && target.queries < queries; turn++) {
      const kept = row;
      const rows = groupsOf(job.space)
        .filter((group) => group.some((at) => kept[at] !== original[at]))
        .map((group) => {
          const tried = kept.slice();
          for (const at of group) tried[at] = original[at] as number;
          return tried;
        })
        .slice(0, queries - target.queries);
      if (rows.length === 0) return;
      const answer: Answer = yield { rows: joined(rows) };
      const still = rows.filter((_, index) => target.wrong(answer, index));
      if (still.length === 0) return;
      still.sort((a, b) => length(a) - length(b));
      row = still[0] as Float32Array;
      target.found(row);
    }
  }

  // Linf hardly falls when one feature is put back; what is changed in all does.
  function length(row: Float32Array): number {
    return distance(job.norm === 'Linf' ? 'L1' : job.norm, job.space, row, original);
  }
}

function distinct(places: readonly Place[]): Place[] {
  const seen = new Set<number>();
  return [...places]
    .sort((a, b) => a.ahead - b.ahead)
    .filter(({ ahead }) => {
      // Rows that score alike are alike enough for a beam.
      const is = !seen.has(ahead);
      seen.add(ahead);
      return is;
    });
}
