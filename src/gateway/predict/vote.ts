import { Refusal } from '../../base/refusal.ts';
import { asServed, perClass } from '../../defences/scores.ts';
import { type Votes, votesOf } from '../../defences/votes.ts';
import type { VoteSource } from '../../settings/made-of.ts';
import { top } from '../../shapers/shaper.ts';
import type { Tensor, Tensors } from '../../tensors/tensor.ts';
import { type Answer, askAll, askHeld, type Held, type Question } from './held.ts';
import type { Known } from './known.ts';
import { labelsWith, type Scores, scoresIn, tensorWith } from './scores.ts';

/**
 * Has all models answer, and makes one answer of theirs: its scores, and the names of classes where it is known what those are.
 * Nothing else that one of them says is given. Rejects with `upstream_invalid` where the scores cannot be told, or are not of
 * the same classes.
 */
export async function askVoters(
  held: readonly Held[],
  rule: VoteSource['rule'],
  known: Known | undefined,
  question: Question,
): Promise<Answer> {
  const { rows, wanted } = question;
  const answers = await askAll(held.map((one) => askHeld(one, { ...question, wanted: outputsOf(known) })));
  const scores = answers.map(({ outputs }) =>
    scoresIn(
      outputs,
      rows,
      known && { ...known.calibration.scores, classes: known.calibration.monitors.outline.classes },
    ),
  );
  const [first] = scores;
  if (first === undefined) throw new Refusal('internal');
  const { scores: voted, disagreement } = counted(scores, rule);
  const served = Float64Array.from(asServed(first, voted));
  const outputs = new Map([[first.output, tensorWith(first, served)]]);
  const labels = known?.calibration.labels;
  const named = labels && answers[0]?.outputs.get(labels.output);
  if (labels !== undefined && named !== undefined)
    outputs.set(labels.output, labelsWith(named, classesOf(voted, first.classes), labels));
  return {
    outputs: chosen(outputs, wanted),
    answered: answers.flatMap(({ answered }) => answered),
    disagreement,
  };
}

/** The outputs that a vote has; undefined: whichever has the scores. */
export function outputsOf(known: Known | undefined): readonly string[] | undefined {
  if (known === undefined) return undefined;
  const { scores, labels } = known.calibration;
  return labels === undefined ? [scores.output] : [scores.output, labels.output];
}

/** What they say together. */
function counted(scores: readonly Scores[], rule: VoteSource['rule']): Votes {
  try {
    const ballots = scores.map((one) => ({
      form: one.form,
      classes: one.classes,
      scores: perClass(one, Float32Array.from(one.served)),
    }));
    return votesOf(ballots, rule);
  } catch (cause) {
    if (cause instanceof RangeError) throw new Refusal('upstream_invalid', { cause });
    throw cause;
  }
}

const classesOf = (scores: Float32Array, classes: number): Int32Array =>
  Int32Array.from({ length: scores.length / classes }, (_, row) =>
    top(Float64Array.from(scores.subarray(row * classes, (row + 1) * classes))),
  );

function chosen(outputs: ReadonlyMap<string, Tensor>, wanted: readonly string[] | undefined): Tensors {
  if (wanted === undefined) return outputs;
  if (wanted.some((name) => !outputs.has(name)))
    throw new Refusal('request_invalid', { hint: 'An output is not of this model.', field: '/outputs' });
  return new Map([...outputs].filter(([name]) => wanted.includes(name)));
}
