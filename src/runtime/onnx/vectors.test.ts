import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { rowsBetween } from '../../tensors/batch.ts';
import { float32, int64, numbersOf, type Tensor, type Tensors } from '../../tensors/tensor.ts';
import { DifferentiableModel } from './differentiable.ts';

// Whole models against gradients that PyTorch computed: test/vectors/gradients/make.py.

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'test', 'vectors', 'gradients');

interface Listed {
  readonly dims: readonly number[];
  readonly data: readonly number[];
  readonly type?: 'float32' | 'int64';
}

interface Vector {
  readonly inputs: Readonly<Record<string, Listed>>;
  readonly cotangent: Listed;
  readonly output: Listed;
  readonly gradients: Readonly<Record<string, Listed>>;
  readonly parameters: Readonly<Record<string, Listed>>;
}

const tensor = ({ dims, data, type }: Listed): Tensor =>
  type === 'int64' ? int64(dims, data) : float32(dims, data);

/** The same to 1e-4 of the largest. */
function near(made: Tensor | undefined, wanted: Listed, what: string): void {
  assert.ok(made !== undefined, what);
  assert.deepEqual([...made.dims], [...wanted.dims], what);
  const largest = Math.max(...wanted.data.map(Math.abs));
  for (const [at, value] of numbersOf(made).entries())
    assert.ok(
      Math.abs(value - (wanted.data[at] ?? Number.NaN)) <= 1e-4 * largest,
      `${what}[${at}]: ${value}, ${wanted.data[at]}`,
    );
}

suite('whole models have the gradients that PyTorch finds', () => {
  for (const name of ['residual', 'encoder', 'tabular', 'recurrent', 'unet', 'mobile', 'sampler'])
    test(name, async () => {
      const bytes = readFileSync(join(FOLDER, `${name}.onnx`));
      const vector = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Vector;
      const inputs: Tensors = new Map(
        Object.entries(vector.inputs).map(([key, value]) => [key, tensor(value)]),
      );
      const fewer: Tensors = new Map([...inputs].map(([key, value]) => [key, rowsBetween(value, 0, 1)]));
      const wanted = [...Object.keys(vector.gradients), ...Object.keys(vector.parameters)];
      const model = await DifferentiableModel.open(bytes, [inputs, fewer], { wanted });
      const { output, gradients } = await model.gradients(inputs, tensor(vector.cotangent));
      near(output, vector.output, 'output');
      for (const [key, value] of Object.entries(vector.gradients)) near(gradients.get(key), value, key);
      for (const [key, value] of Object.entries(vector.parameters)) near(gradients.get(key), value, key);
      await model.close();
    });
});
