import type { Victim } from '../../attacks/attack.ts';
import { Problem } from '../../base/problem.ts';
import type { DefenceKeys, ModelCalibration } from '../../defences/calibration.ts';
import { withoutMissing } from '../../defences/rows.ts';
import { type Ownership, ownership } from '../../shapers/dawn.ts';
import { Keyed } from '../../shapers/keyed.ts';
import { labelsOf } from './clone.ts';

/** What DAWN asks for before a model is called a copy: log₂ of the probability that it knows nothing of the marks. */
export const PROOF = -64;

export interface MarksJob {
  readonly calibration: ModelCalibration;
  readonly keys: DefenceKeys;
  /** As the policy had it when the answers were given. */
  readonly rate: number;
  /** What the suspected caller asked, [count × features]. */
  readonly rows: Float32Array;
  /** The model itself, and the one that may be a copy of it. */
  readonly own: Pick<Victim, 'features' | 'classes' | 'scores'>;
  readonly suspect: Pick<Victim, 'features' | 'classes' | 'scores'>;
}

export interface Proof extends Ownership {
  /**
   * `marked`: it learned from the marked answers. `unmarked`: it shows too few marks, though there are enough. `undecided`:
   * there are too few marks for a proof, whatever it says.
   */
  readonly verdict: 'marked' | 'unmarked' | 'undecided';
}

/** Asks both models about the rows of one caller. Rejects with Problem('usage') where they are of other rows or classes. */
export async function proveMarks(job: MarksJob): Promise<Proof> {
  const { calibration, keys, rate, own, suspect } = job;
  const { features, classes, mean } = calibration.monitors.outline;
  for (const [model, name] of [
    [own, 'the model'],
    [suspect, 'the suspected model'],
  ] as const)
    if (model.features !== features || model.classes !== classes)
      throw new Problem(
        'usage',
        `${name} takes ${model.features} numbers and has ${model.classes} classes; the calibration has ${features} and ${classes}`,
      );
  const labelled = async (model: MarksJob['own']) => labelsOf(await model.scores(job.rows), classes);
  const found = ownership({
    keyed: new Keyed(keys.shapers, calibration.model, calibration.gate.units),
    rate,
    classes,
    rows: withoutMissing(job.rows, mean),
    own: await labelled(own),
    suspect: await labelled(suspect),
  });
  // What a copy that has every mark, and no other difference, would come to.
  const most = found.marks * Math.log2(rate / (classes - 1));
  const verdict = found.log2P <= PROOF ? 'marked' : most <= PROOF ? 'unmarked' : 'undecided';
  return { ...found, verdict };
}
