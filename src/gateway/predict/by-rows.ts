import { Refusal } from '../../base/refusal.ts';
import { batchKey, joined, rowsBetween, rowsOf } from '../../tensors/batch.ts';
import type { Tensors } from '../../tensors/tensor.ts';
import { type Answer, askAll, askHeld, type Held, type Question } from './held.ts';

/**
 * Has each row answered by the model that was chosen for it, and puts the answers together in the order of the rows. Rejects
 * with `upstream_invalid` where models answer in different forms.
 *
 * @param choice a place in `held` for each row
 */
export async function askByRows(
  held: readonly Held[],
  choice: readonly number[],
  question: Question,
): Promise<Answer> {
  const groups = [...Map.groupBy(choice.keys(), (row) => choice[row] as number)].flatMap(([at, rows]) => {
    const model = held[at];
    return model === undefined ? [] : [{ model, rows }];
  });
  const [first] = groups;
  if (first === undefined) throw new Refusal('internal');
  if (groups.length === 1) return askHeld(first.model, question);
  const answers = await askAll(
    groups.map(({ model, rows }) =>
      askHeld(model, { ...question, inputs: rowsAt(question.inputs, rows), rows: rows.length }),
    ),
  );
  const parts = answers.map((answer, at) => ({ ...answer, places: groups[at]?.rows ?? [] }));
  return {
    outputs: inOrder(parts, choice.length),
    answered: answers.flatMap(({ answered }) => answered),
    disagreement: scattered(parts, choice.length),
  };
}

interface Part extends Answer {
  /** Which rows of the question it is the answer to. */
  readonly places: readonly number[];
}

const rowsAt = (tensors: Tensors, rows: readonly number[]): Tensors =>
  joined(rows.map((row) => rowOf(tensors, row)));

const rowOf = (tensors: Tensors, row: number): Tensors =>
  new Map([...tensors].map(([name, tensor]) => [name, rowsBetween(tensor, row, row + 1)]));

function inOrder(parts: readonly Part[], count: number): Tensors {
  const rows: Tensors[] = Array.from({ length: count });
  const keys = new Set(parts.map(({ outputs }) => batchKey(outputs)));
  for (const { outputs, places } of parts) {
    if (keys.size > 1 || rowsOf(outputs) !== places.length)
      throw new Refusal('upstream_invalid', { hint: 'Its models answer in different forms.' });
    for (const [at, place] of places.entries()) rows[place] = rowOf(outputs, at);
  }
  return joined(rows);
}

function scattered(parts: readonly Part[], count: number): Float32Array | undefined {
  if (parts.every(({ disagreement }) => disagreement === undefined)) return undefined;
  const out = new Float32Array(count);
  for (const { disagreement, places } of parts)
    for (const [at, value] of (disagreement ?? []).entries()) out[places[at] as number] = value;
  return out;
}
