import { FIELDS, isField } from './facts.ts';
import type { RuleTest, TestEvent } from './rule.ts';
import type { RuleReader } from './rule-reader.ts';
import type { RuleFile } from './rule-schema.ts';

/** Events of one test. */
const MOST = 20_000;

/**
 * Tests of a rule. An event says when it comes (`at`, from the beginning), and how often (`times`, one each `every`); all else are
 * its fields. Events come in the order of time.
 */
export function readTests(read: RuleReader, written: RuleFile['tests']): RuleTest[] {
  return written.map(({ name, fires, events, after }, index) => {
    const path = ['tests', index];
    const all = events.flatMap((event, at) => eventsOf(read, [...path, 'events', at], event));
    if (all.length > MOST) read.report(path, `has more than ${MOST} events`);
    return {
      name,
      fires,
      events: all.toSorted((a, b) => a.at - b.at),
      after: after === undefined ? 0 : read.duration([...path, 'after'], after),
    };
  });
}

function eventsOf(
  read: RuleReader,
  path: (string | number)[],
  written: Record<string, unknown>,
): TestEvent[] {
  const { at = 0, every = 1, times = 1, ...fields } = written;
  const duration = (name: string, value: unknown): number => {
    if (value === 0 || value === '0s') return 0;
    if (typeof value === 'number' || typeof value === 'string') return read.duration([...path, name], value);
    read.report([...path, name], 'must be a duration');
    return 0;
  };
  const first = duration('at', at);
  const step = duration('every', every);
  if (typeof times !== 'number' || !Number.isInteger(times) || times < 1 || times > MOST) {
    read.report([...path, 'times'], `must be a whole number from 1 to ${MOST}`);
    return [];
  }
  const facts: Record<string, string | number | boolean | readonly string[]> = {};
  for (const [name, value] of Object.entries(fields)) {
    const fact = factOf(read, [...path, name], name, value);
    if (fact !== undefined) facts[name] = fact;
  }
  return Array.from({ length: times }, (_, index) => ({ at: first + index * step, facts }));
}

function factOf(read: RuleReader, path: (string | number)[], name: string, value: unknown) {
  if (!isField(name)) {
    read.field(path, name);
    return undefined;
  }
  const { type } = FIELDS[name];
  if (type === 'texts') {
    const list = Array.isArray(value) ? value : [value];
    if (list.every((one) => typeof one === 'string')) return list;
  } else if (type === 'text' && typeof value === 'string') return value;
  else if (type === 'number' && typeof value === 'number') return value;
  else if (type === 'flag' && typeof value === 'boolean') return value;
  read.report(
    path,
    `must be ${{ text: 'text', texts: 'text or a list of it', number: 'a number', flag: 'true or false' }[type]}`,
  );
  return undefined;
}
