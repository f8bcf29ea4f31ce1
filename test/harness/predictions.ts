import type { TestContext } from 'node:test';
import { encodeModel, storeTensor, valueInfo } from '../../src/graph/encode.ts';
import type { OnnxNode } from '../../src/graph/onnx.ts';
import { float32 } from '../../src/tensors/tensor.ts';
import { startGateway, type TestOptions } from './gateway.ts';

const node = (op: string, inputs: string[], outputs: string[]): OnnxNode => ({
  op,
  domain: '',
  name: '',
  inputs,
  outputs,
  attributes: new Map(),
});

/** ONNX of `score = x · weights + bias`, row by row. */
export function linearModel(weights: readonly number[], bias: number): Uint8Array {
  return encodeModel({
    opsets: new Map([['', 17]]),
    functions: [],
    rest: [Uint8Array.of(8, 8)],
    graph: {
      name: 'linear',
      nodes: [node('MatMul', ['x', 'w'], ['xw']), node('Add', ['xw', 'b'], ['score'])],
      initializers: [
        storeTensor('w', float32([weights.length, 1], weights)),
        storeTensor('b', float32([1], [bias])),
      ],
      inputs: [valueInfo('x', 'float32', ['n', weights.length])],
      outputs: [valueInfo('score', 'float32', ['n', 1])],
      rest: [],
    },
  });
}

/** Sums what the rows hold; its version is the bias. */
export const FRAUD = `version: 1
max_rows: 64
inputs:
  x:
    type: float32
    shape: [rows, 3]
    features:
      - { name: age, kind: whole, min: 18, max: 120 }
      - { name: income, kind: number, min: 0 }
      - { name: country, kind: category, codes: { DE: 0, FR: 1 } }
`;

export const ROW = { age: 41, income: 2.5, country: 'FR' };

/** A gateway that serves `fraud` from its registry; the sealed files are the test's. */
export async function servePredictions(
  t: Pick<TestContext, 'after'>,
  options: Partial<TestOptions> = {},
  more = '',
  models: Record<string, Uint8Array> = {},
) {
  const files = new Map(Object.entries(models));
  const gate = await startGateway({
    upstream: 'http://127.0.0.1:9',
    files: { 'fraud.yaml': FRAUD, ...options.files },
    ...options,
    settings: `predictions:\n  fraud: { contract: fraud.yaml, timeout: 2s${more} }\n${options.settings ?? ''}`,
    replace(whole) {
      const { shelf } = whole;
      if (shelf === undefined) throw new Error('there is a shelf');
      const bytes = async (reference: string) => {
        const model = files.get(reference);
        if (model === undefined) throw new Error('not added');
        return model;
      };
      const given = {
        ...whole,
        shelf: Object.assign(Object.create(shelf), {
          bytes,
          keys: () => shelf.keys(),
          scannedBy: (settings: Parameters<typeof shelf.scannedBy>[0]) => shelf.scannedBy(settings),
        }),
      };
      return options.replace?.(given) ?? given;
    },
  });
  t.after(() => gate.close());
  const { models: registry } = gate.gateway.gate.store;
  const person = { id: 'clr_ann', owner: 'ann' };
  const scan = { version: '1', policy: null, until: null };
  return {
    ...gate,
    registry,
    /** Adds a version and makes it the one that is used; returns its reference. */
    add(model = linearModel([1, 1, 1], 0), name = 'fraud', approver = 'clr_ben'): string {
      const { version } = registry.add(registry.newId(name), name, person);
      const reference = `${name}@${version}`;
      const root = '0'.repeat(64);
      files.set(reference, model);
      registry.take(reference, { act: 'scan', by: person, root, files: 1, bytes: model.length, scan });
      const rules = { approvals: 1, unsigned: 'allow' as const };
      const stands = () => true;
      registry.take(reference, { act: 'approve', by: { id: approver, owner: 'ben' }, root, rules, stands });
      registry.take(reference, { act: 'activate', rules, stands, scan });
      return reference;
    },
    /** Asks by rows. */
    ask: (rows: unknown = [ROW], path = '/v2/models/fraud/rows') => gate.post(path, { rows }),
    get: (path: string, key = gate.key) =>
      fetch(gate.url + path, { headers: { authorization: `Bearer ${key}` } }),
  };
}
