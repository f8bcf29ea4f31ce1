import type { Cursor } from '../source.ts';
import { Malformed } from '../source.ts';
import { expect, type H5, number } from './file.ts';
import type { Message } from './header.ts';
import { FractalHeap, LONGEST_NAME, LocalHeap, records, zeroEnded } from './heaps.ts';

/** A link of a group. */
export type Link =
  | { readonly is: 'hard'; readonly name: string; readonly at: number }
  | { readonly is: 'soft'; readonly name: string; readonly target: string }
  | { readonly is: 'external'; readonly name: string; readonly file: string; readonly target: string }
  | { readonly is: 'user'; readonly name: string; readonly type: number };

const EXTERNAL = 64;
const SYMBOL_ENTRY_TAIL = 24;
const DEEPEST = 64;

/** A link message (IV.A.2.g). */
export function readLink(h5: H5, cursor: Cursor): Link {
  const at = cursor.at;
  if (cursor.u8() !== 1) throw new Malformed('a link is of no known version', at);
  const flags = cursor.u8();
  const type = (flags & 8) !== 0 ? cursor.u8() : 0;
  cursor.skip(((flags & 4) !== 0 ? 8 : 0) + ((flags & 16) !== 0 ? 1 : 0));
  const name = cursor.text(number(cursor, 1 << (flags & 3)) ?? Number.POSITIVE_INFINITY, LONGEST_NAME);
  if (type === 0) {
    const target = h5.address(cursor);
    if (target === undefined) throw new Malformed('a link leads nowhere', at);
    return { is: 'hard', name, at: target };
  }
  const value = cursor.bytes(cursor.u16(), LONGEST_NAME);
  if (type === 1) return { is: 'soft', name, target: new TextDecoder().decode(value) };
  if (type !== EXTERNAL) return { is: 'user', name, type };
  const file = zeroEnded(value.subarray(1));
  const target = zeroEnded(value.subarray(1 + Buffer.byteLength(file) + 1));
  return { is: 'external', name, file, target };
}

/** Links of an old group: a B-tree of symbol nodes, and a heap of names (III.A.1, III.B). */
export async function oldLinks(h5: H5, { start, end }: Message): Promise<readonly Link[]> {
  const message = h5.cursor('symbol table', start, end - start);
  const tree = h5.address(message);
  const heapAt = h5.address(message);
  if (tree === undefined || heapAt === undefined) return [];
  const heap = new LocalHeap(h5, heapAt);
  const out: Link[] = [];
  const seen = new Set<number>();
  const queue: { readonly at: number; readonly depth: number }[] = [{ at: tree, depth: 0 }];
  for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
    const rest = h5.step();
    if (rest) await rest;
    if (seen.has(one.at)) continue;
    seen.add(one.at);
    if (one.depth > DEEPEST) throw new Malformed('a group is deeper than any in use', one.at);
    const signature = h5.cursor('group', one.at, 4).text(4, 4);
    if (signature === 'SNOD') symbols(h5, one.at, heap, out);
    else for (const at of children(h5, one.at, h5.lengths)) queue.push({ at, depth: one.depth + 1 });
  }
  return out;
}

/** Addresses of the children of a node of a B-tree of version 1. */
export function children(h5: H5, at: number, keyBytes: number): readonly number[] {
  const head = h5.cursor('B-tree', at, 8);
  expect(head, 'TREE');
  head.skip(2);
  const count = head.u16();
  const cursor = h5.cursor('B-tree', at, 8 + 2 * h5.offsets + (count + 1) * (keyBytes + h5.offsets));
  cursor.skip(8 + 2 * h5.offsets);
  const out: number[] = [];
  for (let i = 0; i < count; i++) {
    cursor.skip(keyBytes);
    const child = h5.address(cursor);
    if (child !== undefined) out.push(child);
  }
  cursor.skip(Math.min(keyBytes, cursor.left));
  h5.claim('parsed', at, cursor.at);
  return out;
}

function symbols(h5: H5, at: number, heap: LocalHeap, out: Link[]): void {
  const entry = 2 * h5.offsets + SYMBOL_ENTRY_TAIL;
  const head = h5.cursor('symbol node', at, 8);
  expect(head, 'SNOD');
  head.skip(2);
  const count = head.u16();
  h5.claim('parsed', at, head.at);
  if (count === 0) return;
  const cursor = h5.cursor('symbol node', head.at, count * entry);
  for (let i = 0; i < count; i++) {
    const nameAt = number(cursor, h5.offsets) ?? 0;
    const header = h5.address(cursor);
    const cached = cursor.u32();
    cursor.skip(4);
    const value = cursor.u32();
    cursor.skip(12);
    const name = heap.text(nameAt);
    if (cached === 2) out.push({ is: 'soft', name, target: heap.text(value) });
    else if (header !== undefined) out.push({ is: 'hard', name, at: header });
  }
  h5.claim('parsed', head.at, cursor.at);
}

/** Objects of a heap that a B-tree names: links or attributes of an object that has many of them. */
export async function dense(
  h5: H5,
  heapAt: number | undefined,
  treeAt: number | undefined,
  idAt: number,
): Promise<readonly { readonly start: number; readonly end: number }[]> {
  if (heapAt === undefined || treeAt === undefined) return [];
  const heap = new FractalHeap(h5, heapAt);
  const found = await records(h5, treeAt);
  const huge = await heap.huge();
  return found.map((record) => heap.find(record.subarray(idAt), huge));
}
