import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, 'sentences');

/** A sentence each line; `\\n` and `\\t` stand for themselves. */
const read = (file: string): readonly string[] =>
  readFileSync(join(FOLDER, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.replaceAll('\\n', '\n').replaceAll('\\t', '\t'));

const QUIET = 'quiet.txt';

/** Sentences with places for entities, by language. `{person}` and the like are entities; `{num}`, `{Word}` … are not. */
export const CARRIERS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  readdirSync(FOLDER)
    .filter((file) => file !== QUIET)
    .sort()
    .map((file) => [file.replace('.txt', ''), read(file)]),
);

/** Texts that look like names and addresses, and are none. */
export const NEGATIVES = read(QUIET);
