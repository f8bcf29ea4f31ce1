import type { Rule } from '../../findings/rule.ts';
import { FORMATS } from '../../formats/index.ts';
import { GATE_RULES } from '../gate/rules.ts';
import { FILE_RULES } from './rules.ts';

/** Every rule that there is, by id. */
export const ALL_RULES: ReadonlyMap<string, Rule> = new Map(
  [
    ...Object.values<Rule>(FILE_RULES),
    ...Object.values<Rule>(GATE_RULES),
    ...FORMATS.flatMap(({ rules }) => rules),
  ]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((rule) => [rule.id, rule]),
);
