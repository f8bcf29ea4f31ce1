import { Problem } from '../../base/problem.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Contract } from '../../contracts/contract.ts';
import type { PredictionRule } from '../../policy/predictions.ts';
import type { Tensors } from '../../tensors/tensor.ts';
import type { Port, Prediction, Predictor } from './predictor.ts';
import { given } from './shaping.ts';

/** What of a prediction has to be as that of its decoy. */
type Plan = Pick<Prediction, 'contract' | 'known'>;

/**
 * A decoy answers in a model's place without showing. Throws Problem('usage') for one that is no prediction, or takes or
 * answers something else; where it has no calibration that shows when it is asked.
 *
 * @param names those that the rule is for; the decoy may be among them
 */
export function checkDecoy(
  { place, ladder }: PredictionRule,
  names: readonly string[],
  all: ReadonlyMap<string, Plan>,
): void {
  const at = ladder.findIndex((rung) => rung.model !== undefined);
  const decoy = ladder[at]?.model;
  if (decoy === undefined) return;
  const refuse = (why: string) => new Problem('usage', `${place}.ladder[${at}].model: “${decoy}” ${why}`);
  const plan = all.get(decoy);
  if (plan === undefined) throw refuse('is no prediction');
  const others = names.filter((name) => name !== decoy);
  if (names.length > 0 && others.length === 0) throw refuse('is no decoy of itself');
  for (const name of others) {
    const model = all.get(name);
    if (model === undefined) continue;
    if (!sameInputs(model.contract, plan.contract)) throw refuse(`takes other inputs than ${name}`);
    if (!sameOutputs(model, plan)) throw refuse(`answers in another form than ${name}`);
  }
}

function sameInputs({ inputs }: Contract, other: Contract): boolean {
  const isSame = (one: number | string, two: number | string | undefined) =>
    typeof one === 'number' ? one === two : typeof two === 'string';
  return (
    inputs.size === other.inputs.size &&
    [...inputs].every(([name, { type, dims }]) => {
      const there = other.inputs.get(name);
      return (
        there?.type === type &&
        there.dims.length === dims.length &&
        dims.every((size, axis) => isSame(size, there.dims[axis]))
      );
    })
  );
}

/** Whether the calibrations of two models, as far as there are any, find scores and labels alike. */
export function sameOutputs({ known: model }: Plan, { known: decoy }: Plan): boolean {
  if (model === undefined || decoy === undefined) return true;
  const formOf = ({ scores, labels, monitors }: typeof model.calibration) =>
    JSON.stringify([scores.output, scores.form, scores.single, monitors.outline.classes, labels ?? null]);
  return formOf(model.calibration) === formOf(decoy.calibration);
}

/**
 * The same of outputs, where both models run and say what they have. Rejects with Problem('usage') for a decoy that would show;
 * one that cannot be asked yet is seen to when it can be.
 */
export async function checkDecoyOutputs(
  model: Prediction,
  all: ReadonlyMap<string, Prediction>,
): Promise<void> {
  const { name, shaping, predictor } = model;
  const decoy = all.get(shaping?.decoyFor('decoy') ?? '');
  if (decoy === undefined || decoy === model) return;
  const portsOf = (one: Predictor) => one.use(async ({ outputs }) => outputs);
  const [ports, others] = await Promise.all([portsOf(predictor), portsOf(decoy.predictor)]).catch((error) => {
    if (error instanceof Refusal) return [[], []];
    throw error;
  });
  if (others.length === 0) return;
  for (const { name: output, type, dims } of given(model, ports)) {
    const other = others.find((one) => one.name === output);
    if (other?.type !== type || other.dims.length !== dims.length)
      throw new Problem('usage', `“${decoy.name}” is no decoy of ${name}: it has no such output “${output}”`);
  }
}

/** An output of another type, or with other dims, would give the decoy away. Throws `upstream_invalid`. */
export function checkDisguise(ports: readonly Port[], outputs: Tensors): void {
  for (const { name, type, dims } of ports) {
    const output = outputs.get(name);
    if (output !== undefined && (output.type !== type || output.dims.length !== dims.length))
      throw new Refusal('upstream_invalid');
  }
}
