import { PatternSet, type PatternSource } from '../../regex/pattern-set.ts';
import { ESCAPE } from './define.ts';
import type { Rule } from './rule.ts';
import { RULES } from './rules.ts';

/** Patterns as one automaton, and what each leads on to; undefined where nothing. */
export interface Starts {
  readonly set: PatternSet;
  readonly groups: readonly (Group | undefined)[];
}

export interface Group {
  /** Numbers of the rules whose form is tried right behind the match. */
  readonly rules: readonly number[];
  /** What reads on from the start of the match, with patterns that begin there; made when it is first needed. */
  readonly leads?: () => Starts;
  /** What reads on from its end. */
  readonly behind?: () => Starts;
}

/**
 * The starts of all rules as one automaton, made once: what it learns of texts serves every guard of this kind. What follows
 * a start has counters in it; in one automaton with all others these would multiply, so each group has a small one of
 * its own, which reads only from a start on.
 */
export const startsOfAll: () => Starts = lazily(() => {
  const byStart = new Map<string, Start>();
  for (const [index, rule] of RULES.entries()) {
    const pattern = startOf(rule);
    const one = byStart.get(pattern.id) ?? { pattern, atWord: rule.atWord, rules: [] };
    byStart.set(pattern.id, one);
    one.rules.push(index);
  }
  const starts = [...byStart.values()];
  const set = PatternSet.compile([
    ...starts.map(({ pattern }) => pattern),
    { id: 'escape', source: `${ESCAPE}\\B`, isLead: true },
  ]);
  const groups = starts.map(({ rules }) => groupOf(rules));
  return { set, groups: [...groups, { rules: [], behind: lazily(() => escaped(starts, groups)) }] };
});

/** Behind an escape a word begins. What may stand within a word is found without that. */
function escaped(starts: readonly Start[], groups: readonly Group[]): Starts {
  const begins = starts.flatMap((start, index) => (start.atWord ? [{ ...start, group: groups[index] }] : []));
  return {
    set: PatternSet.compile(begins.map(({ pattern }) => anchored(pattern))),
    groups: begins.map(({ group }) => group),
  };
}

/** A pattern, and the numbers of the rules that begin with it. */
interface Start {
  readonly pattern: PatternSource;
  readonly atWord: boolean;
  readonly rules: number[];
}

function startOf({ start, atWord, ignoreCase, spares }: Rule): PatternSource {
  const source = atWord ? `\\b(?:${start})` : start;
  const flags = ignoreCase ? 'i' : '';
  return { id: `${spares} ${flags}/${source}`, source, flags, isLead: spares };
}

function groupOf(rules: readonly number[]): Group {
  const led = rules.filter((index) => RULES[index]?.lead !== undefined);
  const leads = lazily(() => ({
    set: PatternSet.compile(led.map(leadOf)),
    groups: led.map((index) => ({ rules: [index] })),
  }));
  return { rules: rules.filter((index) => !led.includes(index)), ...(led.length > 0 && { leads }) };
}

function leadOf(index: number): PatternSource {
  const { id, lead = '', ignoreCase } = RULES[index] as Rule;
  return anchored({ id, source: lead, flags: ignoreCase ? 'i' : '' });
}

/** From its very start: what begins later has a start of its own. */
const anchored = (pattern: PatternSource): PatternSource => ({
  ...pattern,
  source: `^(?:${pattern.source})`,
});

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
