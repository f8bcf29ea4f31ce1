import { Problem } from '../base/problem.ts';
import { didYouMean } from '../base/suggest.ts';
import { type RuleChange, readRule } from './read-rule.ts';
import type { Rule } from './rule.ts';

/** A rule as it was written. Plain data, so that a thread can be given it. */
export interface RuleSource {
  /** For people. */
  readonly file: string;
  readonly text: string;
  /** It came with the package. */
  readonly ships: boolean;
}

/** What an owner says of rules, by id. */
export interface RuleChoices {
  readonly disable: readonly string[];
  readonly change: Readonly<Record<string, RuleChange>>;
}

export interface RuleSet {
  /** By id. */
  readonly rules: readonly Rule[];
  /** Those that are switched off. */
  readonly disabled: readonly Rule[];
}

/**
 * Reads rules. Throws `Problem('usage')` for one that cannot be read, for an id that is there twice, and for a choice about a rule
 * that there is not.
 */
export function readRules(sources: readonly RuleSource[], { disable, change }: RuleChoices): RuleSet {
  const byId = new Map<string, Rule>();
  for (const { text, file } of sources) {
    const plain = readRule(text, file);
    const before = byId.get(plain.id);
    if (before !== undefined)
      throw new Problem(
        'usage',
        `${file} and ${before.file} have the same id, “${plain.id}”`,
        'Give your own another one, and name the other in detections.disable.',
      );
    const mine = change[plain.id];
    byId.set(plain.id, mine === undefined ? plain : readRule(text, file, mine));
  }
  const ids = [...byId.keys()].sort();
  for (const [name, wanted] of [
    ['disable', disable],
    ['change', Object.keys(change)],
  ] as const)
    for (const id of wanted)
      if (!byId.has(id))
        throw new Problem(
          'usage',
          `detections.${name} names “${id}”, and there is no such rule.${didYouMean(id, ids)}`,
          'Run "gatehouse detect list".',
        );
  const all = ids.flatMap((id) => byId.get(id) ?? []);
  return {
    rules: all.filter(({ id }) => !disable.includes(id)),
    disabled: all.filter(({ id }) => disable.includes(id)),
  };
}
