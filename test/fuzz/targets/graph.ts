import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeModel } from '../../../src/graph/decode.ts';
import { differentiate, type Facts, NotDifferentiable } from '../../../src/graph/differentiate.ts';
import { tensorOf } from '../../../src/graph/elements.ts';
import { encodeModel } from '../../../src/graph/encode.ts';
import { type Logits, logitsOf, withoutMaps } from '../../../src/graph/logits.ts';
import type { OnnxModel } from '../../../src/graph/onnx.ts';
import { prepare } from '../../../src/graph/prepare.ts';
import { CannotUpgrade } from '../../../src/graph/upgrade.ts';
import { MalformedModel } from '../../../src/graph/wire.ts';
import { refusedBy } from '../expect.ts';
import { pure, type Target } from '../target.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'vectors', 'gradients');
const seeds = () => ['tabular', 'tree', 'encoder'].map((name) => readFileSync(join(FOLDER, `${name}.onnx`)));
const WORDS = [
  'Gemm',
  'Conv',
  'Reshape',
  'Slice',
  'Softmax',
  'If',
  'com.microsoft',
  'ai.onnx.ml',
  'axis',
  'perm',
];

/** What is read is written again to the same; no weight makes anything but the one kind of error. */
const decoding = pure({
  name: 'graph.decode',
  words: WORDS,
  seeds,
  quick: 300,
  longest: 65_536,
  check(input) {
    const model = refusedBy(() => decodeModel(input), MalformedModel);
    if (model instanceof MalformedModel) return;
    const again = decodeModel(encodeModel(model));
    assert.deepEqual(shape(again), shape(model));
    for (const stored of model.graph.initializers) refusedBy(() => tensorOf(stored), MalformedModel);
  },
});

const shape = ({ graph, opsets, functions }: OnnxModel) => ({
  opsets: [...opsets],
  functions: functions.map(({ name }) => name),
  nodes: graph.nodes.map(({ op, inputs, outputs }) => ({ op, inputs, outputs })),
  initializers: graph.initializers.map(({ name, dims }) => ({ name, dims })),
});

/** Whatever a runtime may say of values: a graph with every gradient that was asked for, or a refusal. */
const differentiating = pure({
  name: 'graph.differentiate',
  words: WORDS,
  seeds,
  quick: 300,
  longest: 65_536,
  check(input) {
    const model = refusedBy(
      () => refusedBy(() => withoutMaps(prepare(input)), MalformedModel),
      CannotUpgrade,
    );
    if (model instanceof Error) return;
    const facts = factsOf(model);
    for (const { name } of model.graph.outputs) {
      const cut: Logits | Error | undefined = refusedBy(
        (): Logits | undefined => logitsOf(model, name),
        MalformedModel,
      );
      if (cut === undefined || cut instanceof Error) continue;
      assert.deepEqual(
        cut.model.graph.outputs.map((output) => output.name),
        [cut.output],
      );
    }
    const made = refusedBy(
      () => refusedBy(() => differentiate(model, facts), NotDifferentiable),
      MalformedModel,
    );
    if (made instanceof Error) return;
    const outputs = decodeModel(encodeModel(made.model)).graph.outputs.map(({ name }) => name);
    for (const name of made.gradients.values())
      assert.ok(outputs.includes(name), 'a gradient that is not there');
  },
});

/** What stands in the model, and for all else some real numbers. */
function factsOf({ graph }: OnnxModel): Facts {
  const facts = new Map<string, { type: 'float32' | 'int64'; dims: (number | null)[] }>();
  for (const { name } of [...graph.inputs, ...graph.outputs])
    facts.set(name, { type: 'float32', dims: [null, 3] });
  for (const { outputs } of graph.nodes)
    for (const name of outputs) facts.set(name, { type: 'float32', dims: [null, 3] });
  for (const { name, type, dims } of graph.initializers)
    facts.set(name, { type: type === 'int64' ? type : 'float32', dims: [...dims] });
  return facts;
}

export const graphTargets: readonly Target[] = [decoding, differentiating];
