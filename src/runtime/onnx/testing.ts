import assert from 'node:assert/strict';
import { type DifferentiateOptions, differentiate } from '../../graph/differentiate.ts';
import { encodeModel, storeTensor, valueInfo } from '../../graph/encode.ts';
import type { AttributeValue, OnnxFunction, OnnxModel, OnnxNode } from '../../graph/onnx.ts';
import { elementCount, float32, int64, numbersOf, type Tensor, type Tensors } from '../../tensors/tensor.ts';
import { DifferentiableModel } from './differentiable.ts';
import { factsOf } from './facts.ts';
import { preparedModel } from './prepared-model.ts';
import { OnnxSession } from './session.ts';

// Small graphs, written as they are read, for tests.

/** `y = Op(a, b) {…}`, as ONNX prints it. */
export function node(text: string, attributes: Readonly<Record<string, AttributeValue>> = {}): OnnxNode {
  const [, outputs = '', domain = '', op = '', inputs = ''] =
    /^(.*?) = (?:([\w.]+)\.)?(\w+)\((.*)\)$/.exec(text) ?? [];
  const list = (names: string) =>
    names === '' ? [] : names.split(', ').map((name) => (name === '_' ? '' : name));
  return {
    op,
    domain,
    name: '',
    inputs: list(inputs),
    outputs: list(outputs),
    attributes: new Map(Object.entries(attributes)),
  };
}

export interface Given {
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>;
  readonly nodes: readonly OnnxNode[];
  readonly initializers?: Readonly<Record<string, Tensor>>;
  readonly outputs?: readonly string[];
  readonly opset?: number;
  readonly functions?: readonly OnnxFunction[];
}

export const modelOf = ({
  inputs,
  nodes,
  initializers = {},
  outputs = ['y'],
  opset = 17,
  functions = [],
}: Given): Uint8Array => {
  const model: OnnxModel = {
    opsets: new Map([
      ['', opset],
      ['com.microsoft', 1],
      ['own', 1],
    ]),
    functions,
    rest: [Uint8Array.of(8, 8)],
    graph: {
      name: 'graph',
      nodes,
      initializers: Object.entries(initializers).map(([name, tensor]) => storeTensor(name, tensor)),
      inputs: Object.entries(inputs).map(([name, dims]) => valueInfo(name, 'float32', dims)),
      outputs: outputs.map((name) => valueInfo(name)),
      rest: [],
    },
  };
  return encodeModel(model);
};

export const wave = (dims: readonly number[], by = 1): Tensor =>
  float32(
    dims,
    Array.from({ length: elementCount(dims) }, (_, at) => Math.sin(at * 1.7 + by)),
  );

export const feedsOf = ({ inputs }: Given, batch: number): Tensors =>
  new Map(
    Object.entries(inputs).map(([name, dims], at) => [
      name,
      wave(
        dims.map((dim) => (typeof dim === 'number' ? dim : batch)),
        at,
      ),
    ]),
  );

export async function derivativeOf(given: Given, options: DifferentiateOptions = {}) {
  const samples = [feedsOf(given, 2), feedsOf(given, 3)];
  const model = await preparedModel(modelOf(given), async () => samples);
  const facts = await factsOf(model, samples);
  return differentiate(model, facts, options);
}

/** The gradient of every input and of what is wanted, by finite differences of the model as it was written. */
export async function check(given: Given, options: DifferentiateOptions = {}, step = 1e-2): Promise<void> {
  const bytes = modelOf(given);
  const feeds = feedsOf(given, 3);
  const model = await DifferentiableModel.open(bytes, [feeds, feedsOf(given, 2)], options);
  const plain = await OnnxSession.open(bytes, { optimize: 'none' });
  const run = async (some: Tensors) => (await plain.run(some, [model.output])).get(model.output) as Tensor;
  const cotangent = wave((await run(feeds)).dims, 5);
  const weights = numbersOf(cotangent);
  const loss = async (some: Tensors) =>
    Array.from(numbersOf(await run(some))).reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0);
  const { gradients } = await model.gradients(feeds, cotangent);
  for (const [name, gradient] of gradients) {
    const value = feeds.get(name);
    if (value === undefined) continue;
    assert.deepEqual(gradient.dims, value.dims);
    for (const [at, slope] of numbersOf(gradient).entries()) {
      const moved = (by: number): Tensors => {
        const data = numbersOf(value).slice();
        data[at] = (data[at] ?? 0) + by;
        return new Map([...feeds, [name, { ...value, data } as Tensor]]);
      };
      const found = ((await loss(moved(step))) - (await loss(moved(-step)))) / (2 * step);
      assert.ok(
        Math.abs(found - slope) <= 2e-2 * Math.max(1, Math.abs(found)),
        `${name}[${at}]: ${slope}, ${found}`,
      );
    }
  }
  await Promise.all([plain.close(), model.close()]);
}

export const row = (...values: number[]): Tensor => int64([values.length], values);
