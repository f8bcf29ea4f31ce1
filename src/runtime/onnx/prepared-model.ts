import { chooseBranches, hasBranches } from '../../graph/branches.ts';
import type { Resolve } from '../../graph/decode.ts';
import type { OnnxModel } from '../../graph/onnx.ts';
import { modernized, read } from '../../graph/prepare.ts';
import type { Tensors } from '../../tensors/tensor.ts';
import { factsOf } from './facts.ts';

/** Branches within branches that are looked into. */
const DEEPEST = 32;

/**
 * A model as the rules want it. Where it branches by sizes, it is run on the samples to see which way.
 *
 * @param samples only asked for where the model branches
 *
 * Rejects with `MalformedModel` and `CannotUpgrade`.
 */
export async function preparedModel(
  bytes: Uint8Array,
  samples: () => Promise<readonly Tensors[]>,
  resolve?: Resolve,
): Promise<OnnxModel> {
  let model = read(bytes, resolve);
  const given = hasBranches(model) ? await samples() : [];
  for (let depth = 0; depth < DEEPEST && hasBranches(model); depth++) {
    const chosen = chooseBranches(model, await factsOf(model, given));
    if (chosen === undefined) break;
    model = chosen;
  }
  return modernized(model);
}
