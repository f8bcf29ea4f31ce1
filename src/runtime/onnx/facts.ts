import type { Facts } from '../../graph/differentiate.ts';
import { encodeModel } from '../../graph/encode.ts';
import { expose } from '../../graph/expose.ts';
import type { OnnxModel } from '../../graph/onnx.ts';
import type { ElementType, Tensors } from '../../tensors/tensor.ts';
import { OnnxSession } from './session.ts';

/**
 * What every value of a model is: it is run on two samples with each value shown, and a size that differs between them is
 * one that varies. So the runtime says what shapes are, for operators that Gatehouse knows nothing of as well. With one
 * sample all sizes are taken as fixed.
 */
export async function factsOf(model: OnnxModel, samples: readonly Tensors[]): Promise<Facts> {
  const session = await OnnxSession.open(encodeModel(expose(model)), { optimize: 'none' });
  const facts = new Map<string, { type: ElementType; dims: (number | null)[] }>();
  try {
    for (const sample of samples)
      for (const [name, { type, dims }] of [...sample, ...(await session.run(sample))]) {
        const known = facts.get(name);
        if (known === undefined) facts.set(name, { type, dims: [...dims] });
        else for (const [axis, dim] of dims.entries()) if (known.dims[axis] !== dim) known.dims[axis] = null;
      }
  } finally {
    await session.close();
  }
  for (const { name, type, dims } of model.graph.initializers)
    if (type !== undefined && !facts.has(name)) facts.set(name, { type, dims: [...dims] });
  return facts;
}
