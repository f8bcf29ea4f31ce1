import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import { decodeModel } from '../../graph/decode.ts';
import { type Derivative, differentiate, type Facts, NotDifferentiable } from '../../graph/differentiate.ts';
import { isReal } from '../../graph/emitter.ts';
import { encodeModel, storeTensor, valueInfo } from '../../graph/encode.ts';
import type { OnnxModel, StoredTensor } from '../../graph/onnx.ts';
import type { Draw, Rule, Sample } from '../../graph/rule.ts';
import { RULES } from '../../graph/rules/index.ts';
import { elementCount, numbersOf, type Tensor } from '../../tensors/tensor.ts';
import { factsOf } from './facts.ts';
import { OnnxSession } from './session.ts';

// Every rule against finite differences, computed by the runtime itself. In double precision where it has the operator so.

/** Mulberry32: the same draws in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Precision = 'float32' | 'float64';

/** A model of one node, and what it is given. */
function modelOf(rule: Rule, sample: Sample, precision: Precision, next: () => number) {
  const feeds = new Map<string, Tensor>();
  const initializers: StoredTensor[] = [];
  const inputs = sample.inputs.map((input, index) => {
    if (input === undefined) return '';
    const name = `in${index}`;
    if ('tensor' in input) initializers.push(storeTensor(name, input.tensor));
    else {
      const { dims, from = -1, to = 1 } = input;
      const data = Float64Array.from({ length: elementCount(dims) }, () => from + (to - from) * next());
      feeds.set(
        name,
        precision === 'float64'
          ? { type: 'float64', dims, data }
          : { type: 'float32', dims, data: Float32Array.from(data) },
      );
    }
    return name;
  });
  const outputs = Array.from({ length: sample.outputs ?? 1 }, (_, index) => `out${index}`);
  const node = {
    op: rule.op,
    domain: rule.domain ?? '',
    name: 'node',
    inputs,
    outputs,
    attributes: new Map(Object.entries(sample.attributes ?? {})),
  };
  const model: OnnxModel = {
    opsets: new Map([
      ['', rule.since ?? 17],
      ['com.microsoft', 1],
      ['ai.onnx.ml', 3],
    ]),
    functions: [],
    // The version of the format: 10.
    rest: [Uint8Array.of(8, 10)],
    graph: {
      name: 'one',
      nodes: [node],
      initializers,
      inputs: [...feeds].map(([name, { type, dims }]) => valueInfo(name, type, dims)),
      outputs: outputs.map((name) => valueInfo(name)),
      rest: [],
    },
  };
  return { model: decodeModel(encodeModel(model)), feeds };
}

/**
 * The graph that is written where sizes vary gives what that for fixed sizes gives. All sizes above one of the first input and
 * of what is made are taken to vary; a rule may refuse that, and says so.
 */
async function sameWhereSizesVary(
  model: OnnxModel,
  facts: Facts,
  output: string,
  feeds: ReadonlyMap<string, Tensor>,
  expected: ReadonlyMap<string, Tensor>,
): Promise<void> {
  const varying: Facts = new Map(
    [...facts].map(([name, { type, dims }]) => [
      name,
      /^in[1-9]/.test(name) ? { type, dims } : { type, dims: dims.map((dim) => (dim === 1 ? dim : null)) },
    ]),
  );
  let derivative: Derivative;
  try {
    derivative = differentiate(model, varying, { output });
  } catch (error) {
    assert.ok(error instanceof NotDifferentiable && /var(y|ies)/.test(error.message), String(error));
    return;
  }
  const session = await OnnxSession.open(encodeModel(derivative.model));
  const made = await session.run(feeds);
  for (const name of derivative.gradients.values()) {
    const [one, other] = [made.get(name), expected.get(name)];
    assert.ok(one !== undefined && other !== undefined);
    assert.deepEqual(one.dims, other.dims);
    const values = numbersOf(other);
    for (const [at, value] of numbersOf(one).entries())
      assert.ok(Math.abs(value - (values[at] ?? Number.NaN)) <= 1e-4 * Math.max(1, Math.abs(value)));
  }
  await session.close();
}

/** Runs the check in one precision; false where the runtime has the operator not in it. */
async function check(rule: Rule, sample: Sample, precision: Precision, seed: number): Promise<boolean> {
  const next = random(seed);
  const { model, feeds } = modelOf(rule, sample, precision, next);
  const unlessDouble = (error: unknown) => {
    if (
      precision === 'float64' &&
      /NOT_IMPLEMENTED|Could not find an implementation|Type|does not support double/.test(String(error))
    )
      return undefined;
    throw error;
  };
  const forward = await OnnxSession.open(encodeModel(model), { optimize: 'none' }).catch(unlessDouble);
  if (forward === undefined) return false;
  const facts = await factsOf(model, [feeds]).catch(unlessDouble);
  if (facts === undefined) {
    await forward.close();
    return false;
  }
  for (const output of forward.outputs.filter(({ type }) => isReal(type))) {
    const derivative = differentiate(model, facts, { output: output.name });
    const backward = await OnnxSession.open(encodeModel(derivative.model));
    const shape = facts.get(output.name)?.dims.map((dim) => dim ?? 0) ?? [];
    const weights = Float64Array.from({ length: elementCount(shape) }, () => next() * 2 - 1);
    const cotangent: Tensor =
      output.type === 'float64'
        ? { type: output.type, dims: shape, data: weights }
        : { type: 'float32', dims: shape, data: Float32Array.from(weights) };
    const made = await backward.run(new Map([...feeds, [derivative.cotangent, cotangent]]));
    await sameWhereSizesVary(
      model,
      facts,
      output.name,
      new Map([...feeds, [derivative.cotangent, cotangent]]),
      made,
    );
    const loss = async (given: ReadonlyMap<string, Tensor>): Promise<number> => {
      const tensor = (await forward.run(given)).get(output.name);
      assert.ok(tensor !== undefined);
      let sum = 0;
      for (const [index, value] of numbersOf(tensor).entries()) sum += value * (weights[index] ?? 0);
      return sum;
    };
    const exact = precision === 'float64' && output.type === 'float64';
    const step = exact ? 1e-5 : 1e-2;
    for (const [name, gradientName] of derivative.gradients) {
      const given = feeds.get(name);
      const gradient = made.get(gradientName);
      assert.ok(given !== undefined && gradient !== undefined);
      assert.deepEqual(gradient.dims, given.dims, `${rule.op}: the gradient has the shape of ${name}`);
      const [values, slopes] = [numbersOf(given), numbersOf(gradient)];
      for (let at = 0; at < values.length; at += Math.max(1, Math.floor(values.length / 40))) {
        const moved = (by: number): ReadonlyMap<string, Tensor> => {
          const data = values.slice();
          data[at] = (values[at] ?? 0) + by;
          return new Map([...feeds, [name, { ...given, data } as Tensor]]);
        };
        const difference: number = ((await loss(moved(step))) - (await loss(moved(-step)))) / (2 * step);
        const error = Math.abs(difference - (slopes[at] ?? Number.NaN));
        const allowed = (exact ? 1e-6 : 2e-2) * Math.max(1, Math.abs(difference));
        assert.ok(
          error <= allowed,
          `${rule.op} ${name}[${at}]: ${slopes[at]} where ${difference} is found, ${inspect(sample, { depth: 4 })}`,
        );
      }
    }
    await backward.close();
  }
  await forward.close();
  return true;
}

suite('each rule gives what finite differences give', () => {
  for (const rule of RULES)
    test(`${rule.domain ? `${rule.domain}.` : ''}${rule.op}`, async () => {
      for (let seed = 1; seed <= 4; seed++) {
        const next = random(seed * 7919);
        const draw: Draw = {
          int: (from, to) => from + Math.floor(next() * (to - from + 1)),
          pick: (choices) => choices[Math.floor(next() * choices.length)] as (typeof choices)[number],
        };
        const samples = rule.proof(draw);
        assert.ok(samples.length > 0, 'a rule has a proof');
        for (const [index, sample] of samples.entries()) {
          const exact = await check(rule, sample, 'float64', seed * 100 + index);
          if (!exact) assert.ok(await check(rule, sample, 'float32', seed * 100 + index));
        }
      }
    });

  test('no operator has two rules', () => {
    const names = RULES.map(({ domain, op }) => `${domain ?? ''}/${op}`);
    assert.deepEqual([...new Set(names)], names);
  });
});
