import { Refusal } from '../../base/refusal.ts';
import { asServed, classProbabilities, perClass } from '../../defences/scores.ts';
import type { VoteSource } from '../../settings/made-of.ts';
import { vote } from '../../shapers/routes.ts';
import { top } from '../../shapers/shaper.ts';
import type { Tensor, Tensors } from '../../tensors/tensor.ts';
import { type Answer, askAll, askHeld, type Held, type Question } from './held.ts';
import type { Known } from './known.ts';
import { labelsWith, type Scores, scoresIn, tensorWith } from './scores.ts';

/** A model that answers logits gets these back; a probability of zero has none, so it gets that of the least. */
const LEAST = 1e-9;

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
  const { shares, disagreement } = counted(scores, rows, rule);
  const outputs = new Map([[first.output, tensorWith(first, servedAs(first, shares))]]);
  const labels = known?.calibration.labels;
  const named = labels && answers[0]?.outputs.get(labels.output);
  if (labels !== undefined && named !== undefined)
    outputs.set(labels.output, labelsWith(named, Int32Array.from(shares, top), labels));
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

/** What they say together of each row. */
function counted(scores: readonly Scores[], rows: number, rule: VoteSource['rule']) {
  const said = scores.map((one) => {
    const each = perClass(one, Float32Array.from(one.served));
    return { classes: one.classes, values: classProbabilities(one.form, each, one.classes) };
  });
  const disagreement = new Float32Array(rows);
  const shares = Array.from({ length: rows }, (_, row) => {
    const answers = said.map(({ classes, values }) =>
      Float64Array.from(values.subarray(row * classes, (row + 1) * classes)),
    );
    try {
      const { probabilities, disagreement: far } = vote(answers, rule);
      disagreement[row] = far;
      return probabilities;
    } catch (cause) {
      if (cause instanceof RangeError) throw new Refusal('upstream_invalid', { cause });
      throw cause;
    }
  });
  return { shares, disagreement };
}

/** Probabilities in the form of the first model's scores. */
function servedAs(first: Scores, shares: readonly Float64Array[]): Float64Array {
  const each = Float32Array.from(shares.flatMap((share) => [...share]));
  const scores = first.form === 'logits' ? each.map((value) => Math.log(Math.max(value, LEAST))) : each;
  return Float64Array.from(asServed(first, scores));
}

function chosen(outputs: ReadonlyMap<string, Tensor>, wanted: readonly string[] | undefined): Tensors {
  if (wanted === undefined) return outputs;
  if (wanted.some((name) => !outputs.has(name)))
    throw new Refusal('request_invalid', { hint: 'An output is not of this model.', field: '/outputs' });
  return new Map([...outputs].filter(([name]) => wanted.includes(name)));
}
