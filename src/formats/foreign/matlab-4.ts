import type { Format, Part } from '../format.ts';
import { Cursor, Malformed, type Source } from '../source.ts';

const HEADER = 20;
/** Bytes of a number, by the tens of a matrix's type (MAT-File Format, version 4). */
const WIDTHS = [8, 4, 4, 2, 2, 1];
const LAST_TYPE = 2;
const NAME = /^[A-Za-z]\w{0,62}\0$/;
const PAUSE = 1024;

interface Matrix {
  readonly start: number;
  readonly data: number;
  readonly end: number;
}

/** A header of five numbers, a name, and the numbers. Throws `Malformed` where it is none, or is longer than the file. */
function matrixAt(source: Source, start: number): Matrix {
  const cursor = new Cursor(source, 'MATLAB file', start);
  const isBig = new Cursor(source, 'MATLAB file', start).u32() > 0xffff;
  const kind = cursor.u32(isBig);
  const [machine, zero, width, type] = [1000, 100, 10, 1].map((by) => Math.floor(kind / by) % 10);
  const bytes = WIDTHS[width as number];
  if (kind > 1052 || zero !== 0 || machine !== (isBig ? 1 : 0) || bytes === undefined)
    throw new Malformed('a matrix is of no type', start);
  if ((type as number) > LAST_TYPE) throw new Malformed('a matrix is of no type', start);
  const [rows, columns, imaginary, named] = [0, 0, 0, 0].map(() => cursor.u32(isBig)) as [
    number,
    number,
    number,
    number,
  ];
  if (imaginary > 1 || named > 64 || !NAME.test(cursor.text(named, 64)))
    throw new Malformed('a matrix has no name', start);
  const data = cursor.at;
  cursor.skip(rows * columns * bytes * (1 + imaginary));
  return { start, data, end: cursor.at };
}

function looks(source: Source): boolean {
  try {
    return source.size > HEADER && matrixAt(source, 0).end > 0;
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}

async function read({ source, coverage, note, pause }: Part): Promise<void> {
  let matrices = 0;
  for (let at = 0; at < source.size; matrices++) {
    const rest = matrices % PAUSE === 0 ? pause() : undefined;
    if (rest) await rest;
    const { start, data, end } = matrixAt(source, at);
    coverage.claim('parsed', start, data);
    coverage.claim('data', data, end);
    at = end;
  }
  note({ matrices });
}

/** Matrices of MATLAB before version 5: numbers, texts as numbers, and sparse ones. There is nothing else in it. */
export const matlab4: Format = {
  name: 'matlab-4',
  title: 'a MATLAB file of version 4',
  rules: [],
  // It begins with no magic number, and often with zeros.
  looks: (source) => looks(source) && 'maybe',
  read,
  proof: {
    catches: [],
    passes: [
      { name: 'doubles', bytes: () => file(0, 40) },
      { name: 'a text', bytes: () => file(1, 40) },
      { name: 'complex numbers', bytes: () => Buffer.concat([file(0, 40, 1), file(0, 1)]) },
    ],
  },
};

function file(type: number, rows: number, imaginary = 0): Uint8Array {
  const head = Buffer.alloc(HEADER);
  for (const [i, value] of [type, rows, 1, imaginary, 2].entries()) head.writeUInt32LE(value, 4 * i);
  return Buffer.concat([head, Buffer.from('x\0'), Buffer.alloc(8 * rows * (1 + imaginary), 0x3f)]);
}
