import { Refusal } from '../../base/refusal.ts';
import { perClass } from '../../defences/scores.ts';
import type { Caller } from '../../exchange/caller.ts';
import { emergencyStance } from '../../policy/emergency.ts';
import type { Tensors } from '../../tensors/tensor.ts';
import type { Stance } from '../defence/desk.ts';
import type { Passage } from '../passage.ts';
import { checkDisguise } from './decoys.ts';
import type { Inquiry } from './inquiry.ts';
import { exactOf, type Known, rowsOf } from './known.ts';
import type { Predicting, Prediction } from './predictor.ts';
import { type Scores, scoresIn } from './scores.ts';
import { shapeAnswer } from './shape-answer.ts';
import { given, heightOf } from './shaping.ts';

/** A question as it was let through. */
export interface Asking {
  readonly caller: Caller;
  readonly prediction: Prediction;
  readonly inputs: Tensors;
  readonly rows: number;
  /** Outputs by name; undefined: all. */
  readonly wanted: readonly string[] | undefined;
  readonly inquiry: Inquiry;
}

/** Has somebody answer, and waits for it. */
export type AskModel = (predicting: Predicting, wanted: readonly string[] | undefined) => Promise<Tensors>;

/** Where a caller stands with a model. Throws `forbidden` for who is not answered any more; why is told to the ledger alone. */
export function standingOf(passage: Passage, { name }: Prediction, caller: Caller): Stance {
  const { gate, record } = passage;
  const stance = asAsked(passage, name, caller, gate.defence?.stanceOf(name, caller.id));
  if (stance !== undefined) record.note({ stance });
  if (stance === 'block') throw new Refusal('forbidden');
  return stance;
}

/** As the monitors say, or as an incident asks for where that is harder. */
function asAsked({ gate, house }: Passage, model: string, caller: Caller, stance: Stance): Stance {
  const asked = emergencyStance(house.policy, caller, model, gate.clock.now());
  return heightOf(asked) > heightOf(stance) ? asked : stance;
}

/**
 * Outputs that may be asked for: where answers are shaped those that are, as any other could show what was changed. Throws
 * `request_invalid`.
 */
export function checkWanted({ prediction, wanted = [] }: Asking, { outputs }: Predicting): void {
  const known = new Set(given(prediction, outputs).map(({ name }) => name));
  if (known.size > 0 && wanted.some((name) => !known.has(name)))
    throw new Refusal('request_invalid', { hint: 'An output is not of this model.', field: '/outputs' });
}

/**
 * Has the model answer, or who stands in for it, has the monitors see it, and shapes it by what they say. Nothing that is to
 * be shaped is given unshaped: an answer whose scores cannot be told is refused.
 */
export async function askDefended(
  passage: Passage,
  asking: Asking,
  predicting: Predicting,
  before: Stance,
  ask: AskModel,
): Promise<Tensors> {
  const { prediction } = asking;
  const { known, shaping } = prediction;
  if (known === undefined && shaping === undefined) return ask(predicting, asking.wanted);
  const rows = rowsIn(asking);
  const needed = neededOf(asking);
  const first = await answered(passage, asking, predicting, before, (one) => ask(one, needed));
  const scores = scoresOf(first, rows, known);
  const asked = known && rowsOf(known, asking.inputs);
  const stance =
    known === undefined || asked === undefined
      ? before
      : await observe(passage, asking, predicting, { known, rows: asked, scores });
  if (shaping === undefined) return chosen(first, asking.wanted);
  // Who comes to the decoy's rung by this very question is answered by it.
  const isCaught = shaping.decoyFor(before) === undefined && shaping.decoyFor(stance) !== undefined;
  const made = isCaught
    ? await answered(passage, asking, predicting, stance, (one) => ask(one, needed))
    : first;
  const { outputs, changes } = await shapeAnswer({
    made,
    scores: isCaught ? scoresOf(made, rows, known) : scores,
    known,
    rows: asked,
    chain: shaping.chainFor(stance),
    external: shaping.external(asking.caller),
  });
  if (changes.length > 0) passage.record.note({ shaped: changes.map((change) => ({ ...change })) });
  return chosen(outputs, asking.wanted);
}

/** A model of a fixed batch counts as one row, and has as many as its input. */
function rowsIn({ inputs, rows }: Asking): number {
  const [input] = inputs.values();
  return inputs.size === 1 ? (input?.dims[0] ?? rows) : rows;
}

/** What is asked of the model: the scores in any case. */
function neededOf({ prediction: { known, shaping }, wanted }: Asking): readonly string[] | undefined {
  if (known === undefined) return shaping === undefined ? wanted : undefined;
  const { scores, labels } = known.calibration;
  if (shaping === undefined) return wanted && [...new Set([...wanted, scores.output])];
  const isNamed = labels !== undefined && (wanted?.includes(labels.output) ?? true);
  return isNamed ? [scores.output, labels.output] : [scores.output];
}

/** By the model, or by the one that stands in for it. */
async function answered(
  { house, record }: Passage,
  { prediction }: Asking,
  predicting: Predicting,
  stance: Stance,
  ask: (one: Predicting) => Promise<Tensors>,
): Promise<Tensors> {
  const name = prediction.shaping?.decoyFor(stance);
  const decoy = name === undefined ? undefined : house.predictions.byName.get(name);
  if (decoy === undefined) return ask(predicting);
  record.note({ answered_by: decoy.name });
  const outputs = await decoy.predictor.use(ask).catch((cause) => {
    // That there is no decoy is not told as if there were no such model.
    throw cause instanceof Refusal && cause.code === 'model_unknown'
      ? new Refusal('upstream_failed', { cause })
      : cause;
  });
  checkDisguise(predicting.outputs, outputs);
  return outputs;
}

const scoresOf = (outputs: Tensors, rows: number, known: Known | undefined): Scores =>
  scoresIn(
    outputs,
    rows,
    known && { ...known.calibration.scores, classes: known.calibration.monitors.outline.classes },
  );

/** The monitors see the answer before it is given. Throws `forbidden`, where that was one too many. */
async function observe(
  passage: Passage,
  { caller, prediction, inputs, inquiry }: Asking,
  { version }: Predicting,
  { known, rows, scores }: { readonly known: Known; readonly rows: Float32Array; readonly scores: Scores },
): Promise<Stance> {
  const { ask, gate, record } = passage;
  const { id, name, team, credential } = caller;
  const seen = await gate.defence?.observe({
    model: prediction.name,
    version,
    request: ask.id,
    caller: { id, name, team, credential },
    rows,
    features: known.calibration.monitors.outline.features,
    scores: perClass(scores, Float32Array.from(scores.served)),
    classes: scores.classes,
    disagreement: inquiry.told?.disagreement,
    exact: exactOf(inputs),
  });
  const stance = asAsked(passage, prediction.name, caller, seen);
  if (stance !== undefined) record.note({ stance });
  if (stance === 'block') throw new Refusal('forbidden');
  return stance;
}

/** What was asked for of an answer. Throws `request_invalid` where nothing of it is given. */
function chosen(outputs: Tensors, wanted: readonly string[] | undefined): Tensors {
  if (wanted === undefined) return outputs;
  const found = [...outputs].filter(([name]) => wanted.includes(name));
  if (found.length < new Set(wanted).size)
    throw new Refusal('request_invalid', { hint: 'An output is not of this model.', field: '/outputs' });
  return new Map(found);
}
