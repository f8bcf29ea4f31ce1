import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Random } from '../random.ts';
import {
  expand,
  type Filler,
  type Grammar,
  parseGrammar,
  parseSlotFile,
  type Rule,
  type Template,
} from './grammar.ts';

const HERE = import.meta.dirname;

/** Slots that the composer fills with a payload that it encodes itself, or with made-up token salad. */
export const COMPOSED_SLOTS = [
  'b64',
  'rot13',
  'hex',
  'leet',
  'reversed',
  'morse',
  'spaced',
  'gibberish',
  'payload',
] as const;

/** All grammar files and shared slots of the repository. */
export interface Library {
  readonly grammars: readonly Grammar[];
  readonly shared: ReadonlyMap<string, readonly Template[]>;
}

export function readShared(
  folder = join(HERE, 'grammar', 'slots'),
): ReadonlyMap<string, readonly Template[]> {
  return new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.txt'))
      .sort()
      .map((name) => [basename(name, '.txt'), parseSlotFile(name, readFileSync(join(folder, name), 'utf8'))]),
  );
}

export function readLibrary(folder = join(HERE, 'grammar')): Library {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort();
  return {
    grammars: files.map((name) => parseGrammar(name, readFileSync(join(folder, name), 'utf8'))),
    shared: readShared(join(folder, 'slots')),
  };
}

/** Fills slots from the file's own, then from the shared ones, then from `more`. */
export function fillerOf(
  grammar: Grammar,
  shared: Library['shared'],
  more: Filler = () => undefined,
): Filler {
  let depth = 0;
  const fill: Filler = (name, random) => {
    const values = grammar.slots.get(name) ?? shared.get(name);
    if (values === undefined || values.length === 0 || depth > 8) return more(name, random);
    depth++;
    const text = expand(random.pick(values), random, fill);
    depth--;
    return text;
  };
  return fill;
}

/** One text of a rule. */
export const textOf = (
  rule: Rule,
  grammar: Grammar,
  library: Library,
  random: Random,
  more?: Filler,
): string => expand(rule.template, random, fillerOf(grammar, library.shared, more));
