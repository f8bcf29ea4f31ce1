import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scanned } from './testing.ts';

const program = (size: string) =>
  Buffer.from(
    JSON.stringify({
      graph_module: {
        graph: {
          nodes: [{ target: 'torch.ops.aten.add.Tensor', inputs: [], outputs: [], metadata: {} }],
          sym_int_values: { s0: { as_expr: { expr_str: size, hint: null } } },
        },
      },
      opset_version: { aten: 10 },
    }),
  );

const rules = async (size: string) =>
  (await scanned(program(size), 'model.json')).findings.map(({ rule }) => rule);

describe('programs of torch.export', () => {
  for (const size of [
    's0',
    '4*s0 + 1',
    'Mod(s0, 8)',
    '(s0//2) - Max(1, s1)',
    'Eq(Mod(s0 + 1, 2), 0)',
    '0.5*s0',
  ])
    it(`have sizes: ${size}`, async () => assert.deepEqual(await rules(size), []));

  for (const size of [
    "__import__('os').system('true')",
    'eval(s0)',
    's0.__class__',
    's0.subs(1, 2)',
    'f(s0)',
  ])
    it(`have no sizes that run: ${size}`, async () =>
      assert.deepEqual(await rules(size), ['repo.dangerous-target']));
});
