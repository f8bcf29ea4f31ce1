import type { Facts } from '../../graph/differentiate.ts';
import { encodeModel } from '../../graph/encode.ts';
import { expose } from '../../graph/expose.ts';
import type { OnnxModel } from '../../graph/onnx.ts';
import type { ElementType, Tensor, Tensors } from '../../tensors/tensor.ts';
import { OnnxSession } from './session.ts';

/**
 * What every value of a model is: it is run on two samples with each value shown, and a size that differs between them is
 * one that varies. So the runtime says what shapes are, for operators that Gatehouse knows nothing of as well, and what is
 * reckoned of shapes within the graph. With one sample all sizes are taken as fixed. Sequences and maps are left out.
 *
 * Rejects with `Problem('usage')` where the model cannot be opened or run, in the runtime's own words.
 */
export async function factsOf(model: OnnxModel, samples: readonly Tensors[]): Promise<Facts> {
  const session = await OnnxSession.open(encodeModel(expose(model)), { optimize: 'none' });
  const shown = session.outputs.map(({ name }) => name);
  const facts = new Map<string, { type: ElementType; dims: (number | null)[]; value: Tensor | undefined }>();
  try {
    for (const sample of samples)
      for (const [name, tensor] of [...sample, ...(await session.probe(sample, shown))]) {
        const { type, dims } = tensor;
        const known = facts.get(name);
        if (known === undefined) facts.set(name, { type, dims: [...dims], value: few(tensor) });
        else {
          for (const [axis, dim] of dims.entries()) if (known.dims[axis] !== dim) known.dims[axis] = null;
          if (known.value !== undefined && !same(known.value, tensor)) known.value = undefined;
        }
      }
  } finally {
    await session.close();
  }
  for (const { name, type, dims } of model.graph.initializers)
    if (type !== undefined && !facts.has(name)) facts.set(name, { type, dims: [...dims], value: undefined });
  return facts;
}

/** Axes, sizes and scales are never many. */
const few = (tensor: Tensor): Tensor | undefined => (tensor.data.length <= 64 ? tensor : undefined);

const same = (one: Tensor, other: Tensor): boolean =>
  one.data.length === other.data.length && one.data.every((value, at) => value === other.data[at]);
