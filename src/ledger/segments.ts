import type { TreeState } from '../audit/merkle.ts';
import { Frontier, HASH } from '../audit/merkle.ts';
import { nodeTreeHash } from './hashing.ts';

/** `0000000000000042.jsonl`: entries from 42 on. 16 digits hold every safe integer. */
export const segmentName = (first: number): string => `${String(first).padStart(16, '0')}.jsonl`;

/** The tree as it was before a segment's first entry, so that a start need not read older segments. */
export const stateName = (first: number): string => `${String(first).padStart(16, '0')}.tree`;

/** The checkpoints of an archived segment: those of trees from its first entry on, up to the next segment's. */
export const pointsName = (first: number): string => `${String(first).padStart(16, '0')}.checkpoints`;

const SEGMENT = /^(\d{16})\.jsonl$/;

/** First entries of the segments among the names in a folder, in order. */
export const segmentFirsts = (names: readonly string[]): number[] =>
  names
    .flatMap((name) => SEGMENT.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);

export const formatState = ({ size, nodes }: TreeState): string =>
  `${JSON.stringify({ v: 1, size, nodes })}\n`;

/** Undefined where the text is not such a state: the signed root decides whether it is the true one. */
export function parseState(text: string): TreeState | undefined {
  try {
    const { size, nodes } = JSON.parse(text) as TreeState;
    if (!nodes.every((node) => HASH.test(node))) return undefined;
    const tree = new Frontier(nodeTreeHash);
    tree.restore({ size, nodes });
    return tree.state();
  } catch {
    return undefined;
  }
}
