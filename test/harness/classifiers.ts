import { defenceKeys, writeModelCalibration } from '../../src/defences/calibration.ts';
import { encodeModel, storeTensor, valueInfo } from '../../src/graph/encode.ts';
import type { AttributeValue, OnnxNode } from '../../src/graph/onnx.ts';
import { calibrateModel } from '../../src/lifecycle/calibration/calibrate-model.ts';
import { float32, type Tensor } from '../../src/tensors/tensor.ts';

/** A model that classifies rows of four numbers, in ONNX. */
export interface ClassifierOptions {
  /** Weights of each class. */
  readonly weights?: readonly (readonly number[])[];
  /** Of its probabilities. */
  readonly type?: 'float32' | 'float64' | 'float16';
  /** One number a row, of the second of two classes. */
  readonly single?: 'column' | 'flat';
  /** What it calls its classes, in an output of its own. */
  readonly names?: readonly string[] | readonly number[];
  /** Its logits and its input are outputs as well. */
  readonly chatty?: boolean;
}

export const FEATURES = 4;
export const KEY = 'a key of the tests, 4711';

export const CONTRACT = `version: 1
max_rows: 64
inputs:
  x:
    type: float32
    shape: [rows, ${FEATURES}]
    features:
${['a', 'b', 'c', 'd'].map((name) => `      - { name: ${name}, kind: number, min: -100, max: 100 }`).join('\n')}
`;

/** Three classes that are sure of themselves far from zero. */
export const WEIGHTS = [
  [4, 1, 0, -2],
  [-3, 2, 1, 0],
  [0, -2, 3, 1],
];

const CAST = { float32: 1, float16: 10, float64: 11 } as const;

export function classifier(options: ClassifierOptions = {}): Uint8Array {
  const { weights = WEIGHTS, type = 'float32', single, names, chatty = false } = options;
  const classes = weights.length;
  const flat = Array.from({ length: FEATURES }, (_, at) => weights.map((row) => row[at] ?? 0)).flat();
  const nodes: OnnxNode[] = [];
  const add = (op: string, inputs: string[], output: string, attributes: Record<string, number> = {}) =>
    nodes.push({
      op,
      domain: '',
      name: '',
      inputs,
      outputs: [output],
      attributes: new Map(
        Object.entries(attributes).map(([name, value]): [string, AttributeValue] => [
          name,
          { kind: 'int', value },
        ]),
      ),
    });
  const held: [string, Tensor][] = [['w', float32([FEATURES, classes], flat)]];
  add('MatMul', ['x', 'w'], 'logits');
  add('Softmax', ['logits'], 'all', { axis: -1 });
  let made = 'all';
  if (single !== undefined) {
    held.push(['second', { type: 'int64', dims: single === 'flat' ? [] : [1], data: BigInt64Array.of(1n) }]);
    add('Gather', ['all', 'second'], 'one', { axis: 1 });
    made = 'one';
  }
  add('Cast', [made], 'probabilities', { to: CAST[type] });
  const width = single === 'flat' ? [] : [single === undefined ? classes : 1];
  const outputs = [valueInfo('probabilities', type, ['n', ...width])];
  if (names !== undefined) {
    const isText = typeof names[0] === 'string';
    add('ArgMax', ['all'], 'place', { axis: 1, keepdims: 0 });
    held.push([
      'names',
      isText
        ? { type: 'string', dims: [classes], data: names.map(String) }
        : { type: 'int64', dims: [classes], data: BigInt64Array.from(names, BigInt) },
    ]);
    add('Gather', ['names', 'place'], 'label', { axis: 0 });
    outputs.push(valueInfo('label', isText ? 'string' : 'int64', ['n']));
  }
  if (chatty) outputs.push(valueInfo('logits', 'float32', ['n', classes]));
  return encodeModel({
    opsets: new Map([['', 17]]),
    functions: [],
    rest: [Uint8Array.of(8, 8)],
    graph: {
      name: 'classifier',
      nodes,
      initializers: held.map(([name, tensor]) => storeTensor(name, tensor)),
      inputs: [valueInfo('x', 'float32', ['n', FEATURES])],
      outputs,
      rest: [],
    },
  });
}

/** Rows that fill a box from −2 to 2 evenly (the plastic number's powers). */
export const rowsOf = (count: number, from = 0): number[][] =>
  Array.from({ length: count }, (_, at) =>
    [0.8566749, 0.7338919, 0.6287067, 0.5385973].map((step) =>
      Math.fround((((at + from) * step) % 1) * 4 - 2),
    ),
  );

const calibrations = new Map<string, Promise<string>>();

/** Its calibration, as `gatehouse models calibrate` would write it; made once. */
export function calibrationOf(model: Uint8Array, key = KEY): Promise<string> {
  const name = `${key} ${Buffer.from(model).toString('base64')}`;
  const made = calibrations.get(name) ?? calibrated(model, key);
  calibrations.set(name, made);
  return made;
}

async function calibrated(model: Uint8Array, key: string): Promise<string> {
  const keys = defenceKeys(Buffer.from(key));
  const data = {
    name: 'rows.csv',
    sha256: '',
    content: {
      kind: 'table' as const,
      columns: ['a', 'b', 'c', 'd'],
      rows: rowsOf(400),
      place: (row: number) => `row ${row}`,
    },
  };
  const options = { drop: [], scale: undefined, scores: 'probabilities' };
  const { calibration } = await calibrateModel(model, data, keys, options);
  return writeModelCalibration(calibration, keys);
}
