import type { Format, Part } from '../format.ts';
import { Message, wire } from '../protobuf.ts';
import { Cursor, Malformed, type Source } from '../source.ts';

const PAUSE = 512;
/** Bytes of an element by the number of its type (VarType). */
const SIZES: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [1, 2],
  [2, 4],
  [3, 8],
  [4, 2],
  [5, 4],
  [6, 8],
  [19, 8],
  [20, 1],
  [21, 1],
  [22, 2],
  [23, 8],
  [24, 16],
  [32, 1],
  [33, 1],
]);
const MOST_LEVELS = 8;
const LONGEST_TYPE = 1024;

/** The head of a tensor: versions, levels, type and shape. @returns bytes of its data */
function readHead(source: Source, cursor: Cursor): number {
  const at = cursor.at;
  if (cursor.u32() !== 0) throw new Malformed('there is no tensor where one should be', at);
  const levels = cursor.u64();
  if (levels > MOST_LEVELS) throw new Malformed('a tensor has too many levels', at);
  for (let i = 0; i < levels; i++) cursor.skip(cursor.u64());
  const version = cursor.u32();
  const length = cursor.u32();
  if (version !== 0 || length > LONGEST_TYPE || length === 0) throw new Malformed('a tensor has no type', at);
  const start = cursor.at;
  cursor.skip(length);
  let size = 0;
  let elements = 1;
  for (const field of new Message(source, start, start + length).fields()) {
    if (field.number === 1 && field.wire === 0) size = SIZES.get(field.value) ?? 0;
    else if (field.number === 2 && field.wire === 0) elements *= field.value;
    else throw new Malformed('a tensor has no type', field.start);
  }
  if (size === 0 || !Number.isSafeInteger(elements * size))
    throw new Malformed('a tensor is of no known type', at);
  return elements * size;
}

async function readParameters({ source, coverage, pause, note }: Part): Promise<void> {
  const cursor = new Cursor(source, 'tensor');
  let tensors = 0;
  while (cursor.left > 0) {
    const rest = ++tensors % PAUSE === 0 ? pause() : undefined;
    if (rest) await rest;
    const at = cursor.at;
    const length = readHead(source, cursor);
    const start = cursor.at;
    cursor.skip(length);
    coverage.claim('parsed', at, start);
    coverage.claim('data', start, cursor.at);
  }
  note({ tensors });
}

const isTensor = (source: Source): boolean => {
  try {
    readHead(source, new Cursor(source, 'tensor', 0, Math.min(source.size, 1 << 16)));
    return true;
  } catch {
    return false;
  }
};

function tensor(elements: number, bytes: number): Uint8Array {
  const type = Buffer.concat([wire.number(1, 5), wire.number(2, elements)]);
  const head = Buffer.alloc(20);
  head.writeUInt32LE(type.length, 16);
  return Buffer.concat([head, type, new Uint8Array(bytes)]);
}

/** Their parameters: tensors one behind the other. */
export const paddleParameters: Format = {
  name: 'paddle-parameters',
  title: 'parameters of PaddlePaddle',
  rules: [],
  firstBytes: '\0',
  looks: (source) => isTensor(source) && 'sure',
  read: readParameters,
  proof: {
    catches: [
      {
        name: 'a tensor that breaks off',
        bytes: () => Buffer.concat([tensor(2, 8), tensor(9, 8)]),
        rules: ['file.malformed'],
      },
    ],
    passes: [{ name: 'two tensors', bytes: () => Buffer.concat([tensor(2, 8), tensor(1, 4)]) }],
  },
};
