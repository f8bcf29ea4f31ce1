import { SEVERITIES } from '../../attacks/corruptions/corruption.ts';
import { CORRUPTIONS } from '../../attacks/corruptions/index.ts';
import { errs } from '../../attacks/losses.ts';
import { Random } from '../../attacks/random.ts';
import { rowOf } from '../../attacks/rows.ts';
import { BudgetSpent } from './endpoints/meter.ts';
import { shareOf } from './interval.ts';
import type { CorruptionResult } from './result.ts';
import { hashOf, type Scene } from './run-steps.ts';

/** How many rows are right after something happened to them that nobody meant, at each of five levels. */
export async function corrupt(
  scene: Scene,
  count: number,
  progress: (done: number, of: number) => void,
): Promise<CorruptionResult[]> {
  const kind = scene.space.image === undefined ? 'records' : 'images';
  const fit = CORRUPTIONS.filter(({ of }) => of === kind);
  const results: CorruptionResult[] = [];
  for (const [index, { name, title, apply }] of fit.entries())
    for (const severity of SEVERITIES) {
      if (scene.signal.aborted) return results;
      const random = new Random(scene.seed).fork(hashOf(name)).fork(severity);
      const { rows, space, victim } = scene;
      const changed = new Float32Array(rows.length);
      for (let place = 0; place < count; place++)
        changed.set(
          apply(rowOf(rows, victim.features, place), severity, space, random.fork(place)),
          place * victim.features,
        );
      try {
        results.push({
          name,
          title,
          severity,
          accuracy: shareOf(await rightOf(scene, changed, count), count),
        });
      } catch (error) {
        if (error instanceof BudgetSpent) return results;
        throw error;
      }
      progress(index * SEVERITIES.length + severity, fit.length * SEVERITIES.length);
    }
  return results;
}

async function rightOf({ victim, labels, batch }: Scene, rows: Float32Array, count: number): Promise<number> {
  let right = 0;
  for (let from = 0; from < count; from += batch) {
    const to = Math.min(count, from + batch);
    const scores = await victim.scores(rows.subarray(from * victim.features, to * victim.features));
    for (let place = from; place < to; place++)
      if (!errs(rowOf(scores, victim.classes, place - from), labels[place] ?? 0)) right += 1;
  }
  return right;
}
