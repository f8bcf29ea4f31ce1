import { PatternSet } from '../../regex/pattern-set.ts';
import { RULES } from './rules.ts';

/** The rules with one start: their numbers, and the automaton that reads on, over those that have a lead. */
export interface Group {
  /** Rules for which the start is all that must stand before the secret. */
  readonly plain: readonly number[];
  /** Rules by the number of their lead. */
  readonly led: readonly number[];
  /** Made when it is first needed. */
  readonly leads: () => PatternSet;
}

export interface Starts {
  readonly set: PatternSet;
  /** By the number of the start in the set. */
  readonly groups: readonly Group[];
}

let made: Starts | undefined;

/**
 * The starts of all rules as one automaton, made once: what it learns of texts serves every guard of this kind. What follows
 * a start has counters in it; in one automaton with all others these would multiply, so each group has a small one of
 * its own, which reads only from a start on.
 */
export function startsOfAll(): Starts {
  made ??= make();
  return made;
}

function make(): Starts {
  const byStart = new Map<string, number[]>();
  RULES.forEach(({ start, ignoreCase }, index) => {
    const key = `${ignoreCase ? 'i' : ''}/${start}`;
    byStart.set(key, [...(byStart.get(key) ?? []), index]);
  });
  const patterns = [...byStart.keys()].map((key) => ({
    id: key,
    source: key.slice(key.indexOf('/') + 1),
    flags: key.startsWith('i') ? 'i' : '',
  }));
  return { set: PatternSet.compile(patterns), groups: [...byStart.values()].map(groupOf) };
}

function groupOf(rules: readonly number[]): Group {
  const led = rules.filter((index) => RULES[index]?.lead !== undefined);
  let set: PatternSet | undefined;
  const leads = () => {
    set ??= PatternSet.compile(
      led.flatMap((index) => {
        const { id, lead = '', ignoreCase } = RULES[index] ?? { id: '' };
        return [{ id, source: lead, flags: ignoreCase ? 'i' : '' }];
      }),
    );
    return set;
  };
  return { plain: rules.filter((index) => RULES[index]?.lead === undefined), led, leads };
}
