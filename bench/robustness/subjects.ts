import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeModel } from '../../src/graph/decode.ts';
import { tensorOf } from '../../src/graph/elements.ts';
import type { TensorOf } from '../../src/tensors/tensor.ts';

const VECTORS = join(import.meta.dirname, '..', '..', 'test', 'vectors', 'gradients');

/** A model that both sides have. */
export interface Subject {
  readonly name: 'lenet' | 'mlp' | 'residual' | 'encoder';
  readonly title: string;
  readonly model: Uint8Array;
  readonly input: string;
  /** Of one row. */
  readonly dims: readonly number[];
  readonly outputs: number;
  /** Weights by the names that PyTorch has for them. */
  readonly tensors: readonly (TensorOf<'float32'> & { readonly name: string })[];
  /** How many times as fast as PyTorch it must be with 128 rows. */
  readonly times?: number | undefined;
}

type Listed = Omit<Subject, 'model' | 'tensors'> & { readonly file: string };

const ours: readonly Listed[] = [
  {
    name: 'residual',
    title: 'residual CNN',
    file: join(VECTORS, 'residual.onnx'),
    input: 'image',
    dims: [3, 12, 12],
    outputs: 10,
  },
  {
    name: 'encoder',
    title: 'transformer encoder',
    file: join(VECTORS, 'encoder.onnx'),
    input: 'tokens',
    dims: [5, 6],
    outputs: 4,
  },
];

const given = (folder: string): readonly Listed[] => [
  {
    name: 'lenet',
    title: 'LeNet-5',
    file: join(folder, 'mnist-lenet5.onnx'),
    input: 'input',
    dims: [1, 28, 28],
    outputs: 10,
    times: 5,
  },
  {
    name: 'mlp',
    title: 'MLP 784-128-64-10',
    file: join(folder, 'mnist-mlp.onnx'),
    input: 'input',
    dims: [1, 28, 28],
    outputs: 10,
    times: 5,
  },
];

/** All models that are there; those of `folder` are trained ones, `mnist-lenet5.onnx` and `mnist-mlp.onnx`. */
export const subjects = (folder: string | undefined): Subject[] =>
  [...(folder === undefined ? [] : given(folder)), ...ours]
    .filter(({ file }) => existsSync(file))
    .map(({ file, ...rest }) => {
      const model = readFileSync(file);
      const { initializers, nodes } = decodeModel(model).graph;
      const tensors = initializers.flatMap((stored) => {
        const tensor = tensorOf(stored);
        if (tensor.type !== 'float32') return [];
        // The exporter writes equal weights once; the others are copies.
        const copies = nodes.filter(({ op, inputs }) => op === 'Identity' && inputs[0] === stored.name);
        const names = [stored.name, ...copies.flatMap(({ outputs }) => outputs)];
        return names.map((name) => ({ ...tensor, name }));
      });
      return { ...rest, model, tensors };
    });
