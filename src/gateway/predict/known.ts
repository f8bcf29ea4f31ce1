import { Problem } from '../../base/problem.ts';
import { type Contract, isFloat } from '../../contracts/contract.ts';
import {
  type DefenceKeys,
  defenceKeys,
  type ModelCalibration,
  readModelCalibration,
} from '../../defences/calibration.ts';
import { withoutMissing } from '../../defences/rows.ts';
import type { PredictionSettings } from '../../settings/predictions.ts';
import { Keyed } from '../../shapers/keyed.ts';
import { elementCount, numbersOf, type Tensor, type Tensors } from '../../tensors/tensor.ts';

/** What is known of a model before it is asked. */
export interface Known {
  readonly calibration: ModelCalibration;
  readonly keys: DefenceKeys;
  /** What looks random in its answers. */
  readonly keyed: Keyed;
}

/**
 * Reads the calibration of a prediction; undefined where it has none. Throws Problem('usage') for one under another key, or
 * of another model than the contract is for.
 */
export function knownOf(
  { name, calibration: source }: PredictionSettings,
  contract: Contract,
): Known | undefined {
  if (source === undefined) return undefined;
  const keys = defenceKeys(Buffer.from(source.key.reveal()));
  const calibration = readModelCalibration(source.text, keys, source.file);
  const { features } = calibration.monitors.outline;
  const asked = featuresOf(contract);
  if (asked !== features)
    throw new Problem(
      'usage',
      `predictions.${name}: ${source.file} is of rows of ${features} numbers, and its contract of ${asked === undefined ? 'others' : asked}`,
      'Calibrate this model: gatehouse models calibrate.',
    );
  // By the model's digest, not its name here: who finds it under two names gets the same answers, and nothing to average.
  return { calibration, keys, keyed: new Keyed(keys.shapers, calibration.model, calibration.gate.units) };
}

/** The numbers of a row; undefined where rows are more than one tensor of real numbers. */
function featuresOf({ inputs }: Contract): number | undefined {
  const [input] = inputs.values();
  if (input === undefined || inputs.size > 1 || !isFloat(input.type)) return undefined;
  const sizes = input.dims.slice(1).filter((size) => typeof size === 'number');
  return sizes.length === input.dims.length - 1 ? elementCount(sizes) : undefined;
}

/** The rows of a question as they were calibrated, [rows × features]. */
export function rowsOf({ calibration }: Known, inputs: Tensors): Float32Array {
  const [input] = inputs.values();
  const reals = input === undefined ? new Float32Array() : realsOf(input);
  const rows = reals instanceof Float32Array ? reals : Float32Array.from(reals);
  return withoutMissing(rows, calibration.monitors.outline.mean);
}

/** The same byte for byte, where those do not say all of what was asked: of double precision, or with values missing. */
export function exactOf(inputs: Tensors): Uint8Array | undefined {
  const [input] = inputs.values();
  if (input === undefined) return undefined;
  const reals = realsOf(input);
  const all = reals instanceof Float64Array ? reals : Float32Array.from(reals);
  if (all instanceof Float32Array && !all.some(Number.isNaN)) return undefined;
  return new Uint8Array(all.buffer, all.byteOffset, all.byteLength);
}

/** The elements of a tensor of real numbers, of any precision. */
export const realsOf = (tensor: Tensor): ArrayLike<number> =>
  tensor.type === 'float16'
    ? new Float16Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.length)
    : numbersOf(tensor);
