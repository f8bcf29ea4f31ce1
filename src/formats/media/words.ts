import type { Format, Part } from '../format.ts';
import { Message } from '../protobuf.ts';
import { Cursor, Malformed, type Source } from '../source.ts';
import { inert, PAUSE, sample } from './inert.ts';

/** Kinds of the fields of a piece: its text, score and type; what trainers of later versions add. */
const PIECE = new Map([
  [1, 2],
  [2, 5],
  [3, 0],
]);
/** Pieces, settings of training and of normalising, tests of its own, and the normalising backwards. */
const MODEL = [1, 2, 3, 4, 5];

function isPiece(message: Message): boolean {
  for (const { number, wire } of message.fields())
    if (number < 200 && PIECE.get(number) !== wire) return false;
  return true;
}

function beginsWithPieces(source: Source): boolean {
  let count = 0;
  try {
    const message = new Message(source);
    for (const field of message.fields()) {
      if (field.number !== 1 || field.wire !== 2 || !isPiece(message.inside(field))) return false;
      if (++count === 3) return true;
    }
  } catch {
    return false;
  }
  return false;
}

/** Vocabularies of SentencePiece (sentencepiece_model.proto): words and numbers, nothing that runs. */
const sentencepiece: Format = inert({
  name: 'sentencepiece',
  title: 'a SentencePiece vocabulary',
  endless: true,
  looks: (source) => beginsWithPieces(source) && 'maybe',
  async walk(part) {
    const { source } = part;
    const message = new Message(source);
    let pieces = 0;
    for (const field of message.fields()) {
      if (field.wire !== 2 || !(MODEL.includes(field.number) || field.number >= 200))
        throw new Malformed('a field is none of a vocabulary', field.start);
      if (field.number > 1) continue;
      if (!isPiece(message.inside(field))) throw new Malformed('a piece is none', field.start);
      const rest = ++pieces % PAUSE === 0 ? part.pause() : undefined;
      if (rest) await rest;
    }
    part.note({ vocabulary: pieces });
    return source.size;
  },
  passes: [
    sample(
      'pieces',
      ...Array<readonly number[]>(3).fill([10, 8, 10, 1, 97, 21, 0, 0, 128, 63]),
      [18, 0, 26, 0],
    ),
  ],
});

const FASTTEXT = 793_712_314;
const MOST_WORDS = 50_000_000;

/** Vectors of words: a dictionary and two matrices (fastText, src/fasttext.cc). */
const fasttext: Format = inert({
  name: 'fasttext',
  title: 'a fastText model',
  firstBytes: '\xba',
  looks: (source) => source.size > 100 && new Cursor(source, 'model').u32() === FASTTEXT && 'sure',
  async walk(part) {
    const cursor = new Cursor(part.source, 'fastText model', 4);
    const version = cursor.i32();
    if (version < 11 || version > 12) throw new Malformed('it is of another version', 4);
    // Twelve numbers of its training and one of 64 bits.
    cursor.skip(12 * 4 + 8);
    const pruned = await readDictionary(part, cursor);
    cursor.skip(pruned * 8);
    for (let matrix = 0; matrix < 2; matrix++) readMatrix(cursor);
    return cursor.at;
  },
  passes: [{ name: 'a word', bytes: () => fasttextOf() }],
});

async function readDictionary(part: Part, cursor: Cursor): Promise<number> {
  const words = cursor.u32();
  cursor.skip(8 + 8);
  const pruned = cursor.u64();
  if (words > MOST_WORDS) throw new Malformed('it has more words than any', cursor.at);
  for (let i = 0; i < words; i++) {
    const rest = i % PAUSE === 0 ? part.pause() : undefined;
    if (rest) await rest;
    while (cursor.u8() !== 0);
    cursor.skip(9);
  }
  // -1 is none.
  return Number.isFinite(pruned) ? pruned : 0;
}

function readMatrix(cursor: Cursor): void {
  if (cursor.u8() !== 0) {
    readQuantised(cursor);
    return;
  }
  const floats = cursor.u64() * cursor.u64();
  cursor.skip(floats * 4);
}

/** Product quantisation: codes, a table of centroids, and the same of norms. */
function readQuantised(cursor: Cursor): void {
  const hasNorms = cursor.u8() !== 0;
  const rows = cursor.u64();
  cursor.skip(8);
  cursor.skip(cursor.u32());
  readCentroids(cursor);
  if (!hasNorms) return;
  cursor.skip(rows);
  readCentroids(cursor);
}

function readCentroids(cursor: Cursor): void {
  const dimensions = cursor.u32();
  cursor.skip(12);
  cursor.skip(dimensions * 256 * 4);
}

function fasttextOf(): Uint8Array {
  const head = Buffer.alloc(8 + 56 + 28);
  head.writeUInt32LE(FASTTEXT, 0);
  head.writeInt32LE(12, 4);
  head.writeInt32LE(1, 64);
  head.writeInt32LE(1, 68);
  head.writeBigInt64LE(-1n, 84);
  const matrix = Buffer.alloc(17 + 4);
  matrix.writeUInt8(1, 1);
  matrix.writeUInt8(1, 9);
  return Buffer.concat([head, Buffer.from('word\0'), Buffer.alloc(9), matrix, matrix]);
}

export const WORDS: readonly Format[] = [sentencepiece, fasttext];
