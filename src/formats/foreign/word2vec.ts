import type { Format, Part } from '../format.ts';
import { Cursor, Malformed, type Source } from '../source.ts';

/** How many words there are, and how many numbers each has (word2vec.c, `-binary 1`). */
const HEADER = /^(\d{1,9}) (\d{1,6})\n/;
const LONGEST_WORD = 2_000;
const SPACE = 0x20;
const LINE = 0x0a;
const PAUSE = 256;

function headerOf(source: Source): { words: number; numbers: number; end: number } | undefined {
  const found = HEADER.exec(Buffer.from(source.read(0, 20)).toString('latin1'));
  if (found === null) return undefined;
  const [whole, words, numbers] = found;
  const header = { words: Number(words), numbers: Number(numbers), end: whole.length };
  // A word is a letter and a blank at the least.
  const least = header.words * (2 + 4 * header.numbers);
  return header.words > 0 && header.numbers > 0 && header.end + least <= source.size ? header : undefined;
}

async function read({ source, coverage, note, pause }: Part): Promise<void> {
  const header = headerOf(source);
  if (header === undefined) throw new Malformed('it has no header', 0);
  const cursor = new Cursor(source, 'list of vectors', header.end);
  for (let i = 0; i < header.words; i++) {
    const rest = i % PAUSE === 0 ? pause() : undefined;
    if (rest) await rest;
    // The tool of its makers ends each vector with a new line, others do not.
    let length = 0;
    for (let byte = cursor.u8(); byte !== SPACE; byte = cursor.u8())
      if (++length > LONGEST_WORD) throw new Malformed('a word is longer than any', cursor.at);
    if (length === 0) throw new Malformed('a word is empty', cursor.at);
    cursor.skip(4 * header.numbers);
  }
  const last = cursor.left === 1 && cursor.u8() === LINE;
  if (cursor.left > 0 && !last) throw new Malformed('something is behind its end', cursor.at);
  coverage.claim('parsed', 0, header.end);
  coverage.claim('data', header.end, source.size);
  note({ words: header.words, dimensions: header.numbers });
}

/** Words and their vectors, as word2vec and gensim write them. */
export const word2vec: Format = {
  name: 'word2vec',
  title: 'vectors of words',
  rules: [],
  firstBytes: '0123456789',
  looks: (source) => headerOf(source) !== undefined && 'maybe',
  read,
  proof: {
    catches: [],
    passes: [
      { name: 'words', bytes: () => file('') },
      { name: 'words in lines', bytes: () => file('\n') },
    ],
  },
};

function file(end: string): Uint8Array {
  const words = ['the', 'quick', 'fox'].map((word, i) =>
    Buffer.concat([
      Buffer.from(`${word} `),
      Buffer.from(new Float32Array([i, 0.5]).buffer),
      Buffer.from(end),
    ]),
  );
  return Buffer.concat([Buffer.from('3 2\n'), ...words]);
}
