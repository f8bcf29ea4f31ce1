import type { Views } from './views.ts';

/** Exchanges that are asked about at once. */
const MOST = 5000;

/** Each reason that guards gave there is, one after the other: there are few, in however many rows (a "loose index scan"). */
const EACH = `
  WITH RECURSIVE each (reason) AS (
    SELECT min(reason) FROM found
    UNION ALL
    SELECT (SELECT min(reason) FROM found WHERE reason > each.reason) FROM each WHERE reason IS NOT NULL
  )
  SELECT reason FROM each WHERE reason IS NOT NULL`;

/** The reasons that guards gave in exchanges, by the numbers of their closing entries. */
export function reasonsOf(
  { database, words }: Views,
  seqs: readonly number[],
): (readonly [number, string])[] {
  const wanted = new Set(seqs.slice(0, MOST));
  if (wanted.size === 0) return [];
  const [from, to] = [Math.min(...wanted), Math.max(...wanted)];
  const rows = database.prepare('SELECT seq FROM found WHERE reason = ? AND seq >= ? AND seq <= ?');
  return database
    .prepare(EACH)
    .all()
    .flatMap(({ reason }) => {
      const text = words.textOf(Number(reason));
      return rows
        .all(Number(reason), from, to)
        .flatMap(({ seq }) => (wanted.has(Number(seq)) ? [[Number(seq), text] as const] : []));
    });
}
