import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../base/problem.ts';
import { float32, type Tensor, type Tensors } from '../tensors/tensor.ts';
import { checkTensors, rowsAsked } from './check.ts';
import type { Contract } from './contract.ts';
import { readContract, writeContract } from './document.ts';
import { inferContract } from './infer.ts';
import { rowsToTensors, takesRows } from './rows.ts';
import { sayViolations } from './violation.ts';

const CREDIT = `
version: 1
max_rows: 8
inputs:
  x:
    type: float32
    shape: [rows, 7]
    features:
      - { name: age, kind: whole, min: 18, max: 120, unit: years }
      - { name: rate, kind: number, min: 0, max: 0.1 }
      - { name: income, kind: number, missing: nan }
      - { name: member, kind: flag }
      - { name: country, kind: category, codes: { DE: 3, FR: 7 }, missing: -1 }
      - { name: plan, kind: category, one_hot: [free, pro], missing: zeros }
`;
const credit = readContract(CREDIT, 'credit.yaml');
const GOOD = { age: 41, rate: 0.1, income: null, member: true, country: 'FR', plan: 'pro' };
const tensorsOf = (contract: Contract, ...rows: object[]): Tensors => {
  const { tensors } = rowsToTensors(contract, rows as never);
  assert(tensors !== undefined);
  return tensors;
};
const reasons = (contract: Contract, tensors: Tensors) =>
  checkTensors(contract, tensors).map(({ reason, feature, row }) => [reason, feature, row]);
/** The row of GOOD with one element changed. */
const changed = (at: number, value: number): Tensors => {
  const x = tensorsOf(credit, GOOD).get('x') as Tensor & { type: 'float32' };
  const data = Float32Array.from(x.data);
  data[at] = value;
  return new Map([['x', float32([1, 7], data)]]);
};

test('rows of named values become tensors, column by column', () => {
  const tensors = tensorsOf(credit, GOOD, { ...GOOD, member: 0, country: null, plan: undefined });
  const x = tensors.get('x');
  assert.deepEqual(x?.dims, [2, 7]);
  assert.deepEqual(
    Array.from(x?.data as Float32Array),
    [41, 0.1, Number.NaN, 1, 7, 0, 1, 41, 0.1, Number.NaN, 0, -1, 0, 0].map(Math.fround),
  );
  assert.deepEqual(checkTensors(credit, tensors), []);
});

test('what is wrong with a row is said by feature, row and reason', () => {
  const wrong = (change: object) =>
    rowsToTensors(credit, [GOOD, { ...GOOD, ...change }] as never).violations?.map(
      ({ reason, feature, row }) => [reason, feature, row],
    );
  assert.deepEqual(wrong({ age: 17 }), [['below', 'age', 1]]);
  assert.deepEqual(wrong({ age: 40.5 }), [['not_whole', 'age', 1]]);
  assert.deepEqual(wrong({ age: '41' }), [['kind', 'age', 1]]);
  assert.deepEqual(wrong({ age: null }), [['missing', 'age', 1]]);
  assert.deepEqual(wrong({ rate: 0.2 }), [['above', 'rate', 1]]);
  assert.deepEqual(wrong({ member: 'yes' }), [['not_flag', 'member', 1]]);
  assert.deepEqual(wrong({ country: 'IT' }), [['category', 'country', 1]]);
  assert.deepEqual(wrong({ country: 'constructor' }), [['category', 'country', 1]]);
  assert.deepEqual(wrong({ plan: {} }), [['kind', 'plan', 1]]);
  assert.deepEqual(wrong({ shoe_size: 44 }), [['feature_unknown', undefined, 1]]);
  assert.deepEqual(rowsToTensors(credit, [7]).violations?.[0], { input: 'rows', row: 0, reason: 'kind' });
  assert.equal(rowsToTensors(credit, []).violations?.[0]?.reason, 'rows');
  assert.equal(rowsToTensors(credit, new Array(9).fill(GOOD)).violations?.[0]?.reason, 'rows');
});

test('tensors are held to the same', () => {
  assert.deepEqual(reasons(credit, changed(0, 17)), [['below', 'age', 0]]);
  assert.deepEqual(reasons(credit, changed(0, 121)), [['above', 'age', 0]]);
  assert.deepEqual(reasons(credit, changed(0, 40.5)), [['not_whole', 'age', 0]]);
  assert.deepEqual(reasons(credit, changed(0, Number.NaN)), [['not_finite', 'age', 0]]);
  assert.deepEqual(reasons(credit, changed(1, Number.POSITIVE_INFINITY)), [['not_finite', 'rate', 0]]);
  assert.deepEqual(reasons(credit, changed(3, 0.5)), [['not_flag', 'member', 0]]);
  assert.deepEqual(reasons(credit, changed(4, 4)), [['category', 'country', 0]]);
  assert.deepEqual(reasons(credit, changed(5, 1)), [['category', 'plan', 0]]);
  assert.deepEqual(reasons(credit, changed(6, 0)), []);
});

test('frames are held: inputs, types, shapes, rows', () => {
  const x = (dims: number[], count = dims.reduce((a, b) => a * b, 1)): Tensors =>
    new Map([['x', float32(dims, new Float32Array(count))]]);
  const first = (tensors: Tensors) => checkTensors(credit, tensors)[0]?.reason;
  assert.equal(first(new Map()), 'input_missing');
  assert.equal(first(new Map([...changed(0, 41), ['y', float32([1], [1])]])), 'input_unknown');
  assert.equal(first(new Map([['x', { type: 'float64', dims: [1, 7], data: new Float64Array(7) }]])), 'type');
  assert.equal(first(x([7])), 'shape');
  assert.equal(first(x([1, 8])), 'shape');
  assert.equal(first(x([1, 7], 8)), 'shape');
  assert.equal(first(x([0, 7])), 'rows');
  assert.equal(first(x([9, 7])), 'rows');
  assert.equal(first(x([2 ** 40, 7], 7)), 'shape');
});

test('whole numbers of 64 bits are held to their bounds as they are, not as doubles', () => {
  const most = 2n ** 53n;
  const wide = readContract(
    `version: 1\ninputs: { x: { type: int64, shape: [rows], max: ${most}, min: -${most} } }`,
    'wide.yaml',
  );
  const first = (value: bigint) =>
    checkTensors(wide, new Map([['x', { type: 'int64', dims: [1], data: BigInt64Array.of(value) }]]))[0]
      ?.reason;
  assert.equal(first(most), undefined);
  // As doubles they would be the bounds themselves.
  assert.equal(Number(most + 1n), Number(most));
  assert.equal(first(most + 1n), 'above');
  assert.equal(first(-most - 1n), 'below');
});

test('sizes of one word agree over inputs', () => {
  const contract = readContract(
    'version: 1\ninputs:\n  a: { type: float32, shape: [rows, n] }\n  b: { type: float32, shape: [rows, n, 2] }',
    'two.yaml',
  );
  const ask = (a: number[], b: number[]) =>
    checkTensors(
      contract,
      new Map([
        ['a', float32(a, new Float32Array(a.reduce((x, y) => x * y, 1)))],
        ['b', float32(b, new Float32Array(b.reduce((x, y) => x * y, 1)))],
      ]),
    );
  assert.deepEqual(ask([2, 3], [2, 3, 2]), []);
  assert.equal(ask([2, 3], [2, 4, 2])[0]?.reason, 'shape');
  assert.equal(ask([2, 3], [1, 3, 2])[0]?.reason, 'shape');
  assert.equal(takesRows(contract), false);
});

test('rows are counted whatever stands beside them', () => {
  const contract = readContract(
    `version: 1
inputs:
  table: { type: float32, shape: [2, 1] }
  x: { type: float32, shape: [rows, 1] }`,
    'c.yaml',
  );
  const tensors: Tensors = new Map([
    ['table', float32([2, 1], [0, 0])],
    ['x', float32([5, 1], [1, 2, 3, 4, 5])],
  ]);
  assert.deepEqual(checkTensors(contract, tensors), []);
  assert.equal(rowsAsked(contract, tensors), 5);
});

test('what is said names the place and never the value', () => {
  const said = sayViolations(checkTensors(credit, changed(0, 13_371_337)));
  assert.equal(said, 'Row 0, “age” is above its range.');
  const many = rowsToTensors(credit, new Array(8).fill({ secret_4711: 'hunter2' }) as never).violations ?? [];
  assert.equal(many.length, 16);
  assert.match(sayViolations(many), /^Row 0, a feature is not of this model\..* And 12 more\.$/);
  assert.doesNotMatch(sayViolations(many), /4711|hunter/);
});

test('documents: what is not known or cannot be is an error with its line', () => {
  const refused = (text: string, words: RegExp) =>
    assert.throws(
      () => readContract(text, 'c.yaml'),
      (error) => error instanceof Problem && words.test(error.message),
      text,
    );
  refused(CREDIT.replace('unit: years', 'units: years'), /c\.yaml:9:.*not a known setting/);
  refused(CREDIT.replace('version: 1', 'version: 2'), /version/);
  refused(CREDIT.replace('[rows, 7]', '[rows, 8]'), /7 columns/);
  refused(CREDIT.replace('name: rate', 'name: age'), /another feature/);
  refused(CREDIT.replace('min: 18', 'min: 180'), /more than max/);
  refused(CREDIT.replace('missing: nan', 'missing: zeros'), /missing/);
  refused(CREDIT.replace('kind: flag', 'kind: flag, codes: { a: 1 }'), /no category/);
  refused(CREDIT.replaceAll('float32', 'int8'), /must be whole/);
  refused(CREDIT.replaceAll('float32', 'string'), /must be a category of texts/);
  refused('version: 1\ninputs: {}', /inputs/);
});

test('a contract that is written is read as the same', () => {
  assert.deepEqual(readContract(writeContract(credit), 'again.yaml'), credit);
});

const cell = fc.oneof(
  fc.constant(null),
  fc.integer({ min: -1000, max: 1000 }),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
  fc.constantFrom('a', 'b', 'c'),
  fc.boolean(),
);

test('a sample keeps the contract that was made of it, and so does its document', () => {
  const table = fc
    .integer({ min: 1, max: 5 })
    .chain((width) =>
      fc
        .tuple(...Array.from({ length: width }, () => fc.constantFrom('number', 'whole', 'word', 'flag')))
        .chain((kinds) =>
          fc.array(
            fc.tuple(
              ...kinds.map((kind) =>
                kind === 'number'
                  ? fc.option(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }))
                  : kind === 'whole'
                    ? fc.integer({ min: -1000, max: 1000 })
                    : kind === 'word'
                      ? fc.constantFrom('a', 'b', 'c')
                      : fc.boolean(),
              ),
            ),
            { minLength: 1, maxLength: 30 },
          ),
        ),
    );
  fc.assert(
    fc.property(table, (cells) => {
      const rows = cells.map((row) => Object.fromEntries(row.map((value, at) => [`f${at}`, value])));
      const width = cells[0]?.length ?? 0;
      const { contract } = inferContract([{ name: 'x', type: 'float32', dims: [-1, width] }], rows);
      const { tensors, violations } = rowsToTensors(contract, rows);
      assert.deepEqual(violations, undefined);
      assert.deepEqual(checkTensors(contract, tensors ?? new Map()), []);
      assert.deepEqual(readContract(writeContract(contract), 'made.yaml'), contract);
    }),
    { numRuns: 200 },
  );
});

test('whatever rows hold, they are refused, or are tensors that the contract takes', () => {
  const row = fc.record(Object.fromEntries(Object.keys(GOOD).map((name) => [name, cell])), {
    requiredKeys: [],
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 10 }), (rows) => {
      const { tensors, violations } = rowsToTensors(credit, rows as never);
      if (tensors === undefined) assert.ok((violations?.length ?? 0) > 0);
      else assert.deepEqual(checkTensors(credit, tensors), []);
    }),
    { numRuns: 500 },
  );
});

test('a sample: spread categories, texts, whole tensors, and what does not fit', () => {
  const rows = Array.from({ length: 60 }, (_, at) => ({
    colour: ['red', 'blue'][at % 2] ?? '',
    size: [1, 4, 9][at % 3] ?? 0,
  }));
  const kinds = (dims: number[], given = rows as never) =>
    [
      ...inferContract([{ name: 'x', type: 'float32', dims }], given).contract.inputs.values(),
    ][0]?.features.map(({ kind }) => kind.is);
  assert.deepEqual(kinds([-1, 2]), ['codes', 'codes']);
  assert.deepEqual(kinds([-1, 3]), ['one-hot', 'codes']);
  assert.throws(() => kinds([-1, 4]), /4 columns/);
  const texts = inferContract(
    [
      { name: 'colour', type: 'string', dims: ['N', 1] },
      { name: 'size', type: 'int64', dims: ['N', 1] },
    ],
    rows,
  ).contract;
  const { tensors } = rowsToTensors(texts, rows.slice(0, 2));
  assert.deepEqual(tensors?.get('colour')?.data, ['red', 'blue']);
  assert.deepEqual(tensors?.get('size')?.data, BigInt64Array.of(1n, 4n));
  const pixels = inferContract(
    [{ name: 'image', type: 'float32', dims: ['N', 1, 1, 2] }],
    [{ a: 0, b: 255 }],
  ).contract;
  assert.deepEqual(pixels.inputs.get('image')?.elements, { min: 0, max: 280.5 });
  assert.throws(() => inferContract([{ name: 'x', type: 'float32', dims: [-1, 1] }], []), /no rows/);
});
