import { shown } from '../../findings/finding.ts';
import type { Cursor } from '../source.ts';
import { Malformed } from '../source.ts';
import { expect, type H5, number } from './file.ts';
import type { Message } from './header.ts';
import { globalHeap, LONGEST_NAME, LocalHeap, zeroEnded } from './heaps.ts';
import { children } from './links.ts';
import { HDF5_RULES as RULES } from './rules.ts';

const COMPACT = 0;
const CONTIGUOUS = 1;
const CHUNKED = 2;
const VIRTUAL = 3;
const DIMENSIONS = 33;
/** Filters of HDF5 itself, and those whose plug-ins scientific packages ship (registered filter plug-ins). */
const FILTERS: ReadonlySet<number> = new Set([
  1, 2, 3, 4, 5, 6, 305, 307, 32000, 32001, 32004, 32008, 32013, 32015, 32026,
]);

/** Where the bytes of a dataset lie. */
export interface Stored {
  readonly start: number;
  readonly end: number;
}

/** Claims a dataset's data, wherever its layout message (IV.A.2.i) puts it, and says where it lies as it is. */
export async function readLayout(
  h5: H5,
  { start, end }: Message,
  size: number,
  path: string,
): Promise<readonly Stored[]> {
  const cursor = h5.cursor('data layout', start, end - start);
  const version = cursor.u8();
  if (version < 1 || version > 4) throw new Malformed(`a layout is of version ${version}`, start);
  if (version < 3) return oldLayout(h5, cursor, size);
  const kind = cursor.u8();
  if (kind === COMPACT) {
    const length = cursor.u16();
    const from = cursor.at;
    cursor.skip(length);
    return [{ start: from, end: from + length }];
  }
  if (kind === CONTIGUOUS) return contiguous(h5, h5.address(cursor), h5.length(cursor));
  if (kind === VIRTUAL) {
    await virtual(h5, cursor, path);
    return [];
  }
  if (kind !== CHUNKED) throw new Malformed(`a layout is of class ${kind}`, start);
  if (version === 4) return newChunks(h5, cursor);
  const dimensions = cursor.u8();
  return chunks(h5, h5.address(cursor), dimensions);
}

function oldLayout(h5: H5, cursor: Cursor, size: number): Promise<readonly Stored[]> | readonly Stored[] {
  const dimensions = cursor.u8();
  const kind = cursor.u8();
  cursor.skip(5);
  const at = kind === COMPACT ? undefined : h5.address(cursor);
  if (kind === CONTIGUOUS) return contiguous(h5, at, size);
  if (kind === CHUNKED) return chunks(h5, at, dimensions);
  cursor.skip(4 * dimensions);
  const length = cursor.u32();
  const from = cursor.at;
  cursor.skip(length);
  return [{ start: from, end: from + length }];
}

function contiguous(h5: H5, at: number | undefined, length: number): readonly Stored[] {
  if (at === undefined || length === 0) return [];
  h5.claim('data', at, at + length);
  return [{ start: at, end: at + length }];
}

/** A B-tree of chunks. */
async function chunks(h5: H5, root: number | undefined, dimensions: number): Promise<readonly Stored[]> {
  if (root === undefined) return [];
  if (dimensions > DIMENSIONS) throw new Malformed('a dataset has too many dimensions', root);
  const keyBytes = 8 + 8 * dimensions;
  const out: Stored[] = [];
  const seen = new Set<number>();
  const queue = [root];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const rest = h5.step();
    if (rest) await rest;
    if (seen.has(at)) continue;
    seen.add(at);
    const head = h5.cursor('B-tree', at, 8);
    head.skip(5);
    const level = head.u8();
    const count = head.u16();
    const below = children(h5, at, keyBytes);
    if (level > 0) {
      for (const one of below) queue.push(one);
      continue;
    }
    const keys = h5.cursor('B-tree', at, 8 + 2 * h5.offsets + (count + 1) * (keyBytes + h5.offsets));
    keys.skip(8 + 2 * h5.offsets);
    for (let i = 0; i < count; i++) {
      const size = keys.u32();
      keys.skip(keyBytes - 4);
      const from = h5.address(keys);
      if (from === undefined) continue;
      h5.claim('data', from, from + size);
      if (out.length < MOST_LOOKED_AT) out.push({ start: from, end: from + size });
    }
  }
  return out;
}

const MOST_LOOKED_AT = 100_000;

/** Chunks of version 4: one, all in a row, or by an array of addresses. What other indexes reach lies where nothing else does. */
function newChunks(h5: H5, cursor: Cursor): readonly Stored[] {
  const flags = cursor.u8();
  const dimensions = cursor.u8();
  const bytes = cursor.u8();
  if (dimensions > DIMENSIONS || bytes > 8)
    throw new Malformed('a dataset has too many dimensions', cursor.at);
  let size = 1;
  for (let i = 0; i < dimensions; i++) size *= number(cursor, bytes) ?? 0;
  const index = cursor.u8();
  if (index === 1) {
    const isFiltered = (flags & 2) !== 0;
    const length = isFiltered ? h5.length(cursor) : size;
    if (isFiltered) cursor.skip(4);
    return contiguous(h5, h5.address(cursor), length);
  }
  if (index !== 3) return [];
  const pages = cursor.u8();
  const array = h5.address(cursor);
  return array === undefined ? [] : fixedArray(h5, array, size, pages);
}

function fixedArray(h5: H5, at: number, size: number, pages: number): readonly Stored[] {
  const cursor = h5.cursor('fixed array', at, 64);
  expect(cursor, 'FAHD');
  cursor.skip(2);
  const entry = cursor.u8();
  cursor.skip(1);
  const count = h5.length(cursor);
  const block = h5.address(cursor);
  cursor.skip(4);
  h5.claim('parsed', at, cursor.at);
  // Pages and filtered chunks are not followed one by one.
  if (block === undefined || count > 2 ** pages || entry !== h5.offsets) return [];
  const inner = h5.cursor('fixed array', block, 16 + h5.offsets + count * entry);
  expect(inner, 'FADB');
  inner.skip(2 + h5.offsets);
  const out: Stored[] = [];
  for (let i = 0; i < count; i++) {
    const from = h5.address(inner);
    if (from !== undefined) out.push(...contiguous(h5, from, size));
  }
  h5.claim('parsed', block, inner.at);
  return out;
}

/** A dataset put together from others: in this file (`.`) or elsewhere (III.E, the block of mappings). */
async function virtual(h5: H5, cursor: Cursor, path: string): Promise<void> {
  const heapAt = h5.address(cursor);
  const index = cursor.u32();
  if (heapAt === undefined) return;
  const found = (await globalHeap(h5, heapAt)).find((one) => one.index === index);
  if (found === undefined) return;
  const range = { start: found.start, end: found.end };
  const names = new Set<string>();
  const block = h5.cursor('virtual dataset', found.start, found.end - found.start);
  block.skip(1);
  for (let left = h5.length(block); left > 0 && names.size < MOST_SOURCES; left--) {
    const rest = h5.step();
    if (rest) await rest;
    names.add(nameAt(h5, block));
    nameAt(h5, block);
    skipSelection(block);
    skipSelection(block);
  }
  names.delete('.');
  for (const name of names)
    h5.part.report({
      rule: RULES.external.id,
      message: `the dataset ${shown(path, 80)} is put together from ${shown(name, 100)}`,
      range,
      evidence: { file: shown(name, 200) },
    });
}

const MOST_SOURCES = 16;

function nameAt(h5: H5, cursor: Cursor): string {
  const name = zeroEnded(h5.part.source.read(cursor.at, Math.min(cursor.left, LONGEST_NAME)));
  cursor.skip(Buffer.byteLength(name) + 1);
  return name;
}

/** Passes over which elements are taken (IV.A.3): none, points, hyperslabs or all. */
function skipSelection(cursor: Cursor): void {
  const kind = cursor.u32();
  const version = cursor.u32();
  cursor.skip(selectionBytes(cursor, kind, version));
}

function selectionBytes(cursor: Cursor, kind: number, version: number): number {
  if (kind === 0 || kind === 3) return 8;
  if (version === 1) {
    cursor.skip(4);
    return cursor.u32();
  }
  const flags = kind === 2 ? cursor.u8() : 0;
  if (kind === 2 && version === 2) return cursor.u32();
  const bytes = cursor.u8();
  const rank = cursor.u32();
  if (kind === 2 && (flags & 1) !== 0) return 4 * rank * bytes;
  return (number(cursor, bytes) ?? 0) * rank * bytes * (kind === 2 ? 2 : 1);
}

/** Files outside that a dataset has its bytes in (IV.A.2.h). */
export function readExternal(h5: H5, { start, end }: Message, path: string): void {
  const cursor = h5.cursor('external data files', start, end - start);
  cursor.skip(6);
  const used = cursor.u16();
  const heapAt = h5.address(cursor);
  const heap = heapAt === undefined ? undefined : new LocalHeap(h5, heapAt);
  const names: string[] = [];
  for (let i = 0; i < used && names.length < 16; i++) {
    const name = h5.length(cursor);
    cursor.skip(2 * h5.lengths);
    names.push(heap?.text(name) ?? '');
  }
  h5.part.report({
    rule: RULES.storage.id,
    message: `the dataset ${shown(path, 80)} has its bytes in ${shown(names.join(', '), 160)}`,
    range: { start, end },
    evidence: { files: shown(names.join(', '), 400) },
  });
}

/** Filters of a dataset (IV.A.2.l), by their numbers. */
export function readFilters(h5: H5, { start, end }: Message, path: string): readonly number[] {
  const ids: number[] = [];
  const cursor = h5.cursor('filters', start, end - start);
  const version = cursor.u8();
  const count = cursor.u8();
  if (version === 1) cursor.skip(6);
  for (let i = 0; i < count; i++) {
    const id = cursor.u16();
    ids.push(id);
    const length = version === 1 || id >= 256 ? cursor.u16() : 0;
    cursor.skip(2);
    const values = cursor.u16();
    cursor.skip(version === 1 ? Math.ceil(length / 8) * 8 : length);
    cursor.skip(4 * values + (version === 1 && values % 2 === 1 ? 4 : 0));
    if (!FILTERS.has(id))
      h5.part.report({
        rule: RULES.filter.id,
        // Outside of what The HDF Group hands out, a number is for somebody's own plug-in.
        ...(id >= 256 && (id < 32_000 || id >= 32_768) && id !== 305 && { severity: 'medium' }),
        message: `the dataset ${shown(path, 80)} is packed by filter ${id}, which is not known`,
        range: { start, end },
        evidence: { filter: String(id) },
      });
  }
  return ids;
}
