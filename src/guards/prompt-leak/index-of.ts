import type { Asked } from '../guard.ts';
import { isWordOfOne, lettersOf, Rolling, STRETCH } from './letters.ts';

/** UTF-16 units of a request's texts that are looked at. */
const MOST = 256 * 1024;

/** Half of all system texts say this. */
const COMMON = [
  'You are a helpful assistant. You are a helpful, harmless and honest assistant. You are an AI language model.',
  'Answer the user’s question as best you can. Please answer the following question in a concise and helpful way.',
  'If you do not know the answer, say that you do not know. If you don’t know the answer, just say that you don’t know.',
  'Do not make up an answer, don’t try to make up an answer. Think step by step. Let’s think step by step.',
  'You have access to the following tools. Always respond in the language of the user. Use Markdown where appropriate.',
];

/** Letters, and where words begin among them. */
function read(text: string): { readonly letters: string; readonly starts: readonly boolean[] } {
  let letters = '';
  const starts: boolean[] = [];
  let between = true;
  for (const char of text.slice(0, MOST)) {
    const plain = lettersOf(char);
    if (plain === '') {
      // An apostrophe does not end a word.
      between ||= !/['’\d]/.test(char);
      continue;
    }
    for (let i = 0; i < plain.length; i++) starts.push(i === 0 && (between || isWordOfOne(plain)));
    letters += plain;
    between = false;
  }
  return { letters, starts };
}

const shift = (letters: string, map: (code: number) => number): string =>
  letters.replace(/[a-z]/g, (letter) => String.fromCharCode(97 + map(letter.charCodeAt(0) - 97)));

function* hashes(letters: string): Generator<readonly [at: number, hash: number]> {
  const rolling = new Rolling();
  for (let i = 0; i < letters.length; i++) {
    const hash = rolling.push(letters.charCodeAt(i));
    if (hash !== undefined) yield [i - STRETCH + 1, hash];
  }
}

/** Which stretches of letters are of the system text: as hashes, and as it reads in rot13, mirrored and backwards. */
export class LeakIndex {
  /** Letters of the longest text. */
  readonly longest: number;
  readonly #hashes = new Set<number>();
  readonly #said: readonly string[];
  #sifted = false;

  constructor({ texts }: Asked, tools: boolean) {
    let longest = 0;
    let room = MOST;
    for (const { provenance, text } of texts) {
      if (!(provenance === 'system' || (tools && provenance === 'tool-definition')) || room <= 0) continue;
      room -= text.length;
      longest = Math.max(longest, this.#add(text));
    }
    this.longest = longest;
    this.#said = texts.filter(({ provenance }) => provenance === 'user').map(({ text }) => text);
    for (const text of COMMON) this.#drop(text);
  }

  has(hash: number): boolean {
    if (!this.#hashes.has(hash)) return false;
    if (this.#sifted) return true;
    this.#sifted = true;
    // What the user has said is known to the user.
    for (const text of this.#said) this.#drop(text);
    return this.#hashes.has(hash);
  }

  #add(text: string): number {
    const { letters, starts } = read(text);
    const backwards = [...letters].reverse().join('');
    for (const [at, hash] of hashes(letters)) if (starts[at]) this.#hashes.add(hash);
    for (const written of [shift(letters, (n) => (n + 13) % 26), shift(letters, (n) => 25 - n)]) {
      for (const [at, hash] of hashes(written)) if (starts[at]) this.#hashes.add(hash);
    }
    for (const [at, hash] of hashes(backwards)) if (at % 5 === 0) this.#hashes.add(hash);
    return letters.length;
  }

  #drop(text: string): void {
    for (const [, hash] of hashes(read(text).letters)) this.#hashes.delete(hash);
  }
}
