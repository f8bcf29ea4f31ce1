import { type CharSet, setOf } from './char-set.ts';
import type { Assertion } from './syntax.ts';
import { LINE_END, WORD } from './unicode.ts';

/** What assertions can tell of the character beside a place. `EDGE`: there is none, the text begins or ends. */
export const KIND = { edge: 0, other: 1, word: 2, line: 3, high: 4, low: 5 } as const;
export type Kind = (typeof KIND)[keyof typeof KIND];

const KINDS: readonly (readonly [Kind, CharSet])[] = [
  [KIND.word, WORD],
  [KIND.line, LINE_END],
  [KIND.high, setOf([0xd800, 0xdbff])],
  [KIND.low, setOf([0xdc00, 0xdfff])],
];

/** Assertions that must see the character after the place before they can be decided. */
export const looksAhead = (assertion: Assertion): boolean =>
  assertion !== 'text-start' && assertion !== 'line-start' && assertion !== 'not-after-high';

export function holds(assertion: Assertion, before: Kind, after: Kind): boolean {
  switch (assertion) {
    case 'text-start':
      return before === KIND.edge;
    case 'line-start':
      return before === KIND.edge || before === KIND.line;
    case 'text-end':
      return after === KIND.edge;
    case 'line-end':
      return after === KIND.edge || after === KIND.line;
    case 'boundary':
      return (before === KIND.word) !== (after === KIND.word);
    case 'not-boundary':
      return (before === KIND.word) === (after === KIND.word);
    case 'not-after-high':
      return before !== KIND.high;
    case 'not-before-low':
      return after !== KIND.low;
  }
}

/**
 * The code units sorted into classes that no instruction and no assertion of a program tells apart, so that a state
 * needs one entry per class instead of 65,536.
 */
export interface Alphabet {
  /** Class of each code unit. */
  readonly classOf: Uint16Array;
  readonly size: number;
  readonly kinds: readonly Kind[];
  /** `contains[set * size + class]` is 1 where the unit set has the class. */
  readonly contains: Uint8Array;
}

export function alphabetOf(unitSets: readonly CharSet[]): Alphabet {
  const sets = [...unitSets, ...KINDS.map(([, set]) => set)];
  const cuts = new Set([0, 0x10000]);
  for (const set of sets) {
    for (const [from, to] of set) cuts.add(from).add(to + 1);
  }
  const edges = [...cuts].sort((a, b) => a - b);
  const classOf = new Uint16Array(0x10000);
  const classes = new Map<string, number>();
  const members: number[][] = [];
  const cursors = sets.map(() => 0);
  for (let piece = 0; piece + 1 < edges.length; piece++) {
    const from = edges[piece] as number;
    const inside: number[] = [];
    for (let set = 0; set < sets.length; set++) {
      const ranges = sets[set] as CharSet;
      let cursor = cursors[set] as number;
      while (cursor < ranges.length && (ranges[cursor]?.[1] as number) < from) cursor++;
      cursors[set] = cursor;
      if (cursor < ranges.length && (ranges[cursor]?.[0] as number) <= from) inside.push(set);
    }
    const key = inside.join();
    let number = classes.get(key);
    if (number === undefined) {
      number = members.push(inside) - 1;
      classes.set(key, number);
    }
    classOf.fill(number, from, edges[piece + 1]);
  }
  return { classOf, size: members.length, ...describe(members, unitSets.length) };
}

function describe(
  members: readonly (readonly number[])[],
  unitSets: number,
): Pick<Alphabet, 'kinds' | 'contains'> {
  const contains = new Uint8Array(unitSets * members.length);
  const kinds = members.map((inside, number) => {
    let kind: Kind = KIND.other;
    for (const set of inside) {
      if (set < unitSets) contains[set * members.length + number] = 1;
      else kind = KINDS[set - unitSets]?.[0] ?? kind;
    }
    return kind;
  });
  return { kinds, contains };
}

/** Kinds that the program's assertions cannot tell apart as the character before are made one: fewer states. */
export function kindsBefore(assertions: ReadonlySet<Assertion>): (kind: Kind) => Kind {
  const words = assertions.has('boundary') || assertions.has('not-boundary');
  const lines = assertions.has('line-start');
  const edges = lines || assertions.has('text-start');
  const highs = assertions.has('not-after-high');
  const told = [edges, true, words, lines, highs, false];
  return (kind) => (told[kind] === true ? kind : KIND.other);
}
