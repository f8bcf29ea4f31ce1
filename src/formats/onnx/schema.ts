/** What is in a field: numbers and texts that mean nothing more, a message, or data of tensors. */
export type Kind = 'plain' | 'data' | MessageName;
export type MessageName =
  | 'model'
  | 'graph'
  | 'node'
  | 'attribute'
  | 'tensor'
  | 'sparse'
  | 'function'
  | 'training'
  | 'opset'
  | 'entry';

/** Fields of the messages of ONNX by number (onnx.proto, IR version 13). Others are not known, and count as not read. */
export const SCHEMA: Readonly<Record<MessageName, Readonly<Record<number, Kind>>>> = {
  model: {
    1: 'plain',
    2: 'plain',
    3: 'plain',
    4: 'plain',
    5: 'plain',
    6: 'plain',
    7: 'graph',
    8: 'opset',
    14: 'entry',
    20: 'training',
    25: 'function',
    26: 'plain',
  },
  graph: {
    1: 'node',
    2: 'plain',
    5: 'tensor',
    10: 'plain',
    11: 'plain',
    12: 'plain',
    13: 'plain',
    14: 'plain',
    15: 'sparse',
    16: 'entry',
  },
  node: {
    1: 'plain',
    2: 'plain',
    3: 'plain',
    4: 'plain',
    5: 'attribute',
    6: 'plain',
    7: 'plain',
    8: 'plain',
    9: 'entry',
    10: 'plain',
  },
  attribute: {
    1: 'plain',
    2: 'plain',
    3: 'plain',
    4: 'plain',
    5: 'tensor',
    6: 'graph',
    7: 'plain',
    8: 'plain',
    9: 'plain',
    10: 'tensor',
    11: 'graph',
    13: 'plain',
    14: 'plain',
    15: 'plain',
    20: 'plain',
    21: 'plain',
    22: 'sparse',
    23: 'sparse',
  },
  tensor: {
    1: 'plain',
    2: 'plain',
    3: 'plain',
    4: 'data',
    5: 'data',
    6: 'plain',
    7: 'data',
    8: 'plain',
    9: 'data',
    10: 'data',
    11: 'data',
    12: 'plain',
    13: 'entry',
    14: 'plain',
    16: 'entry',
  },
  sparse: { 1: 'tensor', 2: 'tensor', 3: 'plain' },
  function: {
    1: 'plain',
    2: 'plain',
    3: 'plain',
    4: 'plain',
    5: 'plain',
    6: 'plain',
    7: 'node',
    8: 'plain',
    9: 'opset',
    10: 'plain',
    11: 'attribute',
    12: 'plain',
    13: 'plain',
    14: 'entry',
  },
  training: { 1: 'graph', 2: 'graph', 3: 'plain', 4: 'plain' },
  opset: { 1: 'plain', 2: 'plain' },
  entry: { 1: 'plain', 2: 'plain' },
};

/** Bits of one number, by the type's number (TensorProto.DataType). Texts have none. */
export const BITS: ReadonlyMap<number, number> = new Map([
  [1, 32],
  [2, 8],
  [3, 8],
  [4, 16],
  [5, 16],
  [6, 32],
  [7, 64],
  [9, 8],
  [10, 16],
  [11, 64],
  [12, 32],
  [13, 64],
  [14, 64],
  [15, 128],
  [16, 16],
  [17, 8],
  [18, 8],
  [19, 8],
  [20, 8],
  [21, 4],
  [22, 4],
  [23, 4],
  [24, 8],
]);
