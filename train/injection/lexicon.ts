import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lowerUnit, UNIT, unitClass } from '../../src/guards/injection/alphabet.ts';
import { CONCEPTS, ENTRY, entryKey, lexiconTable } from '../../src/guards/injection/concepts.ts';
import { HASH_START, hashPair, hashUnit } from '../../src/guards/injection/hash.ts';
import { viewsOf } from '../../src/text/views.ts';

const FOLDER = join(import.meta.dirname, 'lexicon');

/** The lexicons of all languages as one table; see `Lexicon`. */
export function compileLexicon(folder: string = FOLDER): {
  readonly table: Int32Array;
  readonly longest: number;
  readonly entries: number;
} {
  const found = new Map<number, Set<number>>();
  const begins = new Set<number>();
  let longest = 0;
  let entries = 0;
  const put = (key: number, concept: number) => {
    const all = found.get(key) ?? new Set();
    all.add(concept);
    found.set(key, all);
  };
  for (const name of readdirSync(folder)
    .filter((one) => one.endsWith('.txt'))
    .sort()) {
    for (const [number, line] of readFileSync(join(folder, name), 'utf8').split('\n').entries()) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      const [, id = '', words = ''] = /^([A-Z]+):\s*(.*)$/.exec(line.trim()) ?? [];
      const concept = (CONCEPTS as readonly string[]).indexOf(id) + 1;
      if (concept === 0) throw new Error(`${name}:${number + 1}: no concept “${id}”`);
      for (const raw of words.split(/[,，、]/)) {
        const entry = viewsOf(raw.trim().toLowerCase().replace(/\*$/, '')).canonical.text;
        if (entry === '') continue;
        entries++;
        if (unitClass(entry.charCodeAt(0)) === UNIT.ideograph) {
          const text = entry.replace(/\s+/g, '');
          longest = Math.max(longest, text.length);
          let hash = HASH_START;
          for (let i = 0; i < text.length; i++) {
            hash = hashUnit(hash, text.charCodeAt(i));
            if (i < text.length - 1) begins.add(entryKey(hash, ENTRY.beginsUnspaced));
          }
          put(entryKey(hash, ENTRY.unspaced), concept);
          continue;
        }
        const parts = wordsOf(entry);
        const [first, ...rest] = parts;
        if (first === undefined) continue;
        if (rest.length === 0) {
          put(
            entryKey(first, raw.trim().endsWith('*') && entry.length >= 3 ? ENTRY.stem : ENTRY.word),
            concept,
          );
        } else if (parts.length <= 4) {
          begins.add(entryKey(first, ENTRY.begins));
          put(entryKey(rest.reduce(hashPair, first), ENTRY.word), concept);
        }
      }
    }
  }
  const meanings = new Map<number, number>();
  for (const key of begins) meanings.set(key, 1);
  for (const [key, concepts] of found) {
    meanings.set(
      key,
      [...concepts].slice(0, 3).reduce((packed, concept, i) => packed | (concept << (8 * i)), 0),
    );
  }
  return { table: lexiconTable(meanings), longest, entries };
}

/** Hashes of the words, as the tokenizer makes them. */
function wordsOf(text: string): number[] {
  const words: number[] = [];
  let hash = HASH_START;
  let inside = false;
  for (let i = 0; i <= text.length; i++) {
    const unit = i < text.length ? text.charCodeAt(i) : 32;
    const kind = unitClass(unit);
    if (kind === UNIT.letter || kind === UNIT.digit) {
      hash = hashUnit(hash, kind === UNIT.digit ? 48 : lowerUnit(unit));
      inside = true;
    } else if (inside) {
      words.push(hash);
      hash = HASH_START;
      inside = false;
    }
  }
  return words;
}
