import type { Victim } from '../../attacks/attack.ts';
import { rowOf } from '../../attacks/rows.ts';

// A server may say less than its answers look like: scores that are rounded, or one at the class and zero elsewhere. An
// attack that climbs scores stands still on such steps; one from decisions does not mind them.

/** What answers say beyond the class. */
export type Said = 'scores' | 'coarse' | 'labels';

/** Of fewer rows nothing is said. */
const ROWS = 8;
/** Scores are coarse where rows share them so often that fewer than this share of them are different. */
const DIFFERENT = 0.5;

/** @param scores of rows as they are, [rows × classes] */
export function saidBy(scores: Float32Array, { classes, answers }: Victim): Said {
  const count = scores.length / classes;
  if (answers === 'labels') return 'labels';
  if (count < ROWS) return 'scores';
  const rows = Array.from({ length: count }, (_, at) => rowOf(scores, classes, at));
  const certain = rows.every(
    (row) => row.every((score) => score === 0 || score === 1) && row.indexOf(1) === row.lastIndexOf(1),
  );
  if (certain) return 'labels';
  return new Set(rows.map(String)).size < DIFFERENT * count ? 'coarse' : 'scores';
}
