/**
 * What stands on the stack of the symbolic machine. A literal is the offset of its opcode: a number, so that millions
 * of them cost no objects and a long one is never copied; who needs it reads it there (`literals.ts`). A container is a
 * number below `LOST` (`containers.ts`).
 */
export type Value = number | Node;

export type Node = Named | Made | Sequence | Partial | Getter;

/** Something that nobody can tell any more, and that is of no interest unless it is called or names a thing. */
export const LOST = -1;

/** `module.attribute`: imported, or reached from there by attributes. Without a name, a module. */
export interface Named {
  readonly kind: 'named';
  readonly module: string;
  readonly name: string;
  /** What a method is bound to. */
  readonly self?: Value | undefined;
}

/** What came of a call, or of an object that a class made. */
export interface Made {
  readonly kind: 'made';
  readonly by: Named | undefined;
  readonly args: Value;
  /** What BUILD gave it last. */
  state: Value | undefined;
}

export interface Sequence {
  readonly kind: 'tuple' | 'list' | 'dict' | 'set';
  /** The first ones; of a dict keys and values in turn. */
  readonly items: Value[];
  /** Whether there were more, or some that are not known. */
  cut: boolean;
  /** How many nodes it holds, itself among them. */
  weight: number;
}

/** functools.partial, and methods taken from their class: a callable with its first arguments. */
export interface Partial {
  readonly kind: 'partial';
  callee: Value;
  args: readonly Value[];
}

/** operator.attrgetter, itemgetter and methodcaller. */
export interface Getter {
  readonly kind: 'getter';
  readonly by: 'attribute' | 'item' | 'method';
  readonly wanted: readonly Value[];
}

export const isSequence = (value: Value | undefined): value is Sequence =>
  typeof value === 'object' && 'items' in value;

/** A sequence holds no more nodes than this, all the way down. */
export const HEAVIEST = 64;
/** The first of a sequence that are kept: calls that do harm have few arguments. */
export const FIRST = 16;

/** Adds to what is known of a sequence, as far as that is kept. */
export function add(to: Sequence, item: Value): void {
  const weight = weightOf(item);
  if (to.items.length >= FIRST) to.cut = true;
  else if (to.weight + weight > HEAVIEST) {
    to.cut = true;
    to.items.push(LOST);
  } else {
    to.weight += weight;
    to.items.push(item);
  }
}

export const sequence = (kind: Sequence['kind']): Sequence => ({ kind, items: [], cut: false, weight: 1 });

/** A tuple of few values. */
export const listed = (items: readonly Value[]): Sequence => {
  const all = sequence('tuple');
  for (const item of items) add(all, item);
  return all;
};

export const made = (by: Named | undefined, args: Value): Made => ({
  kind: 'made',
  by,
  args,
  state: undefined,
});

/** What is kept of a value over time, in nodes. */
export const weightOf = (value: Value): number => {
  if (typeof value === 'number') return 0;
  if ('weight' in value) return value.weight;
  if (value.kind === 'made') return 2 + weightOf(value.args);
  return value.kind === 'named' && value.self === undefined ? 0 : 4;
};

export const fullName = ({ module, name }: Named): string => (name === '' ? module : `${module}.${name}`);
