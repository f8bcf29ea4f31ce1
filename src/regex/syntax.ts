import type { CharSet } from './char-set.ts';

/** What a place in the text must be like for a match to go on; none of them takes a character. */
export type Assertion =
  | 'text-start'
  | 'line-start'
  | 'text-end'
  | 'line-end'
  | 'boundary'
  | 'not-boundary'
  /** The two that keep half a surrogate pair from passing for a character. */
  | 'not-after-high'
  | 'not-before-low';

/** A pattern as a tree. The empty pattern is a sequence of nothing. */
export type Node =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'assert'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly items: readonly Node[] }
  | { readonly kind: 'repeat'; readonly item: Node; readonly min: number; readonly max: number };

/** Length of the longest match in UTF-16 code units; Infinity where there is none. */
export function maxLength(node: Node): number {
  switch (node.kind) {
    case 'set':
      return (node.set.at(-1)?.[1] ?? 0) > 0xffff ? 2 : 1;
    case 'assert':
      return 0;
    case 'sequence':
      return node.items.reduce((sum, item) => sum + maxLength(item), 0);
    case 'choice':
      return node.items.reduce((most, item) => Math.max(most, maxLength(item)), 0);
    case 'repeat': {
      const item = maxLength(node.item);
      return item === 0 ? 0 : item * node.max;
    }
  }
}

/** Length of the shortest match in UTF-16 code units. */
export function minLength(node: Node): number {
  switch (node.kind) {
    case 'set':
      return (node.set[0]?.[0] ?? 0) > 0xffff ? 2 : 1;
    case 'assert':
      return 0;
    case 'sequence':
      return node.items.reduce((sum, item) => sum + minLength(item), 0);
    case 'choice':
      return Math.min(...node.items.map(minLength));
    case 'repeat':
      return node.min === 0 ? 0 : minLength(node.item) * node.min;
  }
}
