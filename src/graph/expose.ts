import { valueInfo } from './encode.ts';
import type { OnnxModel } from './onnx.ts';

/** The model with all that its nodes make as outputs, so that the runtime can say what each is. */
export function expose(model: OnnxModel): OnnxModel {
  const { graph } = model;
  const given = new Set(graph.outputs.map(({ name }) => name));
  const hidden = graph.nodes
    .flatMap(({ outputs }) => outputs)
    .filter((name) => name !== '' && !given.has(name));
  return {
    ...model,
    graph: { ...graph, outputs: [...graph.outputs, ...hidden.map((name) => valueInfo(name))] },
  };
}
