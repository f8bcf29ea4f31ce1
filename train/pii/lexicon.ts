import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lexicon, WORD } from '../../src/guards/pii/model.ts';
import { hashOf } from '../../src/guards/pii/tokens.ts';

const read = (name: string): string =>
  readFileSync(join(import.meta.dirname, 'words', `${name}.txt`), 'utf8');

/** Lists by their heading: a culture, a country, a kind. Entries of more than one word stand between `|`. */
function lists(name: string): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const line of read(name).trim().split('\n')) {
    const colon = line.indexOf(': ');
    const [words = '', ...phrases] = line.slice(colon + 2).split('|');
    all.set(line.slice(0, colon), [...words.split(' ').filter((word) => word !== ''), ...phrases]);
  }
  return all;
}

export const GIVEN = lists('given');
export const SURNAMES = lists('surnames');
export const PLACES = lists('places');
const KINDS = lists('kinds');
/** Firms, goods, clubs, books and the like that are called like persons. */
export const BRANDS = [...lists('brands').values()].flat();
/** Words that begin with a capital and name nobody: goods, plants, parts of programs, German and Russian nouns. */
export const THINGS = lists('things');
/** Words of other languages that begin sentences and fields; English ones are counted. */
const FOREIGN = [...lists('foreign').values()].flat();

const bare = (word: string): string => word.normalize('NFD').replace(/\p{M}/gu, '');

/** What the tagger may know of words, by their hash. `common`: words that texts use in lower case, most frequent first. */
export function makeLexicon(common: readonly string[]): Lexicon {
  const words = new Map<number, number>();
  const add = (word: string, bits: number): void => {
    for (const form of new Set([word, bare(word)])) {
      for (const part of form.split(/[\s'’-]/u)) {
        if (part.length > 1) words.set(hashOf(part), (words.get(hashOf(part)) ?? 0) | bits);
      }
    }
  };
  for (const list of GIVEN.values()) for (const word of list) add(word, WORD.given);
  for (const list of SURNAMES.values()) for (const word of list) add(word, WORD.surname);
  for (const list of PLACES.values()) for (const word of list) add(word, WORD.place);
  for (const [kind, list] of KINDS) for (const word of list) add(word, WORD[kind as keyof typeof WORD]);
  const names = new Set([...GIVEN.values(), ...SURNAMES.values()].flat());
  for (const brand of BRANDS)
    for (const word of brand.split(/[\s-]/)) if (word.length > 2 && !names.has(word)) add(word, WORD.company);
  for (const thing of [...THINGS.values()].flat())
    for (const word of thing.split(' ')) if (!names.has(word)) add(word, WORD.common);
  for (const word of FOREIGN) add(word, WORD.common);
  for (const word of common) add(word, WORD.common);
  return Lexicon.of(words);
}
